"""Variables in a report's SQL, and what the SQL may not do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, insert

from tests.projects import make_database
from trackside.db.schema import auth_cookie, enum
from trackside.features.report import sql
from trackside.features.report.model import SqlProblem


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Connection]:
    database = make_database(tmp_path)
    with database.begin("write") as connection:
        connection.execute(
            insert(enum), [{"type": "priority", "name": f"p{i}", "value": str(i)} for i in range(5)]
        )
        connection.execute(insert(auth_cookie).values(cookie="secret", name="joe", ipnr="", time=0))
        connection.exec_driver_sql("CREATE TABLE votes (name text)")
        connection.exec_driver_sql("CREATE TABLE accounts (password text)")
        connection.exec_driver_sql("CREATE TABLE trackside_secret (value text)")
    with database.begin("read") as connection:
        yield connection


def run(db: Connection, text: str, **given: str) -> sql.Table:
    script = sql.read(text)
    values, _ = sql.values_of(script, given)
    return sql.run(db, sql.compose(script, values, "sqlite"), ("votes", "fullblog_*"))


def test_it_works(db: Connection) -> None:
    table = run(
        db, "SELECT name, value AS __color__ FROM enum WHERE value > $LEAST ORDER BY value;\n", LEAST="2"
    )
    assert table.columns == ("name", "__color__")
    assert [tuple(row) for row in table.rows] == [("p3", "3"), ("p4", "4")]


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        ("SELECT $A", {"A": "x"}, "x"),
        ("SELECT '$A'", {"A": "x"}, "x"),
        ("SELECT 'a $A b'", {"A": "x"}, "a x b"),
        ("SELECT 'it''s $A''s'", {"A": "O'Hara"}, "it's O'Hara's"),
        ("SELECT '$$A'", {"A": "x"}, "$A"),
        ("-- A = fallback \nSELECT $A", {}, "fallback"),
        ("-- A = $USER\nSELECT $A", {"USER": "joe"}, "joe"),
        ("-- A = fallback\nSELECT $A", {"A": "x"}, "x"),
        ("SELECT $A -- not $B\n/* nor $C */", {"A": "x"}, "x"),
        ("SELECT $MISSING", {}, ""),
        ("SELECT '50%'", {}, "50%"),
        ("SELECT name FROM enum WHERE name LIKE 'p%' AND value = '$A'", {"A": "3"}, "p3"),
        ("SELECT ';'", {}, ";"),
    ],
)
def test_variables_are_bound(db: Connection, text: str, given: dict[str, str], expected: str) -> None:
    assert run(db, text, **given).rows[0][0] == expected


def test_missing_variables_are_told() -> None:
    script = sql.read("-- A = 1\nSELECT $A, $B, '$USER'")
    assert sql.values_of(script, {"USER": "joe"}) == ({"USER": "joe", "A": "1", "B": ""}, ["B"])
    assert script.variables == ("A", "B", "USER")


@given(st.text(alphabet="'\"$;-\\% aA()", max_size=20))
def test_a_value_stays_a_value(value: str) -> None:
    script = sql.read("SELECT 'x $A y', $A")
    for dialect in ("sqlite", "postgresql", "mysql"):
        statement = sql.compose(script, {"A": value}, dialect)
        assert statement.values == (value, value)
        assert statement.text == sql.compose(script, {"A": ""}, dialect).text


@pytest.mark.parametrize(
    "text",
    [
        "SELECT cookie FROM auth_cookie",
        "SELECT name FROM enum UNION SELECT cookie FROM auth_cookie",
        "SELECT (SELECT max(cookie) FROM auth_cookie)",
        "WITH x AS (SELECT * FROM auth_cookie) SELECT * FROM x",
        'SELECT "cookie" FROM "auth_cookie"',
        "SELECT * FROM main.auth_cookie",
        "SELECT count(*) FROM auth_cookie",
        "SELECT * FROM session",
        "SELECT * FROM session_attribute",
        "SELECT * FROM permission",
        "SELECT * FROM system",
        "SELECT * FROM sqlite_master",
        "SELECT * FROM pragma_table_info('auth_cookie')",
        "SELECT * FROM trackside_secret",
        "SELECT * FROM accounts",
        "SELECT load_extension('x')",
        "SELECT 1; SELECT 2",
        "DELETE FROM enum",
        "WITH x AS (SELECT 1) DELETE FROM enum",
        "PRAGMA query_only = 0",
        "ATTACH 'x' AS y",
        "VACUUM",
        "",
        "-- nothing\n",
        "SELECT nothing FROM nowhere",
        "SELECT '",
        "SELECT /*",
    ],
)
def test_what_a_report_may_not_do(db: Connection, text: str) -> None:
    with pytest.raises(SqlProblem):
        run(db, text)


def test_the_gate_is_only_for_the_report(db: Connection) -> None:
    with pytest.raises(SqlProblem):
        run(db, "SELECT * FROM auth_cookie")
    assert db.exec_driver_sql("SELECT cookie FROM auth_cookie").scalar() == "secret"


def test_tables_of_plugins_are_listed_by_the_owner(db: Connection) -> None:
    assert run(db, "SELECT * FROM votes").rows == []
    assert sql.is_readable("fullblog_posts", ["fullblog_*"])
    assert not sql.is_readable("session", ["*"])
    assert not sql.is_readable("trackside_job", ["*"])


def test_a_report_without_end_is_stopped(db: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql, "SECONDS", 0.2)
    with pytest.raises(SqlProblem, match="was stopped"):
        run(db, "WITH RECURSIVE a(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM a) SELECT count(*) FROM a")


def test_there_is_an_end_to_rows(db: Connection) -> None:
    statement = sql.Statement(
        "WITH RECURSIVE a(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM a) SELECT x FROM a"
    )
    table = sql.run(db, statement, most=5)
    assert len(table.rows) == 5 and table.is_cut


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("postgresql", "SELECT * FROM auth_cookie"),
        ("postgresql", 'SELECT * FROM "auth_cookie"'),
        ("postgresql", "SELECT E'\\'' , (SELECT cookie FROM x) --'"),
        ("postgresql", 'SELECT * FROM U&"\\0061uth_cookie"'),
        ("postgresql", "SELECT $tag$ ' $tag$, cookie"),
        ("postgresql", "SELECT $$ ' $$, cookie"),
        ("postgresql", "SELECT pg_read_file('x')"),
        ("postgresql", "SELECT query_to_xml('x')"),
        ("postgresql", "SELECT * FROM information_schema.tables"),
        ("mysql", "SELECT * FROM `auth_cookie`"),
        ("mysql", "SELECT '\\'' , cookie --'"),
        ("mysql", "SELECT 1 INTO OUTFILE 'x'"),
        ("mysql", "SELECT load_file('x')"),
        ("mysql", "SELECT 1 # '\n, cookie"),
        ("mysql", "SELECT sleep(9)"),
    ],
)
def test_other_databases_are_given_nothing_doubtful(dialect: str, text: str) -> None:
    with pytest.raises(SqlProblem):
        sql.read(text, dialect)


def test_comments_are_never_sent() -> None:
    script = sql.read("SELECT 1 /*! , 2 */ -- three\n, 4", "mysql")
    assert sql.compose(script, {}, "mysql").text.split() == ["SELECT", "1", ",", "4"]


def test_percent_signs_pass_drivers_that_format() -> None:
    script = sql.read("SELECT '10%', $A", "postgresql")
    assert sql.compose(script, {"A": "%s"}, "postgresql") == sql.Statement("SELECT '10%%', %s", ("%s",))


def test_markers_stand_where_the_author_put_them() -> None:
    script = sql.read("SELECT id FROM ticket ORDER BY @SORT_COLUMN@ @LIMIT_OFFSET@")
    text = sql.compose(script, {}, "sqlite", order='"id" DESC', limit="LIMIT 3").text
    assert text == 'SELECT id FROM ticket ORDER BY "id" DESC LIMIT 3'


def test_a_limit_of_the_author_is_seen() -> None:
    assert sql.read("SELECT id FROM ticket LIMIT 3").is_limited
    assert not sql.read("SELECT (SELECT 1 LIMIT 1) AS x, 'limit' FROM ticket -- LIMIT 3").is_limited
