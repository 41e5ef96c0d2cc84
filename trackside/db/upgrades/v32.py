"""32: which repositories are looked at on each request is said with each of them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from sqlalchemy import delete, insert, select

from trackside.db.schema import repository
from trackside.db.upgrades.step import Step

_DEFAULT = "(default)"
_SYNC = "sync_per_request"
_GIT = ("projects_list", "projects_base", "projects_url")


def data(step: Step) -> None:
    settings = step.settings
    settings.keep_copy(".db32.bak")
    value = settings.get("trac", "repository_sync_per_request", _DEFAULT)
    names = ["" if name.strip() == _DEFAULT else name.strip() for name in value.split(",") if name.strip()]
    _move_git_projects(step)
    if names:
        _mark_listed(step, names)
        _mark_stored(step, names)
        _mark_git_projects(step, names)
    settings.remove("trac", "repository_sync_per_request")


def _mark_listed(step: Step, names: list[str]) -> None:
    for name in names:
        if step.settings.get("repositories", f"{name}.dir"):
            step.settings.set("repositories", f"{name}.{_SYNC}", "true")


def _mark_stored(step: Step, names: list[str]) -> None:
    """Of the numbered rows only those are repositories that have a place or stand for another."""
    name = repository.alias("name")
    found = select(repository.c.id, name.c.value).where(
        repository.c.name.in_(("dir", "alias")), name.c.id == repository.c.id, name.c.name == "name"
    )
    for row in step.db.execute(found.distinct()).all():
        step.db.execute(delete(repository).where(repository.c.id == row.id, repository.c.name == _SYNC))
        step.db.execute(
            insert(repository).values(
                id=row.id, name=_SYNC, value="1" if (row.value or "") in names else None
            )
        )


def _move_git_projects(step: Step) -> None:
    for option in _GIT:
        value = step.settings.get("git", option) or step.settings.get("gitweb-repositories", option)
        step.settings.set("gitweb-repositories", option, value)
        step.settings.remove("git", option)


def _mark_git_projects(step: Step, names: list[str]) -> None:
    chosen = [name for name in _git_projects(step) if name in names]
    step.settings.set("gitweb-repositories", _SYNC, ", ".join(chosen))


def _git_projects(step: Step) -> list[str]:
    """The names that a gitweb project list gives: the first word of each line."""
    path = step.settings.get("gitweb-repositories", "projects_list")
    lines: list[str] = []
    if path:
        with suppress(OSError, UnicodeDecodeError):
            lines = (Path(step.settings.config.path).parent / path).read_text(encoding="utf-8").splitlines()
    return [line.split()[0].removesuffix(".git") for line in lines if line.strip()]
