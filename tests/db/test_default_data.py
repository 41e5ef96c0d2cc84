"""A new database: what Trac would put into it, and reports that answer as Trac's do."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, text

from trackside.db import ddl
from trackside.db.default_data import create_database
from trackside.db.engine import Database, open_database
from trackside.db.own_schema import drop_own_tables, ensure_own_tables, has_own_tables
from trackside.db.schema import (
    component,
    enum,
    milestone,
    permission,
    report,
    system,
    ticket,
    ticket_change,
    version,
)
from trackside.kernel.errors import Misconfigured

_SAMPLE = (
    # summary, status, owner, reporter, milestone, version, priority, changed
    ("a", "new", "joe", "ann", "m1", None, "minor", 5),
    ("b", "accepted", "joe", "joe", "m1", "1.0", "blocker", 4),
    ("c", "closed", "ann", "joe", "m2", "1.0", "major", 3),
    ("d", "closed", "joe", "joe", "m2", None, "major", 9),
    ("e", "assigned", None, "bob", None, "2.0", "minor", 2),
    ("f", "accepted", "ann", "joe", None, "2.0", "trivial", 1),
    ("g", "new", "ann", "bob", "m2", None, "critical", 7),
)


def test_it_works(database: Database) -> None:
    with database.begin("read") as db:
        assert dict(db.execute(select(system.c.name, system.c.value)).fetchall()) == {
            "initial_database_version": "45",
            "database_version": "45",
        }
        titles = db.execute(select(report.c.title).order_by(report.c.id)).scalars().all()
    assert titles[5] == "All Tickets By Milestone  (Including closed)"
    assert len(titles) == 8


@pytest.mark.trac
def test_rows_and_reports_are_those_of_trac(
    fresh_address: Callable[[], str], trac_admin: Path, tmp_path: Path
) -> None:
    theirs = fresh_address()
    command = [str(trac_admin), str(tmp_path / "theirs"), "initenv", "P", theirs]
    subprocess.run(command, check=True, capture_output=True)
    with open_database(theirs, tmp_path / "theirs").begin("read") as db:
        expected, queries = _rows(db), _reports(db)
    ours = open_database(fresh_address(), tmp_path / "ours")
    create_database(ours)
    with ours.begin("write") as db:
        assert _rows(db) == expected
        _fill(db)
        for number, query in _reports(db).items():
            assert _run(db, query) == _run(db, queries[number]), number
    ours.close()


def _rows(db: Connection) -> dict[str, list[str]]:
    tables = (component, milestone, version, enum, permission, system)
    found = {table.name: sorted(map(repr, db.execute(select(table)).all())) for table in tables}
    titles = db.execute(select(report.c.id, report.c.author, report.c.title)).all()
    return found | {"report": sorted(map(repr, titles))}


def _reports(db: Connection) -> dict[int, str]:
    return {row.id: row.query for row in db.execute(select(report.c.id, report.c.query))}


def _fill(db: Connection) -> None:
    names = ("summary", "status", "owner", "reporter", "milestone", "version", "priority", "changetime")
    for number, values in enumerate(_SAMPLE, 1):
        row = dict(zip(names, values, strict=True))
        db.execute(insert(ticket).values(id=number, type="defect", time=number * 10, component="c", **row))
    db.execute(insert(ticket_change).values(ticket=7, time=99, author="joe", field="comment", newvalue="hi"))


def _run(db: Connection, query: str) -> tuple[list[str], list[tuple[object, ...]]]:
    """Columns and rows, but for the style of closed tickets."""
    escaped = query.replace(":", "\\:").replace("$USER", ":user")
    result = db.execute(text(escaped), {"user": "joe"} if "$USER" in query else {})
    columns = list(result.keys())
    rows = [
        tuple(
            str(value)[:6] if name == "__style__" else value for name, value in zip(columns, row, strict=True)
        )
        for row in result
    ]
    return columns, rows


def test_without_default_data_only_the_version_is_there(
    fresh_address: Callable[[], str], tmp_path: Path
) -> None:
    database = open_database(fresh_address(), tmp_path)
    create_database(database, has_default_data=False)
    with database.begin("read") as db:
        assert [db.execute(select(table)).all() for table in (component, enum, permission, report)] == [
            []
        ] * 4
        assert len(db.execute(select(system)).all()) == 2
    database.close()


def test_a_database_in_use_is_refused(database: Database) -> None:
    with pytest.raises(Misconfigured, match="already"):
        create_database(database)
    with database.begin("read") as db:
        assert len(db.execute(select(report.c.id)).all()) == 8


def test_our_tables_come_and_go(database: Database) -> None:
    with database.begin("read") as db:
        assert not has_own_tables(db)
        before = ddl.table_names(db)
    for _ in range(2):
        with database.begin("write") as db:
            ensure_own_tables(db)
    with database.begin("read") as db:
        assert has_own_tables(db)
        added = ddl.table_names(db) - before
    assert {"trackside_job", "trackside_form_key", "trackside_lease"} <= added
    assert all(name.startswith("trackside_") for name in added)
    with database.begin("write") as db:
        drop_own_tables(db)
    with database.begin("read") as db:
        assert ddl.table_names(db) == before
        assert len(db.execute(select(system)).all()) == 2
