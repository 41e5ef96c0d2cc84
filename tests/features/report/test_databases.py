"""The reports of a new project, on each kind of database; and what a report may not do there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from trackside.db.default_data import create_database
from trackside.db.engine import Database, open_database
from trackside.db.schema import report, ticket
from trackside.features.report import sql
from trackside.features.report.model import SqlProblem

EACH = [
    "sqlite",
    pytest.param("postgresql", marks=pytest.mark.postgresql),
    pytest.param("mysql", marks=pytest.mark.mysql),
]
SLOW = """SELECT COUNT(*) FROM enum a, enum b, enum c, enum d, enum e, enum f, enum g, enum h, enum i
  WHERE a.name <> b.name OR c.name <> d.name OR e.name <> f.name OR g.name <> h.name OR i.name <> a.name"""


@pytest.fixture(params=EACH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    address = "sqlite:db/trac.db"
    if request.param == "sqlite":
        (tmp_path / "db").mkdir()
        (tmp_path / "db" / "trac.db").touch()
    else:
        fresh: Callable[[], str] = request.getfixturevalue(f"{request.param}_server").fresh
        address = fresh()
    made = open_database(address, tmp_path)
    create_database(made)
    with made.begin("write") as db:
        for id in range(1, 8):
            values = {"id": id, "time": id, "changetime": id, "status": ("new", "closed")[id % 3 == 0]}
            more = {"type": "task", "priority": "major", "owner": "joe", "summary": f"100% of {id}"}
            db.execute(insert(ticket).values(**values, **more, milestone="m1" if id % 2 else None))
    yield made
    made.close()


def test_it_works(database: Database) -> None:
    """Each of the reports that a new project has runs, is counted and cut into pages."""
    with database.begin("read") as db:
        dialect = db.dialect.name
        found = db.execute(select(report.c.id, report.c.query).order_by(report.c.id)).all()
        sizes = []
        for _, query in found:
            script = sql.read(query, dialect)
            values, missing = sql.values_of(script, {"USER": "joe"})
            whole = sql.run(db, sql.compose(script, values, dialect))
            part = sql.run(db, sql.compose(script, values, dialect, limit="LIMIT 2 OFFSET 1"))
            counted = sql.run(db, sql.counting(sql.compose(script, values, dialect))).rows[0][0]
            assert not missing and counted == len(whole.rows)
            assert len(part.rows) == min(2, max(0, counted - 1))
            assert {tuple(row) for row in part.rows} <= {tuple(row) for row in whole.rows}
            sizes.append(len(whole.rows))
    assert sizes == [5, 5, 5, 0, 0, 7, 5, 5]


def test_values_are_bound(database: Database) -> None:
    with database.begin("read") as db:
        dialect = db.dialect.name
        text = "SELECT id, summary FROM ticket WHERE summary LIKE '100%' AND owner = '$WHO' AND id = $ID"
        script = sql.read(text, dialect)
        table = sql.run(db, sql.compose(script, {"WHO": "joe", "ID": "3"}, dialect))
        assert [tuple(row) for row in table.rows] == [(3, "100% of 3")]
        odd = sql.compose(script, {"WHO": "' OR 1=1 --", "ID": "3"}, dialect)
        assert not sql.run(db, odd).rows


def test_a_problem_leaves_the_page_alone(database: Database) -> None:
    with database.begin("read") as db:
        for text in ("SELECT x FROM nowhere", "SELECT nothing at all FROM ticket"):
            with pytest.raises(SqlProblem):
                sql.run(db, sql.compose(sql.read(text, db.dialect.name), {}, db.dialect.name))
        assert db.execute(select(ticket.c.id).where(ticket.c.id == 1)).scalar() == 1


@pytest.mark.parametrize(
    "text", ["SELECT * FROM auth_cookie", "SELECT * FROM trackside_job", "DELETE FROM ticket"]
)
def test_secrets_and_changes_are_refused(database: Database, text: str) -> None:
    with database.begin("read") as db, pytest.raises(SqlProblem):
        sql.run(db, sql.compose(sql.read(text, db.dialect.name), {}, db.dialect.name))


def test_a_report_without_end_is_stopped(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql, "SECONDS", 1.0)
    with database.begin("read") as db:
        with pytest.raises(SqlProblem, match="was stopped"):
            sql.run(db, sql.compose(sql.read(SLOW, db.dialect.name), {}, db.dialect.name))
        assert db.execute(select(ticket.c.id).where(ticket.c.id == 1)).scalar() == 1
