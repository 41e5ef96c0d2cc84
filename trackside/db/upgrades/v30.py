"""30: a policy for wiki pages that are marked read-only."""

from __future__ import annotations

from trackside.db.upgrades.policies import listed, replace_policies
from trackside.db.upgrades.step import Step


def data(step: Step) -> None:
    replaced = replace_policies(
        step,
        ["DefaultPermissionPolicy", "LegacyAttachmentPolicy"],
        ["ReadonlyWikiPolicy", "DefaultPermissionPolicy", "LegacyAttachmentPolicy"],
        ".db30.bak",
    )
    policies = listed(step)
    if not replaced and "ReadonlyWikiPolicy" not in policies and "DefaultWikiPolicy" not in policies:
        step.report(
            "Pages marked read-only are not protected: add DefaultWikiPolicy to"
            " permission_policies in section [trac] of trac.ini."
        )
