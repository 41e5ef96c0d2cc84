"""Transactions on SQLite: what is kept, what is refused, and what stays open."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import OperationalError

from trackside.db import ddl
from trackside.db.engine import Database, count_statements, open_database
from trackside.db.idle import idle
from trackside.db.schema import metadata, system
from trackside.kernel.errors import Misconfigured, Unavailable

ROWS = select(system.c.name, system.c.value)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    (tmp_path / "trac.db").touch()
    database = open_database("sqlite:trac.db?timeout=0.2", tmp_path)
    with database.begin("write") as db:
        for table in metadata.sorted_tables:
            ddl.create(db, table)
    yield database
    database.close()


def rows(database: Database) -> list[tuple[str, str]]:
    with database.begin("read") as db:
        return [(row.name, row.value) for row in db.execute(ROWS)]


def put(db: Connection, name: str) -> None:
    db.execute(insert(system).values(name=name, value="x"))


def test_it_works(database: Database) -> None:
    with database.begin("write") as db:
        put(db, "a")
    assert rows(database) == [("a", "x")]


def test_a_block_that_raises_changes_nothing(database: Database) -> None:
    with pytest.raises(KeyError), database.begin("write") as db:
        put(db, "a")
        raise KeyError
    assert rows(database) == []


def test_a_read_transaction_cannot_write(database: Database) -> None:
    with pytest.raises(OperationalError), database.begin("read") as db:
        put(db, "a")
    assert rows(database) == []


def test_a_second_writer_of_this_process_is_told_after_the_timeout(database: Database) -> None:
    seen: list[BaseException] = []

    def write() -> None:
        try:
            with database.begin("write") as db:
                put(db, "b")
        except Unavailable as failure:
            seen.append(failure)

    with database.begin("write") as db:
        put(db, "a")
        other = threading.Thread(target=write)
        other.start()
        other.join()
    assert len(seen) == 1
    assert rows(database) == [("a", "x")]


def test_a_writer_of_another_program_makes_it_unavailable(database: Database, tmp_path: Path) -> None:

    other = sqlite3.connect(tmp_path / "trac.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable), database.begin("write"):
        pass
    other.execute("ROLLBACK")
    other.close()
    with database.begin("write") as db:
        put(db, "a")
    assert rows(database) == [("a", "x")]


def test_reads_go_on_while_somebody_writes(database: Database) -> None:
    database.make_wal()
    with database.begin("write") as db:
        put(db, "a")
        assert rows(database) == []
    assert rows(database) == [("a", "x")]


def test_a_hot_file_is_opened_once(database: Database) -> None:
    with database.begin("read") as db:
        first = db.connection.dbapi_connection
    with database.begin("read") as db:
        assert db.connection.dbapi_connection is first


def test_a_replaced_file_is_seen(database: Database, tmp_path: Path) -> None:
    with database.begin("write") as db:
        put(db, "a")
    assert rows(database) == [("a", "x")]
    shutil.copy(tmp_path / "trac.db", tmp_path / "copy.db")
    with database.begin("write") as db:
        put(db, "b")
    os.replace(tmp_path / "copy.db", tmp_path / "trac.db")
    assert rows(database) == [("a", "x")]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    database = open_database("sqlite:db/trac.db", tmp_path)
    with pytest.raises(Misconfigured, match="db/trac.db"), database.begin("read"):
        pass
    assert not (tmp_path / "db").exists()


def test_a_file_of_another_kind_is_named(tmp_path: Path) -> None:
    (tmp_path / "trac.db").write_bytes(b"no database at all " * 100)
    database = open_database("sqlite:trac.db", tmp_path)
    with pytest.raises(Misconfigured, match="trac.db"), database.begin("read"):
        pass


def test_many_projects_leak_no_files(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    databases = []
    for number in range(300):
        (tmp_path / f"{number}.db").touch()
        databases.append(open_database(f"sqlite:{number}.db", tmp_path))
    for database in databases * 2:
        with database.begin("read") as db:
            assert ddl.table_names(db) == set()
    assert len(idle) <= idle.size
    assert len(os.listdir("/proc/self/fd")) <= before + 2 * idle.size
    idle.close()


def test_what_is_idle_for_long_is_closed(database: Database) -> None:
    rows(database)
    idle.close(older_than=60)
    assert len(idle) > 0
    idle.close(older_than=-1)
    assert len(idle) == 0
    assert rows(database) == []


def test_a_child_process_opens_its_own(database: Database) -> None:
    rows(database)
    child = os.fork()
    if child == 0:
        with database.begin("write") as db:
            put(db, "from the child")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert rows(database) == [("from the child", "x")]


def test_threads_share_nothing(database: Database) -> None:
    database.make_wal()
    failures: list[BaseException] = []

    def work(name: str) -> None:
        try:
            for number in range(20):
                with database.begin("write") as db:
                    put(db, f"{name}{number}")
                rows(database)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(rows(database)) == 80


def test_statements_are_counted_without_begin_and_commit(database: Database) -> None:
    with count_statements(database) as statements, database.begin("write") as db:
        put(db, "a")
        db.execute(ROWS)
    assert len(statements) == 2
    rows(database)
    assert len(statements) == 2


def test_an_explicit_journal_mode_is_kept(tmp_path: Path) -> None:
    (tmp_path / "trac.db").touch()
    database = open_database("sqlite:trac.db?journal_mode=truncate&synchronous=full", tmp_path)
    database.make_wal()
    with database.begin("read") as db:
        assert db.exec_driver_sql("PRAGMA journal_mode").scalar() == "truncate"
        assert db.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    database.close()


@pytest.mark.parametrize(
    "parameters", ["timeout=soon", "journal_mode=off", "journal_mode=x;y", "synchronous=9"]
)
def test_a_bad_parameter_is_named(tmp_path: Path, parameters: str) -> None:
    with pytest.raises(Misconfigured, match=parameters.partition("=")[2]):
        open_database(f"sqlite:trac.db?{parameters}", tmp_path)


def test_a_database_in_memory_lasts_as_long_as_its_object(tmp_path: Path) -> None:
    database = open_database("sqlite::memory:", tmp_path)
    with database.begin("write") as db:
        ddl.create(db, system)
        put(db, "a")
    assert rows(database) == [("a", "x")]
    with pytest.raises(OperationalError), database.begin("read") as db:
        put(db, "b")
    database.close()


@pytest.mark.parametrize(("folder", "file"), [(0o755, 0o666), (0o777, 0o444), (0o777, 0o000)])
def test_who_lacks_access_to_what_is_said(folder: int, file: int) -> None:
    """Tried as another account where we are root, who may do everything."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "trac.db"
        shutil.copy(new_file(Path(place) / "made"), path)
        path.chmod(file)
        os.chmod(place, folder)
        said = in_child(place, 65534 if os.geteuid() == 0 else os.geteuid())
        os.chmod(place, 0o777)
    assert said.startswith("The user")
    assert str(path) in said


def new_file(folder: Path) -> Path:
    folder.mkdir()
    database = open_database("sqlite:trac.db", folder)
    database.create()
    with database.begin("write") as db:
        ddl.create(db, system)
    database.close()
    return folder / "trac.db"


def in_child(place: str, user: int) -> str:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.setuid(user)
        try:
            with open_database("sqlite:trac.db", Path(place)).begin("write") as db:
                put(db, "a")
            said = "nothing"
        except Misconfigured as failure:
            said = str(failure)
        except BaseException as error:
            said = repr(error)
        os.write(writer, said.encode())
        os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with open(reader) as stream:
        return stream.read()


def test_a_full_disk_is_unavailable(database: Database) -> None:
    with pytest.raises(Unavailable), database.begin("write") as db:
        db.exec_driver_sql("PRAGMA max_page_count = 1")
        for number in range(1000):
            put(db, "x" * 1000 + str(number))
    assert rows(database) == []


def test_a_damaged_file_is_named(database: Database, tmp_path: Path) -> None:
    with database.begin("write") as db:
        put(db, "a")
    database.close()
    content = bytearray((tmp_path / "trac.db").read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    (tmp_path / "trac.db").write_bytes(content)
    with pytest.raises(Misconfigured, match="damaged"):
        rows(database)


@pytest.mark.alone
def test_a_transaction_costs_little(database: Database) -> None:
    """Of the processor, with one statement that was seen before."""
    for _ in range(200):
        rows(database)
    before = time.process_time()
    for _ in range(1000):
        rows(database)
    assert (time.process_time() - before) / 1000 < 0.000_3
