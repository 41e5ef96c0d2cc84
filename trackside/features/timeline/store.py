"""When something happened last, over the tables that the timeline tells of."""

from __future__ import annotations

from sqlalchemy import Column, Connection, func, select, union_all

from trackside.db.schema import ticket, ticket_change, wiki
from trackside.kernel.access import Scope
from trackside.kernel.ref import Ref

_COLUMNS: dict[str, tuple[Column[int], ...]] = {
    "ticket": (ticket.c.time, ticket_change.c.time),
    "wiki": (wiki.c.time,),
}


def newest(db: Connection, scopes: list[Scope], before: int) -> int | None:
    """The newest stamp up to a moment in those of the realms of which the reader may see something."""
    seen = [scope.realm for scope in scopes if scope.keeps(Ref(scope.realm))]
    columns = [column for realm in seen for column in _COLUMNS.get(realm, ())]
    if not columns:
        return None
    parts = [select(func.max(column).label("at")).where(column <= before) for column in columns]
    every = union_all(*parts).subquery()
    return db.execute(select(func.max(every.c.at))).scalar()
