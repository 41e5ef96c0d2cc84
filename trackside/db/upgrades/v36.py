"""36: the policy file is looked for beside trac.ini."""

from __future__ import annotations

from trackside.db.upgrades.step import Step


def data(step: Step) -> None:
    directory, slash, name = step.settings.get("authz_policy", "authz_file").partition("/")
    if directory == "conf" and name and "/" not in name:
        step.settings.keep_copy(".db36.bak")
        step.settings.set("authz_policy", "authz_file", name)
