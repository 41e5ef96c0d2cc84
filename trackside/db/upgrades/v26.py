"""26: Subversion's revisions sort as text; the folder of old wiki macros goes."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import String, case, func, literal, select, update
from sqlalchemy.sql import ColumnElement

from trackside.db.schema import node_change, repository, revision
from trackside.db.upgrades.step import Step

_DIGITS = 10


def data(step: Step) -> None:
    svn = select(repository.c.id).where(
        repository.c.name == "repository_dir", repository.c.value.like("svn:%")
    )
    for number in step.db.execute(svn).scalars().all():
        for table in (revision, node_change):
            step.db.execute(
                update(table).where(table.c.repos == number).values(rev=_padded(step, table.c.rev))
            )
    _remove_macros(step)


def _padded(step: Step, rev: ColumnElement[str]) -> ColumnElement[str]:
    zeros = literal("0" * _DIGITS, String).concat(rev)
    padded = (
        func.substr(zeros, -_DIGITS) if step.db.dialect.name != "postgresql" else func.right(zeros, _DIGITS)
    )
    return case((func.length(rev) < _DIGITS, padded), else_=rev)


def _remove_macros(step: Step) -> None:
    folder = step.env_path / "wiki-macros"
    with suppress(OSError):
        folder.rmdir()
    if folder.exists():
        step.report(f"The folder {folder} is not used any more, but it is not empty; please look after it.")
