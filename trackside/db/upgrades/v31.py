"""31: the one repository of `[trac]` is listed with the others."""

from __future__ import annotations

from trackside.db.upgrades.step import Step


def data(step: Step) -> None:
    settings = step.settings
    if not settings.has("trac", "repository_dir"):
        return
    settings.keep_copy(".db31.bak")
    directory = settings.get("trac", "repository_dir")
    is_listed = settings.has("repositories", ".dir") or settings.has("repositories", ".alias")
    if directory and not is_listed:
        settings.set("repositories", ".dir", directory)
    settings.remove("trac", "repository_dir")
