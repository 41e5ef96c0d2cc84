"""Where SQLite, PostgreSQL and MySQL differ: numbers in text, matching without case, keys, locks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Connection,
    Double,
    Select,
    String,
    Table,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from trackside.db.ddl import quote


class cast_int(FunctionElement[int]):
    """The whole number that a text begins with, 0 where there is none; NULL stays NULL."""

    type = BigInteger()
    inherit_cache = True


@compiles(cast_int)
def _cast_int(element: cast_int, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS integer)"


@compiles(cast_int, "postgresql")
def _cast_int_postgresql(element: cast_int, compiler: SQLCompiler, **options: Any) -> str:
    return _leading_number(compiler.process(element.clauses, **options), r"^\s*[-+]?\d+", "bigint")


@compiles(cast_int, "mysql", "mariadb")
def _cast_int_mysql(element: cast_int, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS signed)"


class cast_number(FunctionElement[float]):
    """Like `cast_int`, with a fraction: the positions of old enums may have one."""

    type = Double()
    inherit_cache = True


@compiles(cast_number)
def _cast_number(element: cast_number, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS real)"


@compiles(cast_number, "postgresql")
def _cast_number_postgresql(element: cast_number, compiler: SQLCompiler, **options: Any) -> str:
    pattern = r"^\s*[-+]?(\d+\.?\d*|\.\d+)"
    return _leading_number(compiler.process(element.clauses, **options), pattern, "double precision", True)


@compiles(cast_number, "mysql", "mariadb")
def _cast_number_mysql(element: cast_number, compiler: SQLCompiler, **options: Any) -> str:
    return f"(({compiler.process(element.clauses, **options)}) + 0.0e0)"


def _leading_number(value: str, pattern: str, kind: str, has_group: bool = False) -> str:
    """PostgreSQL would refuse the whole query for one text that is not a number."""
    found = f"substring(({value})::text from '{'(' + pattern + ')' if has_group else pattern}')"
    return f"CASE WHEN ({value}) IS NULL THEN NULL ELSE COALESCE({found}::{kind}, 0) END"


class like(FunctionElement[bool]):
    """Text matches a pattern, escaped with `/`, whatever the case of its letters."""

    type = Boolean()
    inherit_cache = True


@compiles(like)
def _like(element: like, compiler: SQLCompiler, **options: Any) -> str:
    value, pattern = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({value} LIKE {pattern} ESCAPE '/')"


@compiles(like, "postgresql")
def _like_postgresql(element: like, compiler: SQLCompiler, **options: Any) -> str:
    value, pattern = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({value} ILIKE {pattern} ESCAPE '/')"


@compiles(like, "mysql", "mariadb")
def _like_mysql(element: like, compiler: SQLCompiler, **options: Any) -> str:
    value, pattern = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(CONVERT({value} USING utf8mb4) LIKE {pattern} COLLATE utf8mb4_general_ci ESCAPE '/')"


def escape_like(part: str) -> str:
    """A text to be found as it is inside a pattern of `like`."""
    return part.replace("/", "//").replace("%", "/%").replace("_", "/_")


def contains(column: ColumnElement[Any], part: str) -> ColumnElement[bool]:
    return like(column, literal(f"%{escape_like(part)}%", String))


def starts_with(column: ColumnElement[Any], part: str) -> ColumnElement[bool]:
    return like(column, literal(f"{escape_like(part)}%", String))


def ends_with(column: ColumnElement[Any], part: str) -> ColumnElement[bool]:
    return like(column, literal(f"%{escape_like(part)}", String))


def concat(*parts: ColumnElement[Any] | str) -> ColumnElement[str]:
    """`||`, which on MySQL is `concat()`. NULL anywhere makes all of it NULL."""
    whole: ColumnElement[str] = _as_text(parts[0])
    for part in parts[1:]:
        whole = whole.concat(_as_text(part))
    return whole


def _as_text(part: ColumnElement[Any] | str) -> ColumnElement[str]:
    return literal(part, String) if isinstance(part, str) else part


def insert_id(db: Connection, table: Table, values: Mapping[str, object]) -> int:
    """Insert one row and answer the number that the database gave it."""
    key = db.execute(insert(table).values(**dict(values))).inserted_primary_key
    assert key is not None
    return int(key[0])


def upsert(
    db: Connection,
    table: Table,
    values: Mapping[str, object],
    *,
    changes: Sequence[str] | None = None,
) -> None:
    """Insert a row, or change the one with the same key: `changes` names the columns, else all others."""
    keys = [column.name for column in table.primary_key]
    changed = [name for name in values if name not in keys] if changes is None else list(changes)
    new = {name: values[name] for name in changed}
    if db.dialect.name == "mysql":
        statement = mysql.insert(table).values(**dict(values))
        db.execute(statement.on_duplicate_key_update(**(new or {keys[0]: values[keys[0]]})))
        return
    make = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    added = make(table).values(**dict(values))
    if new:
        db.execute(added.on_conflict_do_update(index_elements=keys, set_=new))
    else:
        db.execute(added.on_conflict_do_nothing(index_elements=keys))


def locked(statement: Select[Any]) -> Select[Any]:
    """The rows are held until the transaction ends; SQLite's write transaction holds everything."""
    return statement.with_for_update()


def advance_sequence(db: Connection, table: Table) -> None:
    """After rows were inserted with numbers of their own: let the next one follow the highest."""
    if db.dialect.name != "postgresql":
        return
    (column,) = table.primary_key
    highest = db.execute(select(func.max(column))).scalar()
    if highest:
        name = f"{quote('postgresql', table.name)}"
        db.execute(
            text("SELECT setval(pg_get_serial_sequence(:table, :column), :value)"),
            {"table": name, "column": column.name, "value": highest},
        )
