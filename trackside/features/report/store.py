"""Table `report`."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from trackside.db.schema import report
from trackside.features.report.model import (
    REPORT_CREATE,
    REPORT_DELETE,
    REPORT_MODIFY,
    REPORT_SQL_VIEW,
    REPORT_VIEW,
    Report,
    report_ref,
)
from trackside.kernel.access import Grant, Scope
from trackside.kernel.errors import NotFound
from trackside.kernel.text import whole_number

_COLUMNS = (report.c.id, report.c.title, report.c.query, report.c.description)
_ALL = select(*_COLUMNS).order_by(report.c.id)
_ONE = select(*_COLUMNS).where(report.c.id == bindparam("id"))
_TITLES = select(report.c.id, report.c.title).where(report.c.id.in_(bindparam("ids", expanding=True)))
MAX_ID = 2**31 - 1


def search(db: Connection, scope: Scope) -> list[Report]:
    scope.check(REPORT_VIEW)
    return scope.filter([_report(*row) for row in db.execute(_ALL)], lambda one: one.ref)


def titles(db: Connection, scope: Scope, ids: list[int]) -> dict[int, str]:
    """The titles of those that are there and may be seen."""
    scope.check(REPORT_VIEW)
    rows = [(id, title or "") for id, title in db.execute(_TITLES, {"ids": ids})] if ids else []
    return dict(scope.filter(rows, lambda row: report_ref(row[0])))


def load(db: Connection, grant: Grant) -> Report:
    id = grant.id(REPORT_VIEW, REPORT_SQL_VIEW, REPORT_MODIFY, REPORT_DELETE)
    number = whole_number(id)
    row = db.execute(_ONE, {"id": number}).first() if number is not None and number <= MAX_ID else None
    if row is None:
        raise NotFound("There is no report %(id)s.", id=id)
    return _report(*row)


def insert_report(db: Connection, grant: Grant, title: str, query: str, description: str) -> int:
    grant.check(REPORT_CREATE)
    values = {"author": None, "title": title, "query": query, "description": description}
    key = db.execute(insert(report).values(values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def update_report(db: Connection, grant: Grant, title: str, query: str, description: str) -> None:
    id = int(grant.id(REPORT_MODIFY))
    values = {"title": title, "query": query, "description": description}
    db.execute(update(report).where(report.c.id == id).values(values))


def delete_report(db: Connection, grant: Grant) -> None:
    db.execute(delete(report).where(report.c.id == int(grant.id(REPORT_DELETE))))


def _report(id: int, title: str | None, query: str | None, description: str | None) -> Report:
    return Report(id, title or "", query or "", description or "")
