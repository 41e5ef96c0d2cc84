"""29: Subversion is an optional component; where it was in use it stays switched on."""

from __future__ import annotations

from trackside.db.upgrades.step import Step

_COMPONENTS = (
    "svn_fs.subversionconnector",
    "svn_prop.subversionmergepropertydiffrenderer",
    "svn_prop.subversionmergepropertyrenderer",
    "svn_prop.subversionpropertyrenderer",
)
_OLD, _NEW = "trac.versioncontrol.", "tracopt.versioncontrol.svn."


def data(step: Step) -> None:
    settings = step.settings
    for name in _COMPONENTS:
        if settings.is_true("components", _OLD + name, default=True) and not settings.has(
            "components", _NEW + name
        ):
            settings.keep_copy(".tracopt-svn.bak")
            settings.set("components", _NEW + name, "enabled")
