"""What the roadmap gives others: the realm of milestones, `milestone:NAME`, timeline and search."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from trackside.features.roadmap import actions
from trackside.features.roadmap.model import (
    REALM,
    ROADMAP_VIEW,
    completed_of,
    due_of,
    milestone_ref,
)
from trackside.features.ticket import offers
from trackside.features.ticket.model import (
    MILESTONE_CREATE,
    MILESTONE_DELETE,
    MILESTONE_MODIFY,
    MILESTONE_VIEW,
    Milestone,
)
from trackside.kernel.feature import (
    Description,
    LinkScheme,
    LinkTarget,
    Navigation,
    Realm,
    SearchResult,
    SearchSource,
    TimelineEntry,
    TimelineSource,
)
from trackside.kernel.href import Href
from trackside.kernel.i18n import N_
from trackside.kernel.ref import Ref
from trackside.kernel.work import Work


def url(href: Href, ref: Ref) -> str:
    return href("milestone", ref.id) if ref.id else href("roadmap")


def describe(work: Work, refs: Sequence[Ref]) -> Mapping[Ref, Description]:
    return {ref: _description(work, ref) for ref in refs}


def _description(work: Work, ref: Ref) -> Description:
    if not work.access.allows(MILESTONE_VIEW, ref):
        return Description(None, css="milestone")
    found = offers.find_milestone(work, ref.id or "")
    if found is None:
        if work.access.allows(MILESTONE_CREATE, ref):
            return Description(url(work.href, ref), css="missing milestone")
        return Description(None, css="milestone missing")
    css = "closed milestone" if found.completed else "milestone"
    return Description(url(work.href, ref), when(work, found), css)


def when(work: Work, milestone: Milestone) -> str:
    """Completed, late or due, in words with the date."""
    completed, due = completed_of(milestone), due_of(milestone)
    moment = completed or due
    if moment is None:
        return work.locale.gettext(N_("No date set"))
    words = {"age": work.locale.distance(moment, work.now), "date": work.locale.moment(moment)}
    if completed:
        return work.locale.gettext(N_("Completed %(age)s (%(date)s)"), **words)
    if moment < work.now:
        return work.locale.gettext(N_("Was due %(age)s (%(date)s)"), **words)
    return work.locale.gettext(N_("Due %(age)s (%(date)s)"), **words)


def exists(work: Work, ref: Ref) -> bool:
    return offers.find_milestone(work, ref.id or "") is not None


def title(work: Work, ref: Ref) -> str:
    return ref.id or ""


def refer(name: str, target: str, source: Ref) -> LinkTarget | None:
    target, _, fragment = target.partition("#")
    target, _, query = target.partition("?")
    target = target.strip()
    return LinkTarget(milestone_ref(target), query=query, fragment=fragment) if target else None


def roadmap_link(work: Work) -> str | None:
    return work.href("roadmap") if work.access.allows(ROADMAP_VIEW, Ref("roadmap")) else None


def filters(work: Work) -> Sequence[tuple[str, str]]:
    if not work.access.allows(MILESTONE_VIEW, Ref(REALM)):
        return ()
    return (("milestone", N_("Milestones completed")),)


def entries(work: Work, start: datetime, stop: datetime, chosen: frozenset[str]) -> Iterable[TimelineEntry]:
    if "milestone" not in chosen:
        return
    for at, milestone in actions.list_completed(work, start, stop):
        ref = milestone_ref(milestone.name)
        text = work.locale.gettext(N_("Milestone %(name)s completed"), name=milestone.name)
        yield TimelineEntry("milestone", at, "", text, url(work.href, ref), ref, milestone.description)


def find(work: Work, terms: Sequence[str], limit: int) -> Sequence[SearchResult]:
    found = [
        SearchResult(
            work.locale.gettext(N_("Milestone %(name)s"), name=m.name),
            url(work.href, milestone_ref(m.name)),
            completed_of(m) or due_of(m) or work.now,
            "",
            m.description,
            REALM,
        )
        for m in actions.find_words(work, terms)
    ]
    found.sort(key=lambda result: result.at or work.now, reverse=True)
    return found[:limit]


REALMS = (
    Realm(
        REALM,
        MILESTONE_VIEW,
        url,
        describe,
        exists,
        title,
        attach=(MILESTONE_VIEW, MILESTONE_MODIFY, MILESTONE_DELETE),
    ),
)
LINKS = (LinkScheme(("milestone",), refer),)
NAVIGATION = (Navigation("mainnav", "roadmap", N_("Roadmap"), roadmap_link, 3),)
TIMELINE = (TimelineSource(filters, entries),)
SEARCH = (SearchSource("milestone", N_("Milestones"), MILESTONE_VIEW, find),)
