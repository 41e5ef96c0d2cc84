"""What a step of the upgrade is given, and how it rebuilds a table on each of the three databases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, Table, text

from trackside.db import ddl
from trackside.kernel.config import Config

Edit = tuple[str, str, str | None]

_COLUMN_TYPE = {
    "sqlite": "SELECT type FROM pragma_table_info(:table) WHERE name = :column",
    "postgresql": "SELECT data_type FROM information_schema.columns"
    " WHERE table_schema = current_schema() AND table_name = :table AND column_name = :column",
    "mysql": "SELECT data_type FROM information_schema.columns"
    " WHERE table_schema = database() AND table_name = :table AND column_name = :column",
}


@dataclass(slots=True)
class Settings:
    """trac.ini during an upgrade: read as edited so far, written only when the database is upgraded.

    Until then the edits travel with the database's own transaction, so that an upgrade that is
    killed is either wholly done in both or goes on where it was.
    """

    config: Config
    edits: list[Edit] = field(default_factory=list)
    copies: list[str] = field(default_factory=list)

    def get(self, section: str, option: str, default: str = "") -> str:
        return self.config.get(section, option, default)

    def has(self, section: str, option: str) -> bool:
        return self.config.has(section, option)

    def items(self, section: str) -> dict[str, str]:
        return self.config.items(section)

    def is_true(self, section: str, option: str, default: bool) -> bool:
        value = self.config.get(section, option, str(default)).strip().lower()
        return value in ("yes", "true", "enabled", "on") or value.isdecimal() and int(value) != 0

    def set(self, section: str, option: str, value: str) -> None:
        self._edit((section, option, value))

    def remove(self, section: str, option: str) -> None:
        self._edit((section, option, None))

    def keep_copy(self, suffix: str) -> None:
        """Ask for the file as it was before the upgrade, as `trac.ini<suffix>`."""
        if suffix not in self.copies:
            self.copies.append(suffix)

    def replay(self, edits: list[Edit]) -> None:
        """Take up what an interrupted run had edited."""
        for edit in edits:
            self._edit(edit)

    def _edit(self, edit: Edit) -> None:
        section, option, value = edit
        if value is None:
            self.config.remove(section, option)
        else:
            self.config.set(section, option, value)
        self.edits.append(edit)


@dataclass(frozen=True, slots=True)
class Step:
    """`report` is told what the administrator should know or do."""

    db: Connection
    settings: Settings
    env_path: Path
    report: Callable[[str], None]


def rebuild(
    db: Connection,
    table: Table,
    sources: Mapping[str, str] | None = None,
    parameters: Mapping[str, object] | None = None,
) -> None:
    """Make a table anew with its rows. `sources` maps new columns to expressions of the old ones.

    A column that the old table lacks and `sources` does not name is left to the database.
    """
    backend = db.dialect.name
    old = ddl.column_names(db, table.name)
    chosen = {column.name: ddl.quote(backend, column.name) for column in table.columns if column.name in old}
    chosen |= sources or {}
    _REBUILDS[backend](db, table, chosen, dict(parameters or {}))


def _rebuild_sqlite(db: Connection, table: Table, chosen: dict[str, str], bound: dict[str, object]) -> None:
    """SQLite keeps the text of CREATE TABLE, so the table must be created under its own name."""
    old = f"{table.name}_old"
    for name in db.execute(
        text("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = :table AND sql IS NOT NULL"),
        {"table": table.name},
    ).scalars():
        db.exec_driver_sql(f"DROP INDEX {ddl.quote('sqlite', name)}")
    ddl.rename(db, table.name, old)
    ddl.create(db, table)
    _copy(db, old, table.name, chosen, bound)
    ddl.drop(db, old)


def _rebuild_postgresql(
    db: Connection, table: Table, chosen: dict[str, str], bound: dict[str, object]
) -> None:
    """The names of keys and indices are those of the schema, so the old table must go first."""
    old = f"{table.name}_old"
    db.exec_driver_sql(f'CREATE TEMPORARY TABLE "{old}" (LIKE "{table.name}") ON COMMIT DROP')
    db.exec_driver_sql(f'INSERT INTO "{old}" TABLE "{table.name}"')
    ddl.drop(db, table.name)
    ddl.create(db, table)
    _copy(db, old, table.name, chosen, bound)
    ddl.drop(db, old)


def _rebuild_mysql(db: Connection, table: Table, chosen: dict[str, str], bound: dict[str, object]) -> None:
    """Each statement commits, so that the new table takes its place complete and at once."""
    new, old = f"{table.name}_new", f"{table.name}_old"
    for leftover in (new, old):
        db.exec_driver_sql(f"DROP TABLE IF EXISTS {ddl.quote('mysql', leftover)}")
    made = table.to_metadata(type(table.metadata)(), name=new)
    made.info.update(table.info)
    ddl.create(db, made)
    _copy(db, table.name, new, chosen, bound)
    name = ddl.quote("mysql", table.name)
    db.exec_driver_sql(f"RENAME TABLE {name} TO `{old}`, `{new}` TO {name}")
    ddl.drop(db, old)


_REBUILDS = {"sqlite": _rebuild_sqlite, "postgresql": _rebuild_postgresql, "mysql": _rebuild_mysql}


def _copy(db: Connection, old: str, new: str, chosen: dict[str, str], bound: dict[str, object]) -> None:
    backend = db.dialect.name
    columns = ", ".join(ddl.quote(backend, name) for name in chosen)
    db.execute(
        text(
            f"INSERT INTO {ddl.quote(backend, new)} ({columns})"  # noqa: S608 - names of tables, no values
            f" SELECT {', '.join(chosen.values())} FROM {ddl.quote(backend, old)}"
        ),
        bound,
    )


def has_column(db: Connection, table: str, column: str) -> bool:
    return column in ddl.column_names(db, table)


def is_text(db: Connection, table: str, column: str) -> bool:
    kind = db.execute(text(_COLUMN_TYPE[db.dialect.name]), {"table": table, "column": column}).scalar()
    return str(kind).lower().endswith("text")


def create_missing(db: Connection, table: Table) -> None:
    if table.name not in ddl.table_names(db):
        ddl.create(db, table)


def add_text_column(db: Connection, table: Table, column: str) -> None:
    if has_column(db, table.name, column):
        return
    if db.dialect.name == "sqlite":
        rebuild(db, table)
        return
    kind = "mediumtext" if db.dialect.name == "mysql" else "text"
    name = ddl.quote(db.dialect.name, table.name)
    db.exec_driver_sql(f"ALTER TABLE {name} ADD COLUMN {ddl.quote(db.dialect.name, column)} {kind}")


def drop_column(db: Connection, table: Table, column: str) -> None:
    if not has_column(db, table.name, column):
        return
    if db.dialect.name == "sqlite":
        rebuild(db, table)
        return
    name = ddl.quote(db.dialect.name, table.name)
    db.exec_driver_sql(f"ALTER TABLE {name} DROP COLUMN {ddl.quote(db.dialect.name, column)}")


def text_columns(db: Connection, table: str) -> list[str]:
    """On MySQL: the columns of type `text`, which hold 64 kilobytes."""
    found = db.execute(
        text(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = database() AND table_name = :table AND data_type = 'text'"
        ),
        {"table": table},
    )
    return list(found.scalars())
