"""45: the subjects of mail are templates of another kind."""

from __future__ import annotations

import re

from trackside.db.upgrades.step import Step

_PLACE = re.compile(r"\$([A-Za-z_][\w.]*\w|[A-Za-z_])")


def data(step: Step) -> None:
    for option in ("ticket_subject_template", "batch_subject_template"):
        value = step.settings.get("notification", option)
        if _PLACE.match(value):
            step.settings.keep_copy(".db45.bak")
            step.settings.set("notification", option, _PLACE.sub(r"${\1}", value))
