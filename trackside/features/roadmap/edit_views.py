"""Forms of milestones: create, change, complete, delete."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from werkzeug.wrappers import Response

from trackside.features.roadmap import actions
from trackside.features.roadmap.model import (
    REALM,
    MilestoneSettings,
    completed_of,
    due_of,
    milestone_ref,
)
from trackside.features.ticket import milestones
from trackside.features.ticket.model import (
    MILESTONE_CREATE,
    MILESTONE_DELETE,
    MILESTONE_MODIFY,
    Milestone,
)
from trackside.kernel import dates
from trackside.kernel.errors import Invalid
from trackside.kernel.ref import Ref
from trackside.kernel.work import Work
from trackside.web import forms, pages
from trackside.web.request import Request


@dataclass(frozen=True, slots=True)
class Typed:
    """The form of a milestone as it was filled in."""

    name: str = ""
    description: str = ""
    due: bool = False
    duedate: str = ""
    completed: bool = False
    completeddate: str = ""
    retarget: bool = False
    target: str = ""
    comment: str = ""


def new(work: Work, request: Request, name: str = "") -> Response:
    work.access.require(MILESTONE_CREATE, milestone_ref(name) if name else Ref(REALM))
    return _form(work, request, "", Typed(name=name))


def create(work: Work, request: Request) -> Response:
    if forms.flag(request, "cancel"):
        return pages.redirect(work, request, work.href("roadmap"))
    typed = _typed(request)
    try:
        name = milestones.create_milestone(work, _milestone(work, typed))
    except Invalid as problem:
        return _form(work, request, "", typed, problem)
    return pages.redirect(work, request, work.href("milestone", name))


def edit(work: Work, request: Request, name: str) -> Response:
    found = actions.find_milestone(work, name)
    if found is None:
        return new(work, request, name)
    work.access.require(MILESTONE_MODIFY, milestone_ref(name))
    return _form(work, request, name, _typed_of(work, found))


def update(work: Work, request: Request, name: str) -> Response:
    """Store what was typed; when that completes the milestone, its open tickets go where they are sent."""
    if forms.flag(request, "cancel"):
        return pages.redirect(work, request, work.href("milestone", name))
    typed, moved = _typed(request), 0
    try:
        if typed.completed and typed.retarget:
            moved = milestones.retarget_tickets(work, name, typed.target, typed.comment)
        stored = actions.change_milestone(work, name, _milestone(work, typed))
    except Invalid as problem:
        return _form(work, request, name, typed, problem)
    return pages.redirect(work, request, work.href("milestone", stored), _moved(work, moved))


def confirm_delete(work: Work, request: Request, name: str) -> Response:
    work.access.require(MILESTONE_DELETE, milestone_ref(name))
    return _delete_page(work, request, actions.read_milestone(work, name).name)


def delete(work: Work, request: Request, name: str) -> Response:
    if forms.flag(request, "cancel"):
        return pages.redirect(work, request, work.href("milestone", name))
    try:
        moved = actions.delete_milestone(work, name, forms.text(request, "target"))
    except Invalid as problem:
        return _delete_page(work, request, name, problem)
    return pages.redirect(work, request, work.href("roadmap"), _moved(work, moved))


def _moved(work: Work, count: int) -> str | None:
    if not count:
        return None
    return work.locale.ngettext("%(count)d ticket was moved.", "%(count)d tickets were moved.", count)


def _typed(request: Request) -> Typed:
    return Typed(
        name=forms.text(request, "name"),
        description=forms.text(request, "description"),
        due=forms.flag(request, "due"),
        duedate=forms.text(request, "duedate"),
        completed=forms.flag(request, "completed"),
        completeddate=forms.text(request, "completeddate"),
        retarget=forms.flag(request, "retarget"),
        target=forms.text(request, "target"),
        comment=forms.text(request, "comment"),
    )


def _typed_of(work: Work, milestone: Milestone) -> Typed:
    due, completed = due_of(milestone), completed_of(milestone)
    return Typed(
        milestone.name,
        milestone.description,
        bool(due),
        _local(work, due) if due else "",
        bool(completed),
        _local(work, completed) if completed else "",
    )


def _local(work: Work, moment: datetime) -> str:
    """As a browser's field for a date and a time wants it."""
    return moment.astimezone(work.locale.zone).strftime("%Y-%m-%dT%H:%M:%S")


def _milestone(work: Work, typed: Typed) -> Milestone:
    due = _stamp(work, typed.duedate, "duedate") if typed.due else 0
    completed = _stamp(work, typed.completeddate, "completeddate") if typed.completed else 0
    return Milestone(typed.name, due, completed, typed.description)


def _stamp(work: Work, text: str, field: str) -> int:
    """A date as typed; a box that is ticked without one means now."""
    if not text.strip():
        return dates.to_stamp(work.now)
    try:
        return dates.to_stamp(dates.parse(text, work.locale.zone, work.now))
    except Invalid as problem:
        raise Invalid(problem.message, {field: "This is not a date."}, **problem.arguments) from None


def _proposal(work: Work) -> str:
    """Six in the evening; tomorrow's when it is later than that."""
    local = work.now.astimezone(work.locale.zone)
    day = local + timedelta(days=1) if local.hour >= 18 else local
    return f"{day.date().isoformat()}T18:00:00"


def _targets(work: Work, name: str) -> list[tuple[str, bool]]:
    """The other milestones: names, and whether they are still open."""
    return [(m.name, not m.completed) for m in actions.list_milestones(work) if m.name != name]


def _form(
    work: Work, request: Request, former: str, typed: Typed, problem: Invalid | None = None
) -> Response:
    return pages.render(
        work,
        request,
        "roadmap/form.html",
        status=problem.status if problem else 200,
        problem=work.locale.failure(problem) if problem else "",
        errors=problem.fields if problem else {},
        former=former,
        typed=typed,
        due_proposal=_proposal(work),
        now_proposal=_local(work, work.now),
        targets=_targets(work, former),
        default_target=work.settings(MilestoneSettings).default_retarget_to,
    )


def _delete_page(work: Work, request: Request, name: str, problem: Invalid | None = None) -> Response:
    return pages.render(
        work,
        request,
        "roadmap/delete.html",
        status=problem.status if problem else 200,
        problem=work.locale.failure(problem) if problem else "",
        name=name,
        targets=_targets(work, name),
        target=work.settings(MilestoneSettings).default_retarget_to,
    )
