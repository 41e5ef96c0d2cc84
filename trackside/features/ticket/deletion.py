"""What takes tickets, and single changes of them, away for good."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from trackside.features.ticket import actions, store, stream
from trackside.features.ticket.model import TICKET_ADMIN, ChangeRow, Ticket, is_id, ticket_ref
from trackside.kernel.access import Grant
from trackside.kernel.dates import to_stamp
from trackside.kernel.errors import NotFound
from trackside.kernel.events import Event
from trackside.kernel.feature import follow
from trackside.kernel.work import Work


def delete_ticket(work: Work, id: int) -> None:
    """The ticket, its history, its custom values and what is attached to it."""
    grant, _ = _held(work, id)
    follow(work, grant, None)
    store.delete_ticket(work.db, grant)
    work.emit(Event("ticket.deleted", ticket_ref(id), work.actor.author, work.now))


def delete_change(work: Work, id: int, number: int) -> None:
    """The save with that number. Later ones are mended, or the fields fall back to what they were."""
    grant, ticket = _held(work, id)
    rows = store.changes(work.db, grant)
    entry = stream.find(stream.group(rows), number)
    if entry is None:
        raise NotFound("Ticket %(id)s has no comment %(number)s.", id=f"#{id}", number=number)
    back = {}
    for row in (row for row in rows if row.at == entry.at and _is_field(row)):
        later = _next_of(rows, row)
        if later is None:
            back[row.field] = row.old
        elif later.old == row.new:
            store.correct_old_value(work.db, grant, later, row.old)
    store.delete_change(work.db, grant, entry.at)
    store.update_ticket(work.db, grant, back, {}, max(to_stamp(work.now), ticket.changed + 1))
    pairs = {name: (ticket[name], value) for name, value in back.items()}
    work.emit(Event("ticket.change-deleted", ticket_ref(id), work.actor.author, work.now, pairs))


def _held(work: Work, id: int) -> tuple[Grant, Ticket]:
    if not is_id(id):
        raise NotFound("There is no ticket %(id)s.", id=f"#{id}")
    grant = work.access.require(TICKET_ADMIN, ticket_ref(id))
    store.lock(work.db, grant)
    return grant, actions.read_ticket(work, id)


def _is_field(row: ChangeRow) -> bool:
    return row.field != "comment" and not row.field.startswith("_")


def _next_of(rows: Sequence[ChangeRow], row: ChangeRow) -> ChangeRow | None:
    later: Iterable[ChangeRow] = (one for one in rows if one.field == row.field and one.at > row.at)
    return min(later, key=lambda one: one.at, default=None)
