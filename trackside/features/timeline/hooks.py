"""What the timeline gives others: `timeline:DATE` and its place in the navigation."""

from __future__ import annotations

import re
from datetime import UTC

from trackside.features.timeline.model import TIMELINE_VIEW
from trackside.kernel import dates
from trackside.kernel.errors import Invalid
from trackside.kernel.feature import LinkScheme, LinkTarget, Navigation
from trackside.kernel.i18n import N_
from trackside.kernel.ref import Ref
from trackside.kernel.work import Work

_CLOCK = re.compile(r"T\d\d(:?\d\d)?(:?\d\d)?")


def refer(name: str, target: str, source: Ref) -> LinkTarget | None:
    typed, _, precision = target.partition(";")
    try:
        moment = dates.parse(typed, UTC, dates.EPOCH)
    except Invalid:
        return LinkTarget(css="timeline missing", title=N_("This is not a date."))
    text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    clock = _CLOCK.search(typed)
    if not precision and clock:
        precision = "seconds" if clock[2] else "minutes" if clock[1] else "hours"
    pairs = [("from", text), *([("precision", precision)] if precision else [])]
    return LinkTarget(path=("timeline",), pairs=tuple(pairs), css="timeline", title=text)


def timeline_link(work: Work) -> str | None:
    return work.href("timeline") if work.access.allows(TIMELINE_VIEW, Ref("timeline")) else None


LINKS = (LinkScheme(("timeline",), refer),)
NAVIGATION = (Navigation("mainnav", "timeline", N_("Timeline"), timeline_link, 2),)
