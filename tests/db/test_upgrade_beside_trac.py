"""Trac 1.6's own upgrade and ours, from every version: the same rows, tables, options and files."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, Table, select

from tests.db.conftest import EACH
from tests.db.old_schemas import make_environment
from tests.db.test_upgrade import OLD, config_of, run
from tests.servers import Server
from trackside.db.engine import open_database
from trackside.db.schema import metadata

pytestmark = [pytest.mark.trac, pytest.mark.slow]

# Trac counts on these for itself alone, and we say who we are.
_OWN_ROWS = "name LIKE 'trackside_%'"


@pytest.mark.parametrize("version", OLD)
def test_it_works(version: int, trac_admin: Path, tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    make_environment(ours, version).close()
    shutil.copytree(ours, theirs)
    upgrade = [str(trac_admin), str(theirs), "upgrade", "--no-backup"]
    subprocess.run(upgrade, check=True, capture_output=True, timeout=120)
    run(ours, open_database("sqlite:db/trac.db", ours))
    assert list(differences(ours, theirs)) == []


@pytest.mark.parametrize("version", [21, 26, 29, 41])
@pytest.mark.parametrize("kind", EACH[1:])
def test_it_works_on_servers(
    kind: str, version: int, trac_admin: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    server: Server = request.getfixturevalue(f"{kind}_server")
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    our_database, their_database = (make_environment(env, version, server.fresh()) for env in (ours, theirs))
    upgrade = [str(trac_admin), str(theirs), "upgrade", "--no-backup"]
    subprocess.run(upgrade, check=True, capture_output=True, timeout=120)
    run(ours, our_database)
    with our_database.begin("read") as our_db, their_database.begin("read") as their_db:
        for table in metadata.sorted_tables:
            if table.name not in ("cache", "system"):
                assert _rows(our_db, table) == _rows(their_db, table)
    our_options, their_options = _options(ours), _options(theirs)
    different = {
        key for key in our_options.keys() | their_options if our_options.get(key) != their_options.get(key)
    }
    assert different == {"[trac] database"}
    our_database.close()


def _rows(db: Connection, table: Table) -> list[str]:
    """Numbers of file changes are given in no order."""
    columns = [column for column in table.columns if (table.name, column.name) != ("node_change", "id")]
    return sorted(map(repr, db.execute(select(*columns)).all()))


def differences(ours: Path, theirs: Path) -> Iterator[str]:
    with (
        closing(sqlite3.connect(ours / "db" / "trac.db")) as our_db,
        closing(sqlite3.connect(theirs / "db" / "trac.db")) as their_db,
    ):
        for table in _tables(our_db) | _tables(their_db):
            if _content(our_db, table) != _content(their_db, table):
                yield f"{table}: {_content(our_db, table)} instead of {_content(their_db, table)}"
    our_options, their_options = _options(ours), _options(theirs)
    for key in sorted(set(our_options) | set(their_options)):
        if our_options.get(key) != their_options.get(key):
            yield f"{key}: {our_options.get(key)} instead of {their_options.get(key)}"
    for path in sorted(_files(ours) ^ _files(theirs)):
        yield f"{path} is only on one side"


def _tables(db: sqlite3.Connection) -> set[str]:
    rows = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'trackside_%'")
    return {name for (name,) in rows}


def _content(db: sqlite3.Connection, table: str) -> list[str]:
    """How it was made, and its rows. Counters of caches are each program's own."""
    made = db.execute("SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL", (table,))
    condition = f" WHERE NOT {_OWN_ROWS}" if table == "system" else ""
    rows = [] if table == "cache" else db.execute(f"SELECT * FROM {table}{condition}").fetchall()
    return sorted(map(repr, [*made, *rows]))


def _options(env: Path) -> dict[str, str]:
    """By meaning: Trac writes lists without blanks and its own words for yes and no."""
    config = config_of(env)
    words = {"true": "enabled", "false": "disabled"}
    found = {}
    for section in config.sections():
        for option, value in config.items(section).items():
            value = ",".join(part.strip() for part in value.split(","))
            found[f"[{section}] {option}"] = words.get(value, value)
    return found


def _files(env: Path) -> set[str]:
    """Without what a kill leaves of a trac.ini that was being written."""
    files = (path.relative_to(env) for path in env.rglob("*") if path.is_file())
    return {
        str(file) for file in files if file.parts[0] not in ("db", "log") and not file.name.startswith(".")
    }
