"""From a connection string to read-only and write transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, event

from trackside.db import connection_string
from trackside.db.connection_string import MEMORY, Backend
from trackside.db.servers import ServerDatabase
from trackside.db.sqlite import Hook, MemoryDatabase, Mode, open_sqlite


class Database(Protocol):
    """A project's database. A read transaction cannot write; a write commits when its block ends well."""

    @property
    def backend(self) -> Backend: ...

    @property
    def hooks(self) -> list[Hook]:
        """Called with the connection of each transaction as it begins."""

    def create(self) -> None:
        """Make the file or the schema that the tables will be in; it may be there already, empty."""

    def begin(self, mode: Mode) -> AbstractContextManager[Connection]: ...

    def stamp(self) -> tuple[int, ...] | None:
        """Differs after every committed change, whoever made it; None where that cannot be told cheaply."""

    def make_wal(self) -> None: ...

    def leave_wal(self) -> None: ...

    def patient(self) -> Database:
        """The same database without a limit to the time a statement may take, for upgrades."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Options:
    """What other options of trac.ini and callers add. 0 seconds for statements means no limit."""

    extensions: tuple[str, ...] = ()
    statement_seconds: float = 15.0


def open_database(text: str, env_path: Path, *, options: Options | None = None) -> Database:
    """Nothing is connected yet: the first `begin` does, and says what is wrong."""
    options = options or Options()
    address = connection_string.parse(text)
    connection_string.require_driver(address.backend)
    if address.backend != "sqlite":
        return ServerDatabase(address, address.backend, options.statement_seconds)
    if address.path == MEMORY:
        return MemoryDatabase()
    extensions = tuple(str(env_path / name) for name in options.extensions)
    return open_sqlite(env_path / address.path, address.parameters, extensions)


@contextmanager
def count_statements(watched: Database | Connection) -> Iterator[list[str]]:
    """For tests: the statements executed in the block, without what begins and ends transactions."""
    statements: list[str] = []

    def note(
        db: Connection, cursor: object, statement: str, parameters: object, context: object, many: bool
    ) -> None:
        statements.append(statement)

    def watch(db: Connection) -> None:
        event.listen(db, "before_cursor_execute", note)

    if isinstance(watched, Connection):
        watch(watched)
        yield statements
        event.remove(watched, "before_cursor_execute", note)
        return
    watched.hooks.append(watch)
    try:
        yield statements
    finally:
        watched.hooks.remove(watch)
