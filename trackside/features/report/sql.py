"""The SQL of a stored report: its $VARIABLES, what it may read, and how long it may take."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from sqlalchemy import Connection, CursorResult
from sqlalchemy.exc import DBAPIError

from trackside.features.report.model import SqlProblem

SECONDS = 10.0
MAX_ROWS = 100_000
MAX_CHARACTERS = 64 * 1024 * 1024
MAX_VALUE_BYTES = 16 * 1024 * 1024
_BATCH = 100
_STEPS = 20_000
_DEFAULT = re.compile(r"^[ \t]*--[ \t]*([A-Z_][A-Z0-9_]*)[ \t]*=[ \t]*(.*?)[ \t\r]*$", re.M)
_VARIABLE = re.compile(r"\$(?:\$|([A-Z_][A-Z0-9_]*))")
_TOKEN = re.compile(
    r"""(?P<comment>--[^\n]*|/\*(?s:.*?)\*/)
    |(?P<string>'(?:[^']|'')*')
    |(?P<name>"(?:[^"]|"")*"|`(?:[^`]|``)*`)
    |(?P<marker>@SORT_COLUMN@|@LIMIT_OFFSET@)
    |(?P<variable>\$(?:\$|[A-Z_][A-Z0-9_]*))
    |(?P<word>[A-Za-z_][A-Za-z0-9_$]*)
    |(?P<space>\s+)
    |(?P<other>.)""",
    re.X | re.S,
)
_TABLES = {
    *("attachment", "component", "enum", "milestone", "node_change", "report", "repository", "revision"),
    *("ticket", "ticket_change", "ticket_custom", "version", "wiki"),
}
_SECRETS = {
    *("auth_cookie", "cache", "notify_subscription", "notify_watch", "permission", "session"),
    *("session_attribute", "system"),
}
_FORBIDDEN_PREFIXES = (
    "trackside_",
    "sqlite_",
    "pragma_",
    "pg_",
    "information_schema",
    "mysql",
    "performance_schema",
)
_FORBIDDEN_WORDS = _SECRETS | {
    *("into", "outfile", "dumpfile", "load_file", "load_extension", "sleep", "benchmark", "get_lock"),
    *("release_lock", "set_config", "current_setting", "dblink", "dblink_connect", "dblink_exec"),
    *("query_to_xml", "query_to_xmlschema", "query_to_xml_and_xmlschema", "table_to_xml", "copy", "sys"),
    *("table_to_xmlschema", "cursor_to_xml", "database_to_xml", "schema_to_xml", "lo_import", "lo_export"),
    *("lo_get", "execute", "prepare"),
}
_FORBIDDEN_FUNCTIONS = frozenset({"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"})
_LIMITING = frozenset({"limit", "fetch"})


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    depth: int


@dataclass(frozen=True, slots=True)
class Script:
    """A report's SQL, cut into tokens; `defaults` are its `-- NAME = value` lines."""

    tokens: tuple[Token, ...]
    defaults: Mapping[str, str]
    variables: tuple[str, ...]

    @property
    def is_limited(self) -> bool:
        """Whether the author says how many rows there are."""
        return any(t.kind == "word" and t.depth == 0 and t.text.lower() in _LIMITING for t in self.tokens)

    def has(self, marker: str) -> bool:
        return any(t.kind == "marker" and t.text == marker for t in self.tokens)


@dataclass(frozen=True, slots=True)
class Statement:
    """What the driver is given; `shown` is what a person is told when it fails."""

    text: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]
    is_cut: bool = False


def read(text: str, dialect: str = "sqlite") -> Script:
    """Cut the text up. Raises SqlProblem for what is not a single query that only reads."""
    defaults = {match[1]: match[2] for match in _DEFAULT.finditer(text)}
    tokens = _without_end(tuple(_tokens(_DEFAULT.sub("", text))))
    _check(tokens, dialect)
    names = (match[1] for t in tokens for match in _VARIABLE.finditer(t.text) if match[1])
    return Script(tokens, defaults, tuple(dict.fromkeys(names)))


def values_of(script: Script, given: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """A value for each variable, and the names of those that have none."""
    values, missing = dict(given), []
    for name, default in script.defaults.items():
        if name not in values:
            values[name] = values.get(default[1:], "") if default.startswith("$") else default
    for name in script.variables:
        if name not in values:
            values[name] = ""
            missing.append(name)
    return values, missing


def fill(text: str, values: Mapping[str, str]) -> str:
    """A title or description with its variables in place; an unknown one stays as it is written."""
    return _VARIABLE.sub(lambda m: values.get(m[1], m[0]) if m[1] else "$", text)


def compose(
    script: Script, values: Mapping[str, str], dialect: str, *, order: str = "1", limit: str = ""
) -> Statement:
    """The statement with its values beside it; `order` and `limit` stand where the author wants them."""
    parts: list[str] = []
    bound: list[str] = []
    markers = {"@SORT_COLUMN@": order, "@LIMIT_OFFSET@": limit}
    for token in script.tokens:
        if token.kind == "comment":
            parts.append(" ")
        elif token.kind == "marker":
            parts.append(markers[token.text])
        elif token.kind == "variable":
            parts.append(_bind(token.text, values, bound, dialect))
        elif token.kind == "string":
            parts.append(_string(token.text, values, bound, dialect))
        elif token.kind == "name":
            parts.append(_escape(_name(token.text, values), dialect))
        else:
            parts.append(_escape(token.text, dialect))
    if limit and not script.has("@LIMIT_OFFSET@"):
        parts.append("\n" + limit)
    return Statement("".join(parts), tuple(bound))


def counting(statement: Statement) -> Statement:
    return Statement(f"SELECT COUNT(*) FROM (\n{statement.text}\n) AS tab", statement.values)  # noqa: S608


def quote(name: str, dialect: str) -> str:
    mark = "`" if dialect in ("mysql", "mariadb") else '"'
    return _escape(mark + name.replace(mark, mark * 2) + mark, dialect)


def run(db: Connection, statement: Statement, tables: Sequence[str] = (), most: int = MAX_ROWS) -> Table:
    """Run it where it can read only what a report may, for a limited time. Raises SqlProblem.

    `tables` are patterns of the names of more tables that may be read.
    """
    try:
        with _guard(db, tables):
            result = db.exec_driver_sql(statement.text, statement.values)
            columns = tuple(result.keys()) if result.returns_rows else ()
            rows = _fetch(result, most + 1) if result.returns_rows else []
            result.close()
    except DBAPIError as error:
        raise SqlProblem(_reason(error), statement.text) from error
    except sqlite3.Error as error:
        raise SqlProblem(str(error), statement.text) from error
    return Table(columns, rows[:most], len(rows) > most)


def _fetch(result: CursorResult[Any], most: int) -> list[Sequence[Any]]:
    """The rows, as long as they are neither too many nor too long in all."""
    rows: list[Sequence[Any]] = []
    size = 0
    while batch := result.fetchmany(min(_BATCH, most - len(rows))):
        rows += batch
        size += sum(len(value) for row in batch for value in row if isinstance(value, (str, bytes)))
        if size > MAX_CHARACTERS:
            raise SqlProblem("its rows hold more text than a page can show")
        if len(rows) >= most:
            break
    return rows


def _tokens(text: str) -> Iterator[Token]:
    depth = 0
    for match in _TOKEN.finditer(text):
        depth -= match[0] == ")"
        yield Token(match.lastgroup or "other", match[0], depth)
        depth += match[0] == "("


def _without_end(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Without blanks, comments and semicolons at the end."""
    end = len(tokens)
    while end and (tokens[end - 1].kind in ("space", "comment") or tokens[end - 1].text == ";"):
        end -= 1
    return tuple(tokens[:end])


def _check(tokens: Sequence[Token], dialect: str) -> None:
    words = [t for t in tokens if t.kind not in ("space", "comment")]
    if not words:
        raise SqlProblem("there is no SQL in this report")
    if any(t.text == ";" for t in words):
        raise SqlProblem("a report is one statement, and this text has several")
    first = next((t.text.lower() for t in words if t.text != "("), "")
    if first not in ("select", "with", "values"):
        raise SqlProblem("a report begins with SELECT")
    if dialect != "sqlite":
        _check_words(tokens, dialect)


def _check_words(tokens: Sequence[Token], dialect: str) -> None:
    """Where the database has no gate of its own for one statement, names that must not be read are refused.

    So is every spelling that the database might cut up in another way than `_tokens` does.
    """
    before = ""
    for token in tokens:
        name = token.text.strip('"`').lower()
        if token.kind in ("word", "name") and (
            name in _FORBIDDEN_WORDS or name.startswith(_FORBIDDEN_PREFIXES)
        ):
            raise SqlProblem(f"a report may not use {name}")
        if _is_ambiguous(token, before, dialect):
            raise SqlProblem(f"this report has a spelling that is not understood: {token.text[:40]}")
        before = token.text.lower()


def _is_ambiguous(token: Token, before: str, dialect: str) -> bool:
    has_backslash = token.kind in ("string", "name") and "\\" in token.text
    if dialect == "postgresql":
        is_dollar = token.kind in ("word", "other", "variable") and token.text.rfind("$") > 0
        return (
            token.text == "$"
            or is_dollar
            or (token.text == "&" and before == "u")
            or (has_backslash and before == "e")
        )
    return has_backslash or token.text == "#"


def _bind(text: str, values: Mapping[str, str], bound: list[str], dialect: str) -> str:
    if text == "$$":
        return "$"
    bound.append(values.get(text[1:], ""))
    return _place(dialect)


def _place(dialect: str) -> str:
    return "?" if dialect == "sqlite" else "%s"


def _string(text: str, values: Mapping[str, str], bound: list[str], dialect: str) -> str:
    """A literal; where variables stand in it, it is cut and put together again around bound values."""
    pieces: list[str] = []
    at, rest = 1, ""
    for match in _VARIABLE.finditer(text):
        rest += text[at : match.start()]
        at = match.end()
        if match[1] is None:
            rest += "$"
            continue
        if rest:
            pieces.append(_escape(f"'{rest}'", dialect))
        rest = ""
        bound.append(values.get(match[1], ""))
        pieces.append(_place(dialect))
    rest += text[at:-1]
    if rest or not pieces:
        pieces.append(_escape(f"'{rest}'", dialect))
    return _joined(pieces, dialect)


def _joined(pieces: Sequence[str], dialect: str) -> str:
    if len(pieces) == 1:
        return pieces[0]
    return f"concat({', '.join(pieces)})" if dialect in ("mysql", "mariadb") else f"({' || '.join(pieces)})"


def _name(text: str, values: Mapping[str, str]) -> str:
    """A quoted name; a variable in it is put in as text that cannot end the quotes."""
    mark = text[0]

    def value(match: re.Match[str]) -> str:
        return values.get(match[1], "").replace("\\", "").replace(mark, mark * 2) if match[1] else "$"

    return mark + _VARIABLE.sub(value, text[1:-1]) + mark


def _escape(text: str, dialect: str) -> str:
    return text if dialect == "sqlite" else text.replace("%", "%%")


def _reason(error: DBAPIError) -> str:
    reason = str(error.orig or error).strip()
    if "interrupted" in reason or "timeout" in reason or "max_statement_time" in reason:
        return f"it took longer than {SECONDS:.0f} seconds and was stopped"
    return reason


@contextmanager
def _guard(db: Connection, tables: Sequence[str]) -> Iterator[None]:
    name = db.dialect.name
    if name == "sqlite":
        with _sqlite_guard(db.connection.driver_connection, tables):
            yield
    elif name == "postgresql":
        with db.begin_nested():
            db.exec_driver_sql(f"SET LOCAL statement_timeout = {int(SECONDS * 1000)}")
            yield
    else:
        variable, value = _mysql_limit(db)
        db.exec_driver_sql(f"SET @limit_before = @@{variable}, SESSION {variable} = {value}")
        try:
            yield
        finally:
            db.exec_driver_sql(f"SET SESSION {variable} = @limit_before")


def _mysql_limit(db: Connection) -> tuple[str, int]:
    if getattr(db.dialect, "is_mariadb", False):
        return "max_statement_time", int(SECONDS)
    return "max_execution_time", int(SECONDS * 1000)


@contextmanager
def _sqlite_guard(raw: Any, tables: Sequence[str]) -> Iterator[None]:
    """Only reading, only tables that may be read, and only until the time is over."""
    deadline = time.monotonic() + SECONDS
    longest = raw.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
    raw.set_authorizer(_gate(tables))
    raw.set_progress_handler(lambda: int(time.monotonic() > deadline), _STEPS)
    try:
        yield
    finally:
        raw.set_progress_handler(None, 0)
        raw.set_authorizer(None)
        raw.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, longest)


def _gate(tables: Sequence[str]) -> Callable[[int, str | None, str | None, str | None, str | None], int]:
    def authorize(
        action: int, one: str | None, two: str | None, schema: str | None, trigger: str | None
    ) -> int:
        if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE):
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION and (two or "").lower() not in _FORBIDDEN_FUNCTIONS:
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_READ:
            is_counted_only = not two  # also the way in which a WITH query is named
            name = (one or "").lower()
            if is_readable(name, tables) or (is_counted_only and not _is_secret(name)):
                return sqlite3.SQLITE_OK
        return sqlite3.SQLITE_DENY

    return authorize


def is_readable(table: str, more: Sequence[str]) -> bool:
    """Trac's tables but the secret ones, and those that the site's owner lists."""
    if table in _TABLES:
        return True
    return not _is_secret(table) and any(fnmatchcase(table, pattern.lower()) for pattern in more)


def _is_secret(table: str) -> bool:
    return table in _SECRETS or table.startswith(_FORBIDDEN_PREFIXES)
