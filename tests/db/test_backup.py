"""Copies of databases: whole, also while somebody writes, and with the means of each server."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert

from tests.servers import Server
from trackside.db.backup import back_up, copy_database
from trackside.db.default_data import create_database
from trackside.db.engine import Database, open_database
from trackside.db.schema import component
from trackside.kernel.config import Config
from trackside.kernel.errors import Misconfigured


def made(env: Path, address: str) -> tuple[Config, Database]:
    (env / "conf").mkdir()
    (env / "conf" / "trac.ini").write_text(f"[trac]\ndatabase = {address}\n")
    database = open_database(address, env)
    create_database(database)
    return Config.load(env / "conf" / "trac.ini"), database


@pytest.mark.parametrize("parameters", ["", "?journal_mode=wal", "?timeout=3&synchronous=full"])
def test_it_works(tmp_path: Path, parameters: str) -> None:
    """What was committed a moment ago is in the copy, though it is still in the log."""
    config, database = made(tmp_path, f"sqlite:db/trac.db{parameters}")
    database.make_wal()
    with database.begin("write") as db:
        db.execute(insert(component).values(name="late"))
    with database.begin("write") as db:
        db.execute(insert(component).values(name="under way"))
        said: list[str] = []
        copy = back_up(tmp_path, config, 45, said.append)
    assert copy is not None
    assert copy.name.startswith("sqlite.45.")
    assert str(copy) in said[0]
    with closing(sqlite3.connect(copy)) as found:
        names = [name for (name,) in found.execute("SELECT name FROM component ORDER BY name")]
    assert names == ["component1", "component2", "late"]
    assert [path.name for path in (tmp_path / "db").glob("*.part")] == []
    database.close()


@pytest.mark.postgresql
def test_postgresql_is_dumped(postgresql_server: Server, tmp_path: Path) -> None:
    config, database = made(tmp_path, postgresql_server.fresh() + "?schema=mine")
    copy = back_up(tmp_path, config, 44, lambda text: None)
    assert copy is not None
    assert copy.name.startswith("postgres.44.")
    dump = gzip.decompress(copy.read_bytes()).decode()
    assert "CREATE TABLE mine.ticket" in dump
    assert "component2" in dump
    database.close()


@pytest.mark.mysql
def test_mysql_is_dumped_while_somebody_writes(mysql_server: Server, tmp_path: Path) -> None:
    config, database = made(tmp_path, mysql_server.fresh())
    with database.begin("write") as db:
        db.execute(insert(component).values(name="under way"))
        copy = copy_database(tmp_path, config, tmp_path / "copy.sql")
    dump = copy.read_text()
    assert "component2" in dump
    assert "under way" not in dump
    database.close()


def test_a_missing_program_is_named(tmp_path: Path) -> None:
    (tmp_path / "conf").mkdir()
    config = Config.empty(tmp_path / "conf" / "trac.ini")
    config.set("trac", "database", "postgres://joe:secret@localhost/trac")
    config.set("trac", "pg_dump_path", "no_such_program")
    with pytest.raises(Misconfigured, match="no_such_program") as caught:
        back_up(tmp_path, config, 45, lambda text: None)
    assert "secret" not in str(caught.value)
    assert "nothing was changed" in str(caught.value)
