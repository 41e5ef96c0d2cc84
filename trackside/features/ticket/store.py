"""The tables `ticket`, `ticket_change` and `ticket_custom`: one ticket, and what happened to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, delete, func, insert, select, update

from trackside.db.dialects import insert_id, locked, upsert
from trackside.db.schema import ticket, ticket_change, ticket_custom
from trackside.features.ticket.model import (
    BASE_COLUMNS,
    CLOSED,
    MILESTONE_DELETE,
    MILESTONE_MODIFY,
    REALM,
    TICKET_ADMIN,
    TICKET_APPEND,
    TICKET_CHGPROP,
    TICKET_CREATE,
    TICKET_EDIT_COMMENT,
    TICKET_EDIT_DESCRIPTION,
    TICKET_MODIFY,
    TICKET_VIEW,
    ChangeRow,
    Ticket,
    TicketWords,
    ticket_ref,
)
from trackside.kernel.access import Grant, Permission, Scope
from trackside.kernel.ref import Ref
from trackside.kernel.text import whole_number

CHANGING = (
    TICKET_APPEND,
    TICKET_CHGPROP,
    TICKET_MODIFY,
    TICKET_EDIT_DESCRIPTION,
    TICKET_ADMIN,
    TICKET_CREATE,
)

_COLUMNS = [ticket.c[name] for name in BASE_COLUMNS]
_other = ticket.alias("other")
_LOAD = select(
    ticket.c.id,
    ticket.c.time,
    ticket.c.changetime,
    *_COLUMNS,
    select(func.max(_other.c.id)).where(_other.c.id < bindparam("id")).scalar_subquery().label("previous"),
    select(func.min(_other.c.id)).where(_other.c.id > bindparam("id")).scalar_subquery().label("next"),
).where(ticket.c.id == bindparam("id"))
_CUSTOM = select(ticket_custom.c.name, ticket_custom.c.value).where(ticket_custom.c.ticket == bindparam("id"))
_CHANGES = (
    select(
        ticket_change.c.time,
        ticket_change.c.author,
        ticket_change.c.field,
        ticket_change.c.oldvalue,
        ticket_change.c.newvalue,
    )
    .where(ticket_change.c.ticket == bindparam("id"))
    .order_by(ticket_change.c.time, ticket_change.c.author, ticket_change.c.field)
)
_LOCK = locked(select(ticket.c.changetime).where(ticket.c.id == bindparam("id")))
_EXISTS = select(ticket.c.id).where(ticket.c.id == bindparam("id"))
_WORDS = select(
    ticket.c.id, ticket.c.summary, ticket.c.status, ticket.c.type, ticket.c.resolution, ticket.c.component
).where(ticket.c.id.in_(bindparam("ids", expanding=True)))
_NUMBERS = (
    select(
        ticket_change.c.ticket,
        ticket_change.c.time,
        func.max(case((ticket_change.c.field == "comment", ticket_change.c.oldvalue))).label("number"),
    )
    .where(ticket_change.c.ticket.in_(bindparam("ids", expanding=True)))
    .group_by(ticket_change.c.ticket, ticket_change.c.time)
    .order_by(ticket_change.c.ticket, ticket_change.c.time)
)
_REPORTER = select(ticket.c.reporter).where(ticket.c.id == bindparam("id"))
_CREATED = (
    select(
        ticket.c.id,
        ticket.c.time,
        ticket.c.reporter,
        ticket.c.summary,
        ticket.c.description,
        ticket.c.type,
        ticket.c.component,
    )
    .where(ticket.c.time.between(bindparam("start"), bindparam("stop")))
    .order_by(ticket.c.time.desc())
)
_CHANGED = (
    select(
        ticket_change.c.ticket,
        ticket_change.c.time,
        ticket_change.c.author,
        ticket_change.c.field,
        ticket_change.c.oldvalue,
        ticket_change.c.newvalue,
        ticket.c.summary,
        ticket.c.type,
        ticket.c.status,
        ticket.c.resolution,
        ticket.c.component,
    )
    .join_from(ticket_change, ticket, ticket.c.id == ticket_change.c.ticket)
    .where(ticket_change.c.time.between(bindparam("start"), bindparam("stop")))
    .order_by(ticket_change.c.time.desc(), ticket_change.c.ticket)
)
_REPLACE = (
    update(ticket_change)
    .where(
        ticket_change.c.ticket == bindparam("id"),
        ticket_change.c.time == bindparam("at"),
        ticket_change.c.field == "comment",
    )
    .values(newvalue=bindparam("text"))
)


def load(db: Connection, grant: Grant, *, has_custom: bool) -> Ticket | None:
    """The ticket with its neighbours by number, and its custom rows where the project has such fields."""
    id = _id(grant, TICKET_VIEW, *CHANGING, TICKET_EDIT_COMMENT)
    row = db.execute(_LOAD, {"id": id}).first()
    if row is None:
        return None
    _, created, changed, *values, previous, following = row
    held = {name: value or "" for name, value in zip(BASE_COLUMNS, values, strict=True)}
    for name, value in db.execute(_CUSTOM, {"id": id}) if has_custom else ():
        held.setdefault(name, value or "")
    return Ticket(id, created or 0, changed or 0, held, previous, following)


def exists(db: Connection, grant: Grant) -> bool:
    return db.execute(_EXISTS, {"id": int(grant.id(TICKET_VIEW))}).first() is not None


def changes(db: Connection, grant: Grant) -> list[ChangeRow]:
    """All rows of its history, by time."""
    id = _id(grant, TICKET_VIEW, *CHANGING, TICKET_EDIT_COMMENT)
    return [
        ChangeRow(at, author or "", field, old or "", new or "")
        for at, author, field, old, new in db.execute(_CHANGES, {"id": id})
    ]


def lock(db: Connection, grant: Grant) -> bool:
    """Hold the ticket until the transaction ends: changes come one after another. False if it is missing."""
    id = _id(grant, *CHANGING, TICKET_EDIT_COMMENT)
    return db.execute(_LOCK, {"id": id}).first() is not None


def insert_ticket(
    db: Connection, grant: Grant, values: Mapping[str, str], custom: Sequence[str], at: int
) -> int:
    """A new ticket; `custom` names those of the values that are custom fields. Answers its number."""
    grant.check(TICKET_CREATE)
    standard = {name: value or None for name, value in values.items() if name in BASE_COLUMNS}
    id = insert_id(db, ticket, {**standard, "time": at, "changetime": at})
    rows = [{"ticket": id, "name": name, "value": values[name] or None} for name in custom if name in values]
    if rows:
        db.execute(insert(ticket_custom), rows)
    return id


def update_ticket(
    db: Connection, grant: Grant, changed: Mapping[str, str], missing: Mapping[str, str], at: int
) -> None:
    """New values of fields, custom ones included; `missing` are custom values that never had a row."""
    id = int(grant.id(*CHANGING))
    standard = {name: value or None for name, value in changed.items() if name in BASE_COLUMNS}
    db.execute(update(ticket).where(ticket.c.id == id).values(**standard, changetime=at))
    custom = {name: value for name, value in changed.items() if name not in BASE_COLUMNS}
    for name, value in {**missing, **custom}.items():
        upsert(db, ticket_custom, {"ticket": id, "name": name, "value": value or None})


def insert_changes(db: Connection, grant: Grant, rows: Sequence[ChangeRow]) -> None:
    """One save's rows of history. A comment's text and number are stored as they are, blank or not."""
    id = int(grant.id(*CHANGING))
    db.execute(insert(ticket_change), [_row(id, row) for row in rows])


def replace_comment(db: Connection, grant: Grant, new: ChangeRow, former: ChangeRow, is_first: bool) -> None:
    """Another text for the comment of the save at `new.at`; `former` is the row that keeps the text before.

    `is_first`: that save has no comment row yet.
    """
    id = _id(grant, TICKET_EDIT_COMMENT)
    rows = [_row(id, former)]
    if is_first:
        rows.append(_row(id, new))
    else:
        db.execute(_REPLACE, {"id": id, "at": new.at, "text": new.new})
    db.execute(insert(ticket_change), rows)


def touch(db: Connection, grant: Grant, at: int) -> None:
    """Nothing but the time of the last change."""
    id = _id(grant, TICKET_EDIT_COMMENT)
    db.execute(update(ticket).where(ticket.c.id == id).values(changetime=at))


def rename_value(db: Connection, grant: Grant, field: str, old: str, new: str) -> None:
    """Tickets with a value of a list get its new name; their history tells nothing of it."""
    grant.check(TICKET_ADMIN)
    db.execute(update(ticket).where(ticket.c[field] == old).values({field: new}))


def delete_ticket(db: Connection, grant: Grant) -> None:
    """The ticket with its history and custom values."""
    id = _id(grant, TICKET_ADMIN)
    db.execute(delete(ticket_change).where(ticket_change.c.ticket == id))
    db.execute(delete(ticket_custom).where(ticket_custom.c.ticket == id))
    db.execute(delete(ticket).where(ticket.c.id == id))


def delete_change(db: Connection, grant: Grant, at: int) -> None:
    """All rows of one save."""
    id = _id(grant, TICKET_ADMIN)
    db.execute(delete(ticket_change).where(ticket_change.c.ticket == id, ticket_change.c.time == at))


def correct_old_value(db: Connection, grant: Grant, row: ChangeRow, old: str) -> None:
    """What a later change of a field says the field was before."""
    where = (
        ticket_change.c.ticket == _id(grant, TICKET_ADMIN),
        ticket_change.c.time == row.at,
        ticket_change.c.field == row.field,
    )
    db.execute(update(ticket_change).where(*where).values(oldvalue=old or None))


def _row(id: int, row: ChangeRow) -> dict[str, object]:
    return {
        "ticket": id,
        "time": row.at,
        "author": row.author,
        "field": row.field,
        "oldvalue": row.old if row.field == "comment" else row.old or None,
        "newvalue": row.new if row.field == "comment" else row.new or None,
    }


def _id(grant: Grant, *accepted: Permission) -> int:
    """The ticket of a grant for it or for one of its comments."""
    ref = grant.check(*accepted)
    if ref.parent is not None:
        ref = ref.parent
    if ref.realm != REALM or ref.id is None:
        raise TypeError("this grant names no ticket")
    return int(ref.id)


def words(db: Connection, scope: Scope, ids: Sequence[int]) -> dict[int, TicketWords]:
    """What links say about tickets, for those that may be seen."""
    scope.check(TICKET_VIEW)
    if not ids or scope.is_empty:
        return {}
    rows = db.execute(_WORDS, {"ids": list(ids)})
    found = [TicketWords(row[0], *(value or "" for value in row[1:])) for row in rows]
    return {one.id: one for one in scope.filter(found, lambda one: ticket_ref(one.id))}


def comment_numbers(db: Connection, scope: Scope, ids: Sequence[int]) -> dict[int, frozenset[int]]:
    """The numbers that the saves of some tickets have; one without a number of its own counts on."""
    scope.check(TICKET_VIEW)
    if not ids or scope.is_empty:
        return {}
    rows = scope.filter(db.execute(_NUMBERS, {"ids": list(ids)}).all(), lambda row: ticket_ref(row.ticket))
    return {ticket: frozenset(numbers) for ticket, numbers in _numbered(rows).items()}


def _numbered(rows: Iterable[Any]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for row in rows:
        numbers = found.setdefault(row.ticket, [])
        own = (row.number or "").rpartition(".")[2]
        number = whole_number(own)
        numbers.append((numbers[-1] if numbers else 0) + 1 if number is None else number)
    return found


def move_tickets(
    db: Connection, grant: Grant, milestone: str, *, only_open: bool, author: str, comment: str, at: int
) -> tuple[list[int], int]:
    """All, or all open, tickets of a milestone into another, with a change and a comment in their history.

    Answers their numbers and the moment of the change: `at`, or later where a ticket was changed later.
    """
    source = ticket.c.milestone == grant.id(MILESTONE_MODIFY, MILESTONE_DELETE)
    where = and_(source, func.coalesce(ticket.c.status, "") != CLOSED) if only_open else source
    rows = db.execute(select(ticket.c.id, ticket.c.changetime, ticket.c.milestone).where(where)).all()
    at = max([at, *((row.changetime or 0) + 1 for row in rows)])
    ids = [row.id for row in rows]
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        numbers = _numbered(db.execute(_NUMBERS, {"ids": part}))
        changes = [
            _row(row.id, change)
            for row in rows[start : start + 500]
            for change in (
                ChangeRow(at, author, "milestone", row.milestone or "", milestone),
                ChangeRow(at, author, "comment", str(numbers.get(row.id, [0])[-1] + 1), comment),
            )
        ]
        db.execute(insert(ticket_change), changes)
        db.execute(
            update(ticket).where(ticket.c.id.in_(part)).values(milestone=milestone or None, changetime=at)
        )
    return ids, at


def reporter(db: Connection, ref: Ref) -> str:
    """Who opened a ticket: a fact for policies, which decide before any grant."""
    return db.execute(_REPORTER, {"id": int(ref.id or 0)}).scalar() or ""


def comment_author(db: Connection, ref: Ref, number: str) -> str:
    """Who wrote a comment of a ticket: a fact for policies."""
    row = ticket_change.c
    found = db.execute(
        select(row.author).where(
            row.ticket == int(ref.id or 0),
            row.field == "comment",
            (row.oldvalue == number) | row.oldvalue.endswith("." + number, autoescape=True),
        )
    ).first()
    return (found.author or "") if found else ""


def created_between(db: Connection, scope: Scope, start: int, stop: int) -> Sequence[Any]:
    """Tickets opened in a span of time, newest first."""
    scope.check(TICKET_VIEW)
    rows = db.execute(_CREATED, {"start": start, "stop": stop}).all()
    return scope.filter(rows, lambda row: ticket_ref(row.id))


def changed_between(db: Connection, scope: Scope, start: int, stop: int) -> Sequence[Any]:
    """Rows of history of a span of time, newest first, those of one ticket together."""
    scope.check(TICKET_VIEW)
    rows = db.execute(_CHANGED, {"start": start, "stop": stop}).all()
    return scope.filter(rows, lambda row: ticket_ref(row.ticket))
