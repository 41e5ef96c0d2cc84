"""PostgreSQL and MySQL: one pool of connections for each server, shared by all projects on it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc
from sqlalchemy.pool import NullPool, QueuePool

from trackside.db import failures
from trackside.db.connection_string import Address
from trackside.db.ddl import quote
from trackside.db.poolable import MySQLConnection, PostgreSQLConnection, pool_size
from trackside.db.reaper import IDLE_SECONDS, watch
from trackside.db.sqlite import Hook, Mode
from trackside.kernel.errors import Misconfigured

CONNECT_SECONDS = 3
POOL_SECONDS = 5
_MILLISECONDS = 1000
_COLLATIONS = ("utf8mb4_bin", "utf8mb3_bin", "utf8_bin")

NO_SCHEMA = "The schema “%(schema)s” cannot be made: %(reason)s"


@dataclass(slots=True)
class _Shared:
    engine: Engine
    used: float


_engines: dict[tuple[object, ...], _Shared] = {}
_lock = threading.Lock()


def _after_fork() -> None:
    """A child makes its own connections; those it sees belong to its parent."""
    global _lock
    _lock = threading.Lock()
    for shared in _engines.values():
        shared.engine.dispose(close=False)


os.register_at_fork(after_in_child=_after_fork)


@dataclass(frozen=True, slots=True, eq=False)
class ServerDatabase:
    """One schema (PostgreSQL) or database (MySQL) of a server."""

    address: Address
    backend: Literal["postgresql", "mysql"]
    statement_seconds: float
    hooks: list[Hook] = field(default_factory=list)

    @contextmanager
    def begin(self, mode: Mode) -> Iterator[Connection]:
        """A transaction: kept when the block ends well, undone when it raises."""
        try:
            with _engine(self).connect() as db, _transaction(db, self, mode):
                for hook in self.hooks:
                    hook(db)
                yield db
        except (exc.SQLAlchemyError, OSError) as error:
            failure = failures.translate(error, self.place)
            if failure is None:
                raise
            raise failure from error

    @property
    def place(self) -> str:
        """Where it is, as it may be shown to people."""
        host = self.address.parameters.get("host") or self.address.host or "localhost"
        return f"{self.address.user or ''}@{host}/{self.address.path}"

    def stamp(self) -> None:
        """A server is asked, not looked at."""

    def make_wal(self) -> None:
        """Servers see to that themselves."""

    def leave_wal(self) -> None:
        """As above."""

    def patient(self) -> ServerDatabase:
        return replace(self, statement_seconds=0, hooks=self.hooks)

    def close(self) -> None:
        """Close the idle connections of the server, other projects' too: they are made anew when needed."""
        shared = _engines.get(_key(self))
        if shared is not None:
            shared.engine.dispose()

    def create(self) -> None:
        _CREATE[self.backend](self)


def _key(database: ServerDatabase) -> tuple[object, ...]:
    address = database.address
    parameters = {name: value for name, value in address.parameters.items() if name != "schema"}
    # MySQL chooses the database of a connection as PostgreSQL chooses the schema: at each BEGIN.
    name = address.path if database.backend == "postgresql" else ""
    login = (address.host, address.port, address.user, address.password, name)
    return (
        database.backend,
        *login,
        *sorted(parameters.items()),
        database.statement_seconds,
        _is_pooled(database),
    )


def _is_pooled(database: ServerDatabase) -> bool:
    """Scripts switch pooling off by an attribute of Trac's connection class."""
    connection = PostgreSQLConnection if database.backend == "postgresql" else MySQLConnection
    return bool(connection.poolable)


def _engine(database: ServerDatabase) -> Engine:
    key = _key(database)
    shared = _engines.get(key)
    if shared is None:
        with _lock:
            shared = _engines.get(key)
            if shared is None:
                shared = _engines[key] = _Shared(_make_engine(database), 0.0)
    shared.used = time.monotonic()
    watch(_sweep)
    return shared.engine


def _make_engine(database: ServerDatabase) -> Engine:
    url, arguments = _ARGUMENTS[database.backend](database)
    pool: dict[str, Any] = {"poolclass": NullPool}
    if _is_pooled(database):
        pool = {
            "poolclass": QueuePool,
            "pool_size": pool_size(),
            "max_overflow": 0,
            "pool_timeout": POOL_SECONDS,
            "pool_pre_ping": True,
            "pool_use_lifo": True,
            "pool_reset_on_return": None,
        }
    engine = create_engine(url, connect_args=arguments, isolation_level="AUTOCOMMIT", **pool)
    if database.backend == "mysql":
        _limit_statements(engine, database.statement_seconds)
    return engine


def _sweep() -> bool:
    """Close the connections of servers that nobody has asked for two minutes."""
    for shared in list(_engines.values()):
        pool = shared.engine.pool
        is_idle = time.monotonic() - shared.used >= IDLE_SECONDS
        if is_idle and isinstance(pool, QueuePool) and pool.checkedout() == 0 and pool.checkedin():
            shared.engine.dispose()
    return bool(_engines)


def _postgresql_arguments(database: ServerDatabase) -> tuple[URL, dict[str, Any]]:
    address = database.address
    limit = int(database.statement_seconds * _MILLISECONDS)
    url = URL.create(
        "postgresql+psycopg",
        address.user,
        address.password,
        address.parameters.get("host") or address.host,
        address.port,
        address.path,
    )
    return url, {
        "connect_timeout": CONNECT_SECONDS,
        "tcp_user_timeout": 5000,
        "options": f"-c statement_timeout={limit}",
        "client_encoding": "utf8",
        # The same statement means other tables after another project's BEGIN.
        "prepare_threshold": None,
    }


def _mysql_arguments(database: ServerDatabase) -> tuple[URL, dict[str, Any]]:
    address = database.address
    url = URL.create(
        "mysql+pymysql", address.user, address.password, address.host or "localhost", address.port
    )
    arguments: dict[str, Any] = {"connect_timeout": CONNECT_SECONDS, "charset": "utf8mb4"}
    if database.statement_seconds:
        arguments["read_timeout"] = arguments["write_timeout"] = int(database.statement_seconds) + 5
    for name in ("unix_socket", "init_command", "read_default_file", "read_default_group"):
        if address.parameters.get(name):
            arguments[name] = address.parameters[name]
    return url, arguments


def _limit_statements(engine: Engine, seconds: float) -> None:
    """MariaDB counts in seconds, MySQL in milliseconds and only what reads."""

    @event.listens_for(engine, "connect")
    def set_limit(connection: Any, record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT @@version")
            is_mariadb = "mariadb" in str(cursor.fetchone()[0]).lower()
            name = "max_statement_time" if is_mariadb else "max_execution_time"
            limit = f"{seconds:.3f}" if is_mariadb else str(int(seconds * _MILLISECONDS))
            cursor.execute(f"SET SESSION {name} = {limit}")
            cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def _start_postgresql(db: Connection, address: Address, mode: Mode) -> None:
    how = "ISOLATION LEVEL REPEATABLE READ READ ONLY" if mode == "read" else "READ WRITE"
    path = f"; SET LOCAL search_path TO {quote('postgresql', address.schema)}"
    _driver_execute(db, f"BEGIN {how}{path if address.schema != 'public' else ''}")


def _start_mysql(db: Connection, address: Address, mode: Mode) -> None:
    raw: Any = db.connection.dbapi_connection
    if db.info.get("database") != address.path:
        _guarded(lambda: raw.select_db(address.path), db)
        db.info["database"] = address.path
    if mode == "read":
        _driver_execute(db, "START TRANSACTION READ ONLY")
    else:
        _driver_execute(db, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        _driver_execute(db, "START TRANSACTION")


def _driver_execute(db: Connection, statement: str) -> None:
    """Past SQLAlchemy: what begins a transaction is not a statement of the work."""
    raw: Any = db.connection.dbapi_connection

    def execute() -> None:
        with raw.cursor() as cursor:
            cursor.execute(statement)

    _guarded(execute, db)


def _guarded(execute: Callable[[], object], db: Connection) -> None:
    """Errors of the driver as SQLAlchemy would raise them."""
    try:
        execute()
    except db.dialect.loaded_dbapi.Error as error:
        db.invalidate()
        raise exc.DBAPIError(None, None, error, connection_invalidated=True) from error


@contextmanager
def _transaction(db: Connection, database: ServerDatabase, mode: Mode) -> Iterator[None]:
    """The driver commits by itself unless told otherwise, and is told here."""
    _START[database.backend](db, database.address, mode)
    try:
        yield
        _end(db, "COMMIT")
    except BaseException:
        if not db.invalidated:
            with suppress(exc.DBAPIError):
                _end(db, "ROLLBACK")
        raise


def _end(db: Connection, statement: Literal["COMMIT", "ROLLBACK"]) -> None:
    raw: Any = db.connection.dbapi_connection
    if (
        statement == "COMMIT"
        and db.dialect.name == "postgresql"
        and raw.info.transaction_status.name == "INERROR"
    ):
        raise RuntimeError("A statement failed and its error was passed over: nothing can be committed.")
    _driver_execute(db, statement)


def _create_postgresql(database: ServerDatabase) -> None:
    """A schema of that name must not be there: it might be somebody else's."""
    schema = database.address.schema
    if schema == "public":
        return
    try:
        with _engine(database).connect() as db:
            db.exec_driver_sql(f"CREATE SCHEMA {quote('postgresql', schema)}")
    except exc.ProgrammingError as error:
        raise Misconfigured(
            NO_SCHEMA,
            schema=schema,
            reason=str(error.orig).strip(),
        ) from error
    except exc.DBAPIError as error:
        raise failures.translate(error, database.place) or error from error


def _create_mysql(database: ServerDatabase) -> None:
    """The database is there already; what matters is that it tells upper from lower case."""
    with database.begin("read") as db:
        collation = db.exec_driver_sql("SELECT @@collation_database").scalar()
    if collation not in _COLLATIONS:
        raise Misconfigured(
            "The database “%(name)s” compares text by %(found)s; it must be one of: %(wanted)s.",
            name=database.address.path,
            found=collation,
            wanted=", ".join(_COLLATIONS),
        )


_ARGUMENTS: Mapping[str, Callable[[ServerDatabase], tuple[URL, dict[str, Any]]]] = {
    "postgresql": _postgresql_arguments,
    "mysql": _mysql_arguments,
}
_START = {"postgresql": _start_postgresql, "mysql": _start_mysql}
_CREATE = {"postgresql": _create_postgresql, "mysql": _create_mysql}
