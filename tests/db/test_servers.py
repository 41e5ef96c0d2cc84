"""Transactions on PostgreSQL and MariaDB: shared connections, limits, and servers that go away."""

from __future__ import annotations

import gc
import os
import re
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from tests import servers as own_servers
from tests.db.conftest import EACH
from tests.servers import Server
from trackside.db import reaper, servers
from trackside.db.default_data import create_database
from trackside.db.dialects import contains
from trackside.db.engine import Database, Options, count_statements, open_database
from trackside.db.poolable import MySQLConnection, PostgreSQLConnection
from trackside.db.schema import system
from trackside.kernel.errors import Misconfigured, Unavailable

ROWS = select(system.c.value).where(system.c.name == "a")
SLEEP = {"postgresql": "SELECT pg_sleep(5)", "mysql": "SELECT SLEEP(5) FROM system"}
CONNECTIONS = {
    "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()",
    "mysql": "SELECT count(*) FROM information_schema.processlist WHERE user = 'trac'",
}

IDENTITY = {"postgresql": "SELECT pg_backend_pid()", "mysql": "SELECT connection_id()"}


@pytest.fixture(params=EACH[1:])
def fresh_address(request: pytest.FixtureRequest) -> Callable[[], str]:
    fresh: Callable[[], str] = request.getfixturevalue(f"{request.param}_server").fresh
    return fresh


@pytest.fixture(autouse=True)
def few_connections(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TRAC_DB_POOL_SIZE", "2")
    monkeypatch.setattr(servers, "POOL_SECONDS", 0.3)
    yield
    forget_connections()


def forget_connections() -> None:
    for shared in servers._engines.values():
        shared.engine.dispose()
    servers._engines.clear()


def put(database: Database) -> None:
    with database.begin("write") as db:
        db.execute(insert(system).values(name="a", value="b"))


def value(database: Database) -> str | None:
    with database.begin("read") as db:
        return db.execute(ROWS).scalar()


def test_it_works(database: Database) -> None:
    put(database)
    assert value(database) == "b"


def test_a_block_that_raises_changes_nothing(database: Database) -> None:
    with pytest.raises(KeyError), database.begin("write") as db:
        db.execute(insert(system).values(name="a", value="b"))
        raise KeyError
    assert value(database) is None


def test_a_read_transaction_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)read.only"), database.begin("read") as db:
        db.execute(insert(system).values(name="a", value="b"))
    assert value(database) is None


def test_a_read_transaction_sees_one_moment(database: Database) -> None:
    with database.begin("read") as db:
        assert db.execute(ROWS).scalar() is None
        put(database)
        assert db.execute(ROWS).scalar() is None
    assert value(database) == "b"


@pytest.mark.postgresql
def test_projects_on_one_server_share_its_connections(postgresql_server: Server, tmp_path: Path) -> None:
    address = postgresql_server.fresh()
    projects = [open_database(f"{address}?schema=p{n}", tmp_path) for n in range(12)]
    for number, project in enumerate(projects):
        project.create()
        with project.begin("write") as db:
            db.execute(text("CREATE TABLE t (n int)"))
            db.execute(text("INSERT INTO t VALUES (:n)"), {"n": number})
    for number, project in enumerate(projects):
        with project.begin("read") as db:
            assert db.execute(text("SELECT n FROM t")).scalar() == number
            assert db.execute(text(CONNECTIONS["postgresql"])).scalar() == 1


@pytest.mark.mysql
def test_databases_of_one_server_share_its_connections(mysql_server: Server, tmp_path: Path) -> None:
    projects = [open_database(mysql_server.fresh(), tmp_path) for _ in range(12)]
    for number, project in enumerate(projects):
        with project.begin("write") as db:
            db.execute(text("CREATE TABLE t (n int)"))
        with project.begin("write") as db:
            db.execute(text("INSERT INTO t VALUES (:n)"), {"n": number})
    for number, project in enumerate(projects):
        with project.begin("read") as db:
            assert db.execute(text("SELECT n FROM t")).scalar() == number
            assert db.execute(text(CONNECTIONS["mysql"])).scalar() == 1


def test_what_is_idle_for_long_is_closed(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    assert value(database) is None
    pools = [shared.engine.pool for shared in servers._engines.values()]
    reaper.sweep_all()
    assert [pool.checkedin() for pool in pools if isinstance(pool, QueuePool)] == [1]
    monkeypatch.setattr(servers, "IDLE_SECONDS", 0)
    reaper.sweep_all()
    assert [pool.checkedin() for pool in pools if isinstance(pool, QueuePool)] == [0]
    assert value(database) is None


def test_when_all_connections_are_taken_it_is_said_soon(database: Database) -> None:
    before = time.monotonic()
    with database.begin("read"), database.begin("read"), pytest.raises(Unavailable), database.begin("read"):
        pass
    assert time.monotonic() - before < 3
    assert value(database) is None


@pytest.mark.parametrize("connection", [PostgreSQLConnection, MySQLConnection])
def test_pooling_can_be_switched_off(
    database: Database, connection: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "poolable", False)
    kept = (connection is MySQLConnection) == (database.backend == "postgresql")
    forget_connections()
    raws = []
    for _ in range(2):
        with database.begin("read") as db:
            raws.append(db.connection.dbapi_connection)
    assert (raws[0] is raws[1]) == kept


def test_a_statement_has_a_limit(
    database: Database, fresh_address: Callable[[], str], tmp_path: Path
) -> None:
    hasty = open_database(fresh_address(), tmp_path, options=Options(statement_seconds=0.3))
    with hasty.begin("write") as db:
        db.execute(text("CREATE TABLE system (name text)"))
    with hasty.begin("write") as db:
        db.execute(text("INSERT INTO system VALUES ('a')"))
    before = time.monotonic()
    with pytest.raises(Unavailable), hasty.begin("read") as db:
        db.execute(text(SLEEP[hasty.backend])).all()
    assert time.monotonic() - before < 4
    with hasty.patient().begin("read") as db:
        assert db.execute(text("SELECT 1")).scalar() == 1


def test_a_connection_cut_by_the_server_is_replaced(database: Database) -> None:
    with pytest.raises(Unavailable), database.begin("write") as db:
        db.execute(insert(system).values(name="a", value="b"))
        if database.backend == "postgresql":
            db.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        else:
            db.execute(text(f"KILL {db.execute(text('SELECT connection_id()')).scalar()}"))
        db.execute(ROWS)
    assert value(database) is None


def test_two_that_wait_for_each_other_are_told(database: Database) -> None:
    put(database)
    with database.begin("write") as db:
        db.execute(insert(system).values(name="c", value="d"))
    told: list[BaseException] = []
    both = threading.Barrier(2)

    def change(first: str, second: str) -> None:
        try:
            with database.begin("write") as db:
                db.execute(system.update().where(system.c.name == first).values(value="x"))
                both.wait()
                db.execute(system.update().where(system.c.name == second).values(value="x"))
        except Unavailable as failure:
            told.append(failure)

    threads = [threading.Thread(target=change, args=names) for names in (("a", "c"), ("c", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 1


def test_statements_are_counted(database: Database) -> None:
    with count_statements(database) as statements:
        put(database)
        assert value(database) == "b"
    assert len(statements) == 2


def test_an_error_passed_over_is_not_committed(database: Database) -> None:
    if database.backend == "mysql":
        pytest.skip("MariaDB goes on after an error")
    with pytest.raises(RuntimeError, match="passed over"), database.begin("write") as db:
        db.execute(insert(system).values(name="a", value="b"))
        with pytest.raises(DBAPIError):
            db.execute(text("SELECT * FROM nothing_of_that_name"))


def test_a_wrong_login_or_name_is_misconfigured(fresh_address: Callable[[], str], tmp_path: Path) -> None:
    address = fresh_address()
    for wrong in (address.replace("trac@", "nobody:secret@"), re.sub(r"/t(\d)", r"/no\1", address)):
        database = open_database(wrong, tmp_path)
        with pytest.raises(Misconfigured, match="refuses") as caught, database.begin("read"):
            pass
        assert "secret" not in str(caught.value)


def test_a_silent_server_is_unavailable(tmp_path: Path) -> None:
    for address in ("postgres://trac@127.0.0.1:1/trac", "mysql://trac@127.0.0.1:1/trac"):
        before = time.monotonic()
        with pytest.raises(Unavailable), open_database(address, tmp_path).begin("read"):
            pass
        assert time.monotonic() - before < 5


@pytest.mark.mysql
def test_a_database_that_confuses_cases_is_refused(mysql_server: Server, tmp_path: Path) -> None:
    database = open_database(mysql_server.fresh("utf8mb4_general_ci"), tmp_path)
    with pytest.raises(Misconfigured, match="utf8mb4_general_ci"):
        database.create()


@pytest.mark.mysql
def test_a_database_of_three_bytes_is_served(mysql_server: Server, tmp_path: Path) -> None:
    """As newer servers call what Trac made as utf8."""
    database = open_database(mysql_server.fresh("utf8mb3_bin"), tmp_path)
    create_database(database)
    with database.begin("write") as db:
        db.execute(insert(system).values(name="жук", value="b"))
        found = select(system.c.name).where(contains(system.c.name, "ЖУК"))
        assert db.execute(found).scalar() == "жук"


@pytest.mark.postgresql
def test_a_schema_that_is_there_is_refused(postgresql_server: Server, tmp_path: Path) -> None:
    address = postgresql_server.fresh()
    open_database(f"{address}?schema=mine", tmp_path).create()
    with pytest.raises(Misconfigured, match="mine"):
        open_database(f"{address}?schema=mine", tmp_path).create()


@pytest.mark.slow
@pytest.mark.parametrize("kind", EACH[1:])
def test_a_server_that_comes_back_is_found_at_once(kind: str, tmp_path: Path) -> None:
    """Told in less than five seconds that it is gone; served again without a restart of ours."""
    with (own_servers.postgresql if kind == "postgresql" else own_servers.mariadb)() as server:
        database = open_database(server.fresh(), tmp_path)
        create_database(database)
        put(database)
        server.stop()
        before = time.monotonic()
        for _ in range(2):
            with pytest.raises(Unavailable):
                value(database)
        assert time.monotonic() - before < 5
        server.start()
        before = time.monotonic()
        assert value(database) == "b"
        assert time.monotonic() - before < 2
        forget_connections()
    # PyMySQL leaves the socket of an attempt in vain to the collector, which must not blame another test.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def test_a_child_process_makes_its_own_connections(database: Database) -> None:
    with database.begin("read") as db:
        parents = db.execute(text(IDENTITY[database.backend])).scalar()
    child = os.fork()
    if child == 0:
        with database.begin("write") as db:
            is_own = db.execute(text(IDENTITY[database.backend])).scalar() != parents
            db.execute(insert(system).values(name="a", value="b"))
        os._exit(0 if is_own else 1)
    assert os.waitpid(child, 0)[1] == 0
    with database.begin("read") as db:
        assert db.execute(text(IDENTITY[database.backend])).scalar() == parents
        assert db.execute(ROWS).scalar() == "b"
