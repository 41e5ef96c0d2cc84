"""Pages: the roadmap, also as a calendar, and one milestone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from werkzeug.wrappers import Response

from trackside.features.roadmap import actions, edit_views, hooks
from trackside.features.roadmap.model import (
    REALM,
    MilestoneSettings,
    Progress,
    Segment,
    completed_of,
    due_of,
    milestone_ref,
)
from trackside.features.ticket import offers
from trackside.features.ticket.model import (
    MILESTONE_CREATE,
    MILESTONE_DELETE,
    MILESTONE_MODIFY,
    TICKET_VIEW,
    Milestone,
)
from trackside.kernel.dates import from_stamp
from trackside.kernel.ref import Ref
from trackside.kernel.site_settings import ProjectSettings
from trackside.kernel.work import Work
from trackside.markup.render import Piece, render, render_all
from trackside.web import formats, forms, pages
from trackside.web.request import Request

_STATUS = {
    "new": "NEEDS-ACTION",
    "reopened": "IN-PROCESS",
    "assigned": "IN-PROCESS",
}


def index(work: Work, request: Request) -> Response:
    show = set(forms.texts(request, "show"))
    has_completed, has_undated = bool(show & {"completed", "all"}), "noduedate" not in show
    if forms.text(request, "format") == "ics":
        return _calendar(work, request, has_completed, has_undated)
    found = actions.list_roadmap(work, has_completed, has_undated)
    texts = render_all(work, [Piece(m.description, milestone_ref(m.name)) for m, _ in found])
    return pages.render(
        work,
        request,
        "roadmap/index.html",
        milestones=[
            {**_shown(work, milestone), "text": text, "bar": _bar(work, milestone.name, progress)}
            for (milestone, progress), text in zip(found, texts, strict=True)
        ],
        has_completed=has_completed,
        has_undated=has_undated,
        can_create=work.access.allows(MILESTONE_CREATE, Ref(REALM)),
        alternates=[(_calendar_address(work, sorted(show)), "text/calendar", "iCalendar")],
    )


def _calendar_address(work: Work, show: Sequence[str]) -> str:
    user = [("user", work.actor.name)] if work.actor.is_authenticated else []
    return work.href("roadmap", query=[*(("show", name) for name in show), *user, ("format", "ics")])


def _shown(work: Work, milestone: Milestone) -> dict[str, Any]:
    due = due_of(milestone)
    completed = completed_of(milestone)
    return {
        "name": milestone.name,
        "address": hooks.url(work.href, milestone_ref(milestone.name)),
        "due": due,
        "completed": completed,
        "is_late": due is not None and completed is None and due < work.now,
        "description": milestone.description,
    }


def _bar(work: Work, name: str, progress: Progress, field: str = "", value: str = "") -> dict[str, Any]:
    """A progress bar for a template: its segments with links to their tickets."""
    extra = [(field, value)] if field else []
    segments = [
        {
            "label": segment.group.label,
            "css": segment.group.css,
            "count": segment.count,
            "start": segment.start,
            "percent": segment.percent,
            "address": _segment_address(work, name, segment, extra),
        }
        for segment in progress.segments
    ]
    return {
        "total": progress.total,
        "done": progress.done,
        "percent": progress.percent,
        "segments": segments,
        "address": work.href("query", query=[*extra, ("group", "status"), ("milestone", name)]),
    }


def _segment_address(work: Work, name: str, segment: Segment, extra: Sequence[tuple[str, str]]) -> str:
    given = dict(segment.group.query)
    group = [("group", given.pop("group", "status"))]
    states = [("status", state) for state in sorted(segment.group.states)]
    return work.href("query", query=[*extra, *group, ("milestone", name), *states, *given.items()])


def show(work: Work, request: Request, name: str) -> Response:
    """A milestone; the name of none is an invitation to those who may create it."""
    may_create = work.access.allows(MILESTONE_CREATE, milestone_ref(name))
    if may_create and actions.find_milestone(work, name) is None:
        pages.notify(request, work.locale.gettext("There is no milestone “%(name)s” yet.", name=name))
        return edit_views.new(work, request, name)
    milestone = actions.read_milestone(work, name)
    ref = milestone_ref(milestone.name)
    by = forms.text(request, "by") or work.settings(MilestoneSettings).default_group_by
    progress, bars = actions.read_bars(work, milestone, by)
    fields = actions.group_fields(work)
    field = next((f for f in fields if f.name == by), None)
    names = [m.name for m in actions.list_milestones(work)]
    at = names.index(milestone.name)
    return pages.render(
        work,
        request,
        "roadmap/milestone.html",
        milestone=_shown(work, milestone),
        text=render(work, milestone.description, ref),
        bar=_bar(work, milestone.name, progress),
        bars=[
            {
                "value": one.value,
                "width": one.width,
                **_bar(work, milestone.name, one.progress, by, one.value),
            }
            for one in bars
        ],
        by=by,
        by_label=field.label if field else "",
        fields=[(f.name, f.label) for f in fields],
        is_people=by in ("owner", "reporter"),
        companions=pages.companions(work, ref),
        can_change=work.access.allows(MILESTONE_MODIFY, ref),
        can_delete=work.access.allows(MILESTONE_DELETE, ref),
        prev=_neighbour(work, names, at - 1),
        next=_neighbour(work, names, at + 1),
        up=(work.href("roadmap"), work.locale.gettext("Roadmap")),
    )


def _neighbour(work: Work, names: Sequence[str], at: int) -> tuple[str, str] | None:
    if not 0 <= at < len(names):
        return None
    return (work.href("milestone", names[at]), names[at])


def to_roadmap(work: Work, request: Request) -> Response:
    return pages.redirect(work, request, work.href("roadmap"))


def _calendar(work: Work, request: Request, has_completed: bool, has_undated: bool) -> Response:
    found = [m for m, _ in actions.list_roadmap(work, has_completed, has_undated)]
    project = work.settings(ProjectSettings)
    title = work.locale.gettext("%(project)s - Roadmap", project=project.name)
    entries = [*_events(work, request, found), *_tasks(work, request, found, forms.text(request, "user"))]
    zone = work.now.astimezone(work.locale.zone).tzname() or "UTC"
    return formats.calendar(title, project.descr, zone, entries)


Lines = list[tuple[str, str]]


def _uid(work: Work, request: Request, *path: str | int) -> str:
    return f"<{work.href(*path)}@{request.host}{work.href.base}>"


def _events(work: Work, request: Request, milestones: Sequence[Milestone]) -> Iterator[Lines]:
    for milestone in milestones:
        due = due_of(milestone)
        if due is None:
            continue
        title = work.locale.gettext("Milestone %(name)s", name=milestone.name)
        lines = [
            ("BEGIN", "VEVENT"),
            ("UID", _uid(work, request, "milestone", milestone.name)),
            ("DTSTAMP", formats.ics_moment(due)),
            ("DTSTART;VALUE=DATE", formats.ics_day(due.astimezone(work.locale.zone))),
            ("SUMMARY", formats.ics_text(title)),
            ("URL", work.href.absolute()("milestone", milestone.name)),
        ]
        if milestone.description:
            lines.append(("DESCRIPTION", formats.ics_text(milestone.description)))
        yield [*lines, ("END", "VEVENT")]


def _tasks(work: Work, request: Request, milestones: Sequence[Milestone], user: str) -> Iterator[Lines]:
    if not work.access.allows(TICKET_VIEW, Ref("ticket")):
        return
    named = {m.name: m for m in milestones}
    ranks = {value.name: value.rank for value in offers.choices_of(work).enums.get("priority", ())}
    for ticket in actions.list_owned(work, user or work.actor.name):
        milestone = named.get(ticket.milestone)
        if milestone is not None:
            yield _task(work, request, ticket, milestone, _priority(ranks, ticket.priority))


def _priority(ranks: dict[str, int], name: str | None) -> int | None:
    """1 for the first of the priorities to 9 for the last."""
    rank, count = ranks.get(name or ""), len(ranks)
    if rank is None:
        return None
    return (count + 8 * rank - 9) // (count - 1) if count > 1 else 1


def _task(work: Work, request: Request, ticket: Any, milestone: Milestone, priority: int | None) -> Lines:
    lines = [("BEGIN", "VTODO"), ("UID", _uid(work, request, "ticket", ticket.id))]
    due, changed = due_of(milestone), from_stamp(ticket.changetime)
    if due is not None:
        lines.append(("RELATED-TO", _uid(work, request, "milestone", milestone.name)))
        lines.append(("DUE;VALUE=DATE", formats.ics_day(due.astimezone(work.locale.zone))))
    title = work.locale.gettext("Ticket #%(id)s: %(summary)s", id=ticket.id, summary=ticket.summary or "")
    lines.append(("SUMMARY", formats.ics_text(title)))
    lines.append(("URL", work.href.absolute()("ticket", ticket.id)))
    lines.append(("DESCRIPTION", formats.ics_text(ticket.description or "")))
    if priority is not None:
        lines.append(("PRIORITY", str(priority)))
    status = _task_status(ticket.status or "", ticket.resolution or "", ticket.owner or "")
    if status:
        lines.append(("STATUS", status))
    if ticket.status == "closed" and changed is not None:
        lines.append(("COMPLETED", formats.ics_moment(changed)))
    return [*lines, ("END", "VTODO")]


def _task_status(status: str, resolution: str, owner: str) -> str:
    if status == "closed":
        return "COMPLETED" if resolution == "fixed" else "CANCELLED"
    if status == "reopened" and not owner:
        return "NEEDS-ACTION"
    return _STATUS.get(status, "")
