"""The tickets of milestones, counted over the table of tickets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, select

from trackside.db.schema import ticket, ticket_custom
from trackside.features.ticket.model import TICKET_VIEW, ticket_ref
from trackside.kernel.access import Scope

_STATUS = func.coalesce(ticket.c.status, "").label("status")
_MILESTONE = func.coalesce(ticket.c.milestone, "").label("milestone")
_BY_MILESTONE = select(_MILESTONE, _STATUS, func.count().label("count")).group_by(_MILESTONE, _STATUS)
_OWNED = (
    select(
        *(ticket.c.id, ticket.c.milestone, ticket.c.summary, ticket.c.description, ticket.c.status),
        *(ticket.c.resolution, ticket.c.priority, ticket.c.owner, ticket.c.changetime),
    )
    .where(ticket.c.owner == bindparam("owner"), func.coalesce(ticket.c.milestone, "") != "")
    .order_by(ticket.c.id)
)

Counts = Mapping[str, Mapping[str, int]]


def count_by_milestone(db: Connection, scope: Scope) -> Counts:
    """How many tickets of each state the milestones have, in one statement."""
    scope.check(TICKET_VIEW)
    if scope.is_empty:
        return {}
    if scope.test is None:
        return _nested((name, status, count) for name, status, count in db.execute(_BY_MILESTONE))
    rows = scope.filter(
        db.execute(select(ticket.c.id, _MILESTONE, _STATUS)).all(), lambda r: ticket_ref(r.id)
    )
    return _nested((*key, n) for key, n in Counter((r.milestone, r.status) for r in rows).items())


def count_by_field(db: Connection, scope: Scope, milestone: str, field: str, is_custom: bool) -> Counts:
    """The tickets of one milestone: how many of each state have which value of a field."""
    scope.check(TICKET_VIEW)
    if scope.is_empty:
        return {}
    value, source = _value(field, is_custom)
    where = ticket.c.milestone == milestone
    if scope.test is None:
        statement = (
            select(value, _STATUS, func.count()).select_from(source).where(where).group_by(value, _STATUS)
        )
        return _nested((name, status, count) for name, status, count in db.execute(statement))
    found = db.execute(select(ticket.c.id, value, _STATUS).select_from(source).where(where)).all()
    rows = scope.filter(found, lambda r: ticket_ref(r[0]))
    return _nested((*key, n) for key, n in Counter((r[1], r[2]) for r in rows).items())


def _value(field: str, is_custom: bool) -> tuple[ColumnElement[Any], Any]:
    if not is_custom:
        return func.coalesce(ticket.c[field], "").label("value"), ticket
    custom = ticket_custom.alias()
    joined = ticket.outerjoin(custom, and_(custom.c.ticket == ticket.c.id, custom.c.name == field))
    return func.coalesce(custom.c.value, "").label("value"), joined


def _nested(rows: Any) -> Counts:
    counts: dict[str, dict[str, int]] = {}
    for name, status, count in rows:
        counts.setdefault(name, {})[status] = count
    return counts


def owned_by(db: Connection, scope: Scope, owner: str) -> Sequence[Any]:
    """Somebody's tickets that are meant for a milestone."""
    scope.check(TICKET_VIEW)
    return scope.filter(db.execute(_OWNED, {"owner": owner}).all(), lambda row: ticket_ref(row.id))
