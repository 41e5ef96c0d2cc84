"""The list of permission policies in trac.ini, which two steps change."""

from __future__ import annotations

from trackside.db.upgrades.step import Step

_DEFAULT = "DefaultWikiPolicy, DefaultTicketPolicy, DefaultPermissionPolicy, LegacyAttachmentPolicy"


def listed(step: Step) -> list[str]:
    value = step.settings.get("trac", "permission_policies", _DEFAULT)
    return [name.strip() for name in value.split(",") if name.strip()]


def replace_policies(step: Step, old: list[str], new: list[str], suffix: str) -> bool:
    """Replace the list if it is exactly the old stock list."""
    if listed(step) != old:
        return False
    step.settings.keep_copy(suffix)
    step.settings.set("trac", "permission_policies", ", ".join(new))
    return True
