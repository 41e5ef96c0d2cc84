"""What can be done with milestones: create, change, complete and delete them, and move their tickets."""

from __future__ import annotations

from trackside.features.ticket import choices, store
from trackside.features.ticket.choices import MILESTONES
from trackside.features.ticket.model import (
    MILESTONE_CREATE,
    MILESTONE_DELETE,
    MILESTONE_MODIFY,
    Milestone,
    ticket_ref,
)
from trackside.kernel.access import Grant
from trackside.kernel.dates import to_stamp
from trackside.kernel.errors import Invalid, NotFound
from trackside.kernel.events import Event
from trackside.kernel.feature import follow
from trackside.kernel.i18n import N_
from trackside.kernel.ref import Ref
from trackside.kernel.work import Work

REALM = "milestone"


def create_milestone(work: Work, new: Milestone) -> str:
    """Answers the name as it is stored."""
    new = _clean(new)
    grant = work.access.require(MILESTONE_CREATE, Ref(REALM, new.name))
    _check(work, new, former="")
    choices.insert_milestone(work.db, grant, new)
    work.invalidate(MILESTONES)
    _emit(work, "milestone.created", new.name)
    return new.name


def change_milestone(work: Work, name: str, new: Milestone) -> str:
    """New values. Its tickets go with a new name, each with a line in its history. Answers the name."""
    grant = work.access.require(MILESTONE_MODIFY, Ref(REALM, name))
    former, new = _read(work, name), _clean(new)
    _check(work, new, former=name)
    if new == former:
        return name
    choices.update_milestone(work.db, grant, new)
    work.invalidate(MILESTONES)
    if new.name != name:
        comment = work.locale.gettext(N_("Milestone renamed"))
        _move(work, grant, new.name, only_open=False, comment=comment)
        follow(work, grant, new.name)
    kind = "milestone.completed" if new.completed and not former.completed else "milestone.changed"
    _emit(work, kind, new.name, {"name": (name, new.name)} if new.name != name else {})
    return new.name


def retarget_tickets(work: Work, name: str, target: str, comment: str) -> int:
    """The open tickets of a milestone into another, or into none. Answers how many."""
    grant = work.access.require(MILESTONE_MODIFY, Ref(REALM, name))
    _check_target(work, name, target)
    return _move(work, grant, target, only_open=True, comment=comment)


def delete_milestone(work: Work, name: str, target: str = "") -> int:
    """All its tickets go into another milestone, or into none. Answers how many."""
    grant = work.access.require(MILESTONE_DELETE, Ref(REALM, name))
    _read(work, name)
    _check_target(work, name, target)
    moved = _move(work, grant, target, only_open=False, comment=work.locale.gettext(N_("Milestone deleted")))
    choices.delete_milestone(work.db, grant)
    follow(work, grant, None)
    work.invalidate(MILESTONES)
    _emit(work, "milestone.deleted", name)
    return moved


def _read(work: Work, name: str) -> Milestone:
    found = work.cached(MILESTONES).by_name.get(name)
    if found is None:
        raise NotFound("There is no milestone “%(name)s”.", name=name)
    return found


def _clean(new: Milestone) -> Milestone:
    return Milestone(" ".join(new.name.split()), new.due, new.completed, new.description)


def _check(work: Work, new: Milestone, former: str) -> None:
    if not new.name:
        raise Invalid("A milestone needs a name.", {"name": N_("This must not be empty.")})
    if new.name != former and new.name in work.cached(MILESTONES).by_name:
        raise Invalid(
            "There is a milestone “%(name)s” already.", {"name": N_("Choose another name.")}, name=new.name
        )
    if new.completed > to_stamp(work.now):
        raise Invalid(
            "A milestone cannot have been completed in the future.",
            {"completeddate": N_("Choose a moment that has passed.")},
        )


def _check_target(work: Work, name: str, target: str) -> None:
    if target and (target == name or target not in work.cached(MILESTONES).by_name):
        raise Invalid(
            "The tickets cannot go to “%(name)s”.", {"target": N_("Choose another milestone.")}, name=target
        )


def _move(work: Work, grant: Grant, target: str, *, only_open: bool, comment: str) -> int:
    ids, _ = store.move_tickets(
        work.db,
        grant,
        target,
        only_open=only_open,
        author=work.actor.author,
        comment=comment,
        at=to_stamp(work.now),
    )
    for id in ids:
        changes = {"milestone": (grant.ref.id or "", target)}
        work.emit(Event("ticket.changed", ticket_ref(id), work.actor.author, work.now, changes, comment))
    return len(ids)


def _emit(work: Work, kind: str, name: str, changes: dict[str, tuple[str, str]] | None = None) -> None:
    work.emit(Event(kind, Ref(REALM, name), work.actor.author, work.now, changes or {}))
