"""Our tables are those of an environment that Trac 1.6 makes, on each database, to the last index."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection

from tests.db.conftest import EACH
from trackside.db.default_data import create_database
from trackside.db.engine import Database, open_database
from trackside.db.own_schema import ensure_own_tables

pytestmark = pytest.mark.trac

_POSTGRESQL = """
SELECT 'column', table_name, column_name, data_type, is_nullable, column_default
    FROM information_schema.columns WHERE table_schema = current_schema()
UNION ALL SELECT 'index', tablename, indexname, indexdef, '', ''
    FROM pg_indexes WHERE schemaname = current_schema()
UNION ALL SELECT 'key', conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', ''
    FROM pg_constraint WHERE connamespace = current_schema()::regnamespace AND conrelid <> 0
UNION ALL SELECT 'sequence', sequence_name, data_type, increment, '', ''
    FROM information_schema.sequences WHERE sequence_schema = current_schema()
"""


@pytest.fixture(params=EACH)
def fresh(request: pytest.FixtureRequest) -> Callable[[], str]:
    if request.param == "sqlite":
        return lambda: "sqlite:db/trac.db"
    made: Callable[[], str] = request.getfixturevalue(f"{request.param}_server").fresh
    return made


def test_it_works(fresh: Callable[[], str], trac_admin: Path, tmp_path: Path) -> None:
    theirs, ours = fresh(), fresh()
    subprocess.run([trac_admin, tmp_path / "theirs", "initenv", "P", theirs], check=True, capture_output=True)
    made = open_database(ours, tmp_path / "ours")
    create_database(made, has_default_data=False)
    found, expected = shape_of(made), shape_of(open_database(theirs, tmp_path / "theirs"))
    assert len(expected) >= 21
    assert found == expected
    with made.begin("write") as db:
        ensure_own_tables(db)
    assert {key: value for key, value in shape_of(made).items() if key in expected} == expected


def shape_of(database: Database) -> dict[str, str]:
    """Everything that the database says of its tables, without what is of one copy only."""
    with database.begin("read") as db:
        return _SHAPES[database.backend](db)


def _of_sqlite(db: Connection) -> dict[str, str]:
    rows = db.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {row.name: row.sql for row in rows}


def _of_postgresql(db: Connection) -> dict[str, str]:
    rows = [tuple(str(value) for value in row) for row in db.exec_driver_sql(_POSTGRESQL)]
    return {".".join(row[:3]): "|".join(row[3:]) for row in rows}


def _of_mysql(db: Connection) -> dict[str, str]:
    tables = list(db.exec_driver_sql("SHOW TABLES").scalars())
    found = {}
    for table in tables:
        made = db.exec_driver_sql(f"SHOW CREATE TABLE `{table}`").one()[1]
        body, _, options = made.rpartition(")")
        kept = [word for word in options.split() if "AUTO_INCREMENT" not in word]
        # The order of the indices has no meaning; that of the columns is seen by its number.
        lines = [line.strip().rstrip(",") for line in body.splitlines()]
        found[table] = "\n".join([*_numbered(lines), *kept])
    return found


def _numbered(lines: list[str]) -> list[str]:
    columns = [line for line in lines if line.startswith("`")]
    keys = sorted(line for line in lines if not line.startswith("`"))
    return [f"{number} {line}" for number, line in enumerate(columns)] + keys


_SHAPES = {"sqlite": _of_sqlite, "postgresql": _of_postgresql, "mysql": _of_mysql}
