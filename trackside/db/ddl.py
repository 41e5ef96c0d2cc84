"""Tables to the very statements that Trac creates them with, for each of the three databases."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import BigInteger, Column, Connection, Integer, Table, text

_TYPES = {
    "sqlite": {"text": "text", "int": "integer", "int64": "integer"},
    "postgresql": {"text": "text", "int": "integer", "int64": "bigint"},
    "mysql": {"text": "mediumtext", "int": "int", "int64": "bigint"},
}
_AUTO = {
    "sqlite": "integer PRIMARY KEY",
    "postgresql": "SERIAL PRIMARY KEY",
    "mysql": "int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY",
}
_TABLE_NAMES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
    "mysql": "SELECT table_name FROM information_schema.tables"
    " WHERE table_schema = database() AND table_type = 'BASE TABLE'",
}
_COLUMN_NAMES = {
    "sqlite": "SELECT name FROM pragma_table_info(:table)",
    "postgresql": "SELECT column_name FROM information_schema.columns"
    " WHERE table_schema = current_schema() AND table_name = :table ORDER BY ordinal_position",
    "mysql": "SELECT column_name FROM information_schema.columns"
    " WHERE table_schema = database() AND table_name = :table ORDER BY ordinal_position",
}
_REVISION_LENGTH = 40


def create(db: Connection, table: Table) -> None:
    """Make the table and its indices."""
    width = _bytes_per_character(db) if db.dialect.name == "mysql" else 4
    for statement in statements(table, db.dialect.name, width):
        db.exec_driver_sql(statement)


def drop(db: Connection, name: str) -> None:
    db.exec_driver_sql(f"DROP TABLE {quote(db.dialect.name, name)}")


def rename(db: Connection, old: str, new: str) -> None:
    backend = db.dialect.name
    db.exec_driver_sql(f"ALTER TABLE {quote(backend, old)} RENAME TO {quote(backend, new)}")


def table_names(db: Connection) -> set[str]:
    """The tables of this project's schema."""
    return set(db.execute(text(_TABLE_NAMES[db.dialect.name])).scalars())


def column_names(db: Connection, table: str) -> list[str]:
    return list(db.execute(text(_COLUMN_NAMES[db.dialect.name]), {"table": table}).scalars())


def statements(table: Table, backend: str, bytes_per_character: int = 4) -> list[str]:
    """CREATE TABLE and each CREATE INDEX. Bytes per character decide MySQL's key prefixes."""
    keys = key_columns(table)
    lines = [_column_line(column, backend, len(keys), bytes_per_character) for column in table.columns]
    if len(keys) > 1:
        lines.append(_composite_key(table.name, keys, backend, bytes_per_character))
    body = ",\n    ".join(lines)
    made = [f"CREATE TABLE {_quote_where_needed(backend, table.name)} (\n    {body}\n)"]
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        columns = _column_list(index.columns, backend, bytes_per_character)
        made.append(f"CREATE INDEX {index.name} ON {_quote_where_needed(backend, table.name)} ({columns})")
    return made


def key_columns(table: Table) -> list[Column[object]]:
    """The key in its own order, which for one table is not that of the columns."""
    names: Iterable[str] = table.info.get("key") or [column.name for column in table.primary_key]
    return [table.columns[name] for name in names]


def quote(backend: str, name: str) -> str:
    mark = '"' if backend == "postgresql" else "`"
    return mark + name.replace(mark, mark * 2) + mark


def _quote_where_needed(backend: str, name: str) -> str:
    """SQLite keeps the text of the statement, and Trac's has no quotes."""
    return name if backend == "sqlite" else quote(backend, name)


def _kind(column: Column[object]) -> str:
    if isinstance(column.type, BigInteger):
        return "int64"
    return "int" if isinstance(column.type, Integer) else "text"


def _column_line(column: Column[object], backend: str, keys: int, width: int) -> str:
    name = _quote_where_needed(backend, column.name)
    if column.autoincrement is True:
        return f"{name} {_AUTO[backend]}"
    kind = _TYPES[backend][_kind(column)]
    if not (column.primary_key and keys == 1):
        return f"{name} {kind}"
    if backend == "mysql" and kind == "mediumtext":
        return f"{name} {kind} NOT NULL,\n    PRIMARY KEY ({_column_list([column], backend, width)})"
    return f"{name} {kind} PRIMARY KEY"


def _composite_key(table: str, keys: list[Column[object]], backend: str, width: int) -> str:
    columns = _column_list(keys, backend, width)
    if backend == "sqlite":
        return f"UNIQUE ({columns})"
    named = f'CONSTRAINT "{table}_pk" ' if backend == "postgresql" else ""
    return f"{named}PRIMARY KEY ({columns})"


def _column_list(columns: Iterable[Column[object]], backend: str, width: int) -> str:
    listed = list(columns)
    return ",".join(
        _quote_where_needed(backend, column.name)
        + (_prefix(column, len(listed), width) if backend == "mysql" else "")
        for column in listed
    )


def _prefix(column: Column[object], count: int, width: int) -> str:
    """MySQL keys hold only the beginning of a text: 767 bytes a column, 3072 a key."""
    if _kind(column) != "text":
        return ""
    if column.name == "rev":
        return f"({_REVISION_LENGTH})"
    return f"({min(767 // width, 3072 // (width * count))})"


def _bytes_per_character(db: Connection) -> int:
    return 4 if db.exec_driver_sql("SELECT @@character_set_database").scalar() == "utf8mb4" else 3
