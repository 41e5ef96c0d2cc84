"""39: options of version control leave `[trac]`."""

from __future__ import annotations

from trackside.db.upgrades.step import Step

_MOVES = (
    ("authz_file", "svn", "authz_file", ""),
    ("authz_module_name", "svn", "authz_module_name", ""),
    ("repository_type", "versioncontrol", "default_repository_type", "svn"),
)


def data(step: Step) -> None:
    """The type is written even when it is the default, for the default may change."""
    settings = step.settings
    settings.keep_copy(".db39.bak")
    for old, section, new, default in _MOVES:
        if settings.has("trac", old) or not settings.has(section, new):
            settings.set(section, new, settings.get("trac", old, default))
            settings.remove("trac", old)
