"""SQLite files: transactions on connections that are kept open only while a project is busy."""

from __future__ import annotations

import getpass
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool, PoolProxiedConnection

from trackside.db import failures
from trackside.db.connection_string import Backend
from trackside.db.idle import Open, idle
from trackside.kernel.errors import Failure, Misconfigured, Unavailable

Mode = Literal["read", "write"]
Hook = Callable[[Connection], None]
TIMEOUT = 10.0
_SETTLED_NS = 60_000_000
_JOURNAL_MODES = ("DELETE", "TRUNCATE", "PERSIST", "MEMORY", "WAL")
_SYNCHRONOUS = ("OFF", "NORMAL", "FULL", "EXTRA", "0", "1", "2", "3")
_MISSING = "There is no database file %(path)s."
_NO_ACCESS = "The user %(user)s needs to read and write the database file %(path)s and its directory."


_writers: dict[str, threading.Lock] = {}


def _after_fork() -> None:
    idle.after_fork()
    _writers.clear()


# A connection must not be open on both sides of a fork: closing one loses the locks of the other.
os.register_at_fork(before=lambda: idle.close(), after_in_child=_after_fork)


def _make_engine() -> Engine:
    """One engine for all files: each statement is compiled once for the whole process."""
    engine = create_engine("sqlite://", poolclass=NullPool)
    engine.connect().close()
    return engine


_engine = _make_engine()


@dataclass(frozen=True, slots=True, eq=False)
class SqliteDatabase:
    """One file. Writers of this process queue up; those of others are waited for `timeout` seconds."""

    file: str
    timeout: float = TIMEOUT
    journal_mode: str | None = None
    synchronous: str | None = None
    extensions: tuple[str, ...] = ()
    hooks: list[Hook] = field(default_factory=list)
    backend: ClassVar[Backend] = "sqlite"

    def create(self) -> None:
        """An empty file, and its directory."""
        try:
            os.makedirs(os.path.dirname(self.file), exist_ok=True)
            os.close(os.open(self.file, os.O_CREAT | os.O_RDWR, 0o666))
        except OSError as error:
            raise Misconfigured(
                "The database file %(path)s cannot be made: %(reason)s.",
                path=self.file,
                reason=error.strerror,
            ) from error

    @contextmanager
    def begin(self, mode: Mode) -> Iterator[Connection]:
        """A transaction: kept when the block ends well, undone when it raises."""
        if mode == "read":
            with self._transaction(mode, "BEGIN", self.timeout) as db:
                yield db
            return
        lock = _writers.setdefault(self.file, threading.Lock())
        started = time.monotonic()
        if not lock.acquire(timeout=self.timeout):
            raise Unavailable(failures.BUSY)
        try:
            left = max(0.1, self.timeout - (time.monotonic() - started))
            with self._transaction(mode, "BEGIN IMMEDIATE", left) as db:
                yield db
        finally:
            lock.release()

    def stamp(self) -> tuple[int, ...] | None:
        """The times and sizes of the file and its log; None just after a change.

        File times move in steps of a few milliseconds: two changes within one step would look alike.
        """
        try:
            main = os.stat(self.file)
        except OSError:
            return None
        try:
            log = os.stat(self.file + "-wal")
            times = (log.st_mtime_ns, log.st_size)
        except OSError:
            times = (0, 0)
        if time.time_ns() - max(main.st_mtime_ns, times[0]) < _SETTLED_NS:
            return None
        return (main.st_ino, main.st_mtime_ns, main.st_size, *times)

    def make_wal(self) -> None:
        """Let readers and a writer work side by side, unless the connection string says otherwise."""
        self._set_journal("WAL")

    def leave_wal(self) -> None:
        """Go back to the journal that Trac's own tools expect."""
        self.close()
        self._set_journal("DELETE")

    def _set_journal(self, mode: str) -> None:
        if self.journal_mode is not None:
            return
        connection = self._connect("write")
        try:
            connection.raw.execute(f"PRAGMA journal_mode = {mode}")
        except sqlite3.Error as error:
            raise failures.translate(error, self.file) or error from error
        finally:
            connection.close()
        self.close()

    def patient(self) -> SqliteDatabase:
        """There is no limit to lift."""
        return self

    def close(self) -> None:
        """Close this file's idle connections."""
        idle.close(self.file)

    @contextmanager
    def _transaction(self, mode: Mode, statement: str, patience: float) -> Iterator[Connection]:
        connection = self._take(mode)
        is_sound = False
        try:
            self._start(connection.raw, statement, patience)
            yield _connection(connection.proxy, self.hooks)
            if connection.raw.in_transaction:
                connection.raw.commit()
            is_sound = True
        except Exception as error:
            is_sound = _roll_back(connection.raw)
            failure = _no_access(error, mode, self.file) or failures.translate(error, self.file)
            if failure is None:
                raise
            is_sound = is_sound and isinstance(failure, Unavailable)
            raise failure from error
        finally:
            self._give_back(connection, is_sound)

    def _start(self, raw: sqlite3.Connection, statement: str, patience: float) -> None:
        if patience > self.timeout - 0.1:
            raw.execute(statement)
            return
        raw.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")
        try:
            raw.execute(statement)
        finally:
            raw.execute(f"PRAGMA busy_timeout = {int(self.timeout * 1000)}")

    def _take(self, mode: Mode) -> Open:
        try:
            status = os.stat(self.file)
        except OSError:
            raise Misconfigured(_MISSING, path=self.file) from None
        found = idle.take(self._key(mode), (status.st_dev, status.st_ino))
        return found or self._connect(mode)

    def _key(self, mode: Mode) -> tuple[object, ...]:
        return (self.file, mode, self.timeout, self.journal_mode, self.synchronous, self.extensions)

    def _give_back(self, connection: Open, is_sound: bool) -> None:
        if is_sound and not connection.raw.in_transaction:
            idle.put(connection)
        else:
            connection.close()

    def _connect(self, mode: Mode) -> Open:
        raw = None
        try:
            raw = self._open()
            self._set_up(raw, mode)
            status = os.stat(self.file)
        except (sqlite3.Error, OSError, Misconfigured) as error:
            if raw is not None:
                raw.close()
            check_file(self.file)
            raise failures.translate(error, self.file) or error from error
        return Open(self._key(mode), _proxy(raw), raw, (status.st_dev, status.st_ino))

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(
            f"file:{quote(self.file)}?mode=rw",
            uri=True,
            timeout=self.timeout,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )

    def _set_up(self, raw: sqlite3.Connection, mode: Mode) -> None:
        _load_extensions(raw, self.extensions)
        journal_mode = raw.execute("PRAGMA journal_mode").fetchone()[0]
        if self.journal_mode and journal_mode != self.journal_mode.lower():
            journal_mode = raw.execute(f"PRAGMA journal_mode = {self.journal_mode}").fetchone()[0]
            if journal_mode != self.journal_mode.lower():
                raise Misconfigured(
                    "The database file cannot work with journal_mode=%(value)s.", value=self.journal_mode
                )
        if self.synchronous or journal_mode == "wal":
            raw.execute(f"PRAGMA synchronous = {self.synchronous or 'NORMAL'}")
        if mode == "read":
            raw.execute("PRAGMA query_only = 1")


class MemoryDatabase:
    """A database that lives as long as this object, on one connection that is used in turn."""

    backend: ClassVar[Backend] = "sqlite"

    def __init__(self, timeout: float = TIMEOUT) -> None:
        self._timeout = timeout
        self._lock = threading.Lock()
        raw = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._raw = raw
        self._proxy = _proxy(raw)
        self.hooks: list[Hook] = []

    def create(self) -> None:
        """It is there."""

    @contextmanager
    def begin(self, mode: Mode) -> Iterator[Connection]:
        if not self._lock.acquire(timeout=self._timeout):
            raise Unavailable(failures.BUSY)
        try:
            self._raw.execute(f"PRAGMA query_only = {int(mode == 'read')}")
            self._raw.execute("BEGIN IMMEDIATE" if mode == "write" else "BEGIN")
            yield _connection(self._proxy, self.hooks)
            self._raw.commit()
        except BaseException:
            _roll_back(self._raw)
            raise
        finally:
            self._raw.execute("PRAGMA query_only = 0")
            self._lock.release()

    def make_wal(self) -> None:
        """There is no file to share."""

    def leave_wal(self) -> None:
        """There is no file to share."""

    def stamp(self) -> None:
        """There is no file to look at."""

    def patient(self) -> MemoryDatabase:
        return self

    def close(self) -> None:
        self._proxy.close()


def open_sqlite(path: Path, parameters: Mapping[str, str], extensions: tuple[str, ...]) -> SqliteDatabase:
    """Check the parameters; the file itself is looked at when it is first used."""
    return SqliteDatabase(
        str(path),
        timeout=_seconds(parameters.get("timeout")),
        journal_mode=_choice("journal_mode", parameters.get("journal_mode"), _JOURNAL_MODES),
        synchronous=_choice("synchronous", parameters.get("synchronous"), _SYNCHRONOUS),
        extensions=extensions,
    )


def check_file(path: str) -> None:
    """Say who lacks access to what, as far as it can be seen from outside."""
    if not os.path.exists(path):
        raise Misconfigured(_MISSING, path=path)
    needed = os.R_OK | os.W_OK
    if not os.access(path, needed) or not os.access(os.path.dirname(path), needed):
        raise Misconfigured(_NO_ACCESS, user=getpass.getuser(), path=path)


def _proxy(raw: sqlite3.Connection) -> PoolProxiedConnection:
    """What SQLAlchemy wants around a driver's connection."""
    creator: Any = lambda: raw  # noqa: E731
    return NullPool(creator).connect()


def _connection(proxy: PoolProxiedConnection, hooks: list[Hook]) -> Connection:
    db = Connection(_engine, connection=proxy)
    for hook in hooks:
        hook(db)
    return db


def _no_access(error: Exception, mode: Mode, path: str) -> Failure | None:
    """SQLite opens a file that it may not write for reading alone, and says so only at the first write."""
    original = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(original, "sqlite_errorcode", 0)
    if mode == "read" or code & 0xFF != sqlite3.SQLITE_READONLY:
        return None
    if code == sqlite3.SQLITE_READONLY_DBMOVED:
        return Unavailable(failures.AWAY)
    return Misconfigured(_NO_ACCESS, user=getpass.getuser(), path=path)


def _seconds(text: str | None) -> float:
    try:
        return float(text) if text else TIMEOUT
    except ValueError:
        raise Misconfigured("“%(value)s” is not a number of seconds (timeout).", value=text) from None


def _choice(name: str, value: str | None, choices: tuple[str, ...]) -> str | None:
    if not value:
        return None
    if value.upper() not in choices:
        raise Misconfigured(
            "%(name)s=%(value)s is not possible; use one of: %(choices)s.",
            name=name,
            value=value,
            choices=", ".join(choices),
        )
    return value.upper()


def _load_extensions(raw: sqlite3.Connection, extensions: tuple[str, ...]) -> None:
    if not extensions:
        return
    try:
        raw.enable_load_extension(True)
        for extension in extensions:
            raw.load_extension(extension)
        raw.enable_load_extension(False)
    except (sqlite3.Error, AttributeError) as error:
        raise Misconfigured("An extension of SQLite cannot be loaded: %(error)s", error=error) from error


def _roll_back(raw: sqlite3.Connection) -> bool:
    """Undo; false when the connection is of no more use."""
    try:
        if raw.in_transaction:
            raw.rollback()
    except sqlite3.Error:
        return False
    return True
