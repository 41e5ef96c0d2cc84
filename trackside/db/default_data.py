"""A new database: the tables, and the rows that a project begins with."""

from __future__ import annotations

from sqlalchemy import Connection, Table, insert

from trackside.db import ddl
from trackside.db.default_reports import reports
from trackside.db.dialects import advance_sequence
from trackside.db.engine import Database
from trackside.db.schema import (
    VERSION,
    component,
    enum,
    metadata,
    milestone,
    permission,
    report,
    system,
    version,
)
from trackside.db.versions import INITIAL_ROW, VERSION_ROW
from trackside.kernel.errors import Misconfigured

OCCUPIED = "The database holds tables of Trac already; choose another or empty it."

_ENUMS = {
    "resolution": ("fixed", "invalid", "wontfix", "duplicate", "worksforme"),
    "priority": ("blocker", "critical", "major", "minor", "trivial"),
    "ticket_type": ("defect", "enhancement", "task"),
}
_PERMISSIONS = {
    "anonymous": (
        "LOG_VIEW",
        "FILE_VIEW",
        "WIKI_VIEW",
        "SEARCH_VIEW",
        "REPORT_VIEW",
        "REPORT_SQL_VIEW",
        "TICKET_VIEW",
        "BROWSER_VIEW",
        "TIMELINE_VIEW",
        "CHANGESET_VIEW",
        "ROADMAP_VIEW",
        "MILESTONE_VIEW",
    ),
    "authenticated": ("WIKI_CREATE", "WIKI_MODIFY", "TICKET_CREATE", "TICKET_MODIFY"),
}


def create_database(database: Database, *, has_default_data: bool = True) -> None:
    """Make the place, the tables and the first rows. Refuses a place that holds tables of Trac already."""
    database.create()
    with database.begin("write") as db:
        if system.name in ddl.table_names(db):
            raise Misconfigured(OCCUPIED)
        for table in metadata.tables.values():
            ddl.create(db, table)
    with database.begin("write") as db:
        _insert(db, system, _version_rows())
        if has_default_data:
            insert_default_data(db)


def insert_default_data(db: Connection) -> None:
    """What lets people begin at once: values of ticket fields, permissions and reports."""
    _insert(db, component, [{"name": f"component{n}", "owner": "somebody"} for n in (1, 2)])
    _insert(db, milestone, [{"name": f"milestone{n}", "due": 0, "completed": 0} for n in range(1, 5)])
    _insert(db, version, [{"name": name, "time": 0} for name in ("1.0", "2.0")])
    _insert(db, enum, _enum_rows())
    _insert(db, permission, _permission_rows())
    _insert(db, report, reports(db.dialect.name))
    advance_sequence(db, report)


def _version_rows() -> list[dict[str, object]]:
    return [{"name": name, "value": str(VERSION)} for name in (INITIAL_ROW, VERSION_ROW)]


def _enum_rows() -> list[dict[str, object]]:
    return [
        {"type": kind, "name": name, "value": str(position)}
        for kind, names in _ENUMS.items()
        for position, name in enumerate(names, 1)
    ]


def _permission_rows() -> list[dict[str, object]]:
    return [
        {"username": subject, "action": action}
        for subject, actions in _PERMISSIONS.items()
        for action in actions
    ]


def _insert(db: Connection, table: Table, rows: list[dict[str, object]]) -> None:
    db.execute(insert(table), rows)
