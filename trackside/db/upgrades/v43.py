"""43: policies that know of wiki pages and tickets."""

from __future__ import annotations

from trackside.db.upgrades.policies import listed, replace_policies
from trackside.db.upgrades.step import Step


def data(step: Step) -> None:
    replaced = replace_policies(
        step,
        ["ReadonlyWikiPolicy", "DefaultPermissionPolicy", "LegacyAttachmentPolicy"],
        ["DefaultWikiPolicy", "DefaultTicketPolicy", "DefaultPermissionPolicy", "LegacyAttachmentPolicy"],
        ".db43.bak",
    )
    policies = listed(step)
    missing = [name for name in ("DefaultWikiPolicy", "DefaultTicketPolicy") if name not in policies]
    if not replaced and missing:
        step.report(
            f"Consider adding {' and '.join(missing)} to permission_policies in section [trac] of trac.ini,"
            " before DefaultPermissionPolicy; DefaultWikiPolicy takes the place of ReadonlyWikiPolicy."
        )
