"""What the views over things ask, on each kind of database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from tests.features import sights
from tests.features.sights import FEATURES, Seats
from trackside.db import generations
from trackside.db.default_data import create_database
from trackside.db.engine import Database, open_database
from trackside.db.own_schema import ensure_own_tables
from trackside.db.schema import ticket
from trackside.features.report import actions as reports
from trackside.features.report.model import Ask
from trackside.features.roadmap import actions as roadmap
from trackside.features.ticket import milestones
from trackside.features.timeline import actions as timeline
from trackside.features.timeline.model import Wanted
from trackside.kernel.access import expand
from trackside.kernel.config import Config
from trackside.kernel.feature import Assembly
from trackside.kernel.project import Project

EACH = [
    "sqlite",
    pytest.param("postgresql", marks=pytest.mark.postgresql),
    pytest.param("mysql", marks=pytest.mark.mysql),
]


@pytest.fixture(params=EACH)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Project]:
    address = "sqlite:db/trac.db"
    if request.param == "sqlite":
        (tmp_path / "db").mkdir()
        (tmp_path / "db" / "trac.db").touch()
    else:
        fresh: Callable[[], str] = request.getfixturevalue(f"{request.param}_server").fresh
        address = fresh()
    database = open_database(address, tmp_path)
    create_database(database)
    fill(database)
    yield Project(
        name="each",
        path=tmp_path,
        config=Config.empty(tmp_path / "trac.ini"),
        database=database,
        generations=generations,
        policies=(Seats(),),
        permissions=expand(tuple(p for f in FEATURES for p in f.permissions)),
        parts={Assembly: Assembly(FEATURES, {r.name: r for f in FEATURES for r in f.realms})},
    )
    database.close()


def fill(database: Database) -> None:
    at = int(sights.NOW.timestamp() - 3600) * 1_000_000
    with database.begin("write") as db:
        ensure_own_tables(db)
        for number in range(1, 6):
            values = {"time": at + number, "changetime": at + number, "type": "task", "owner": "joe"}
            more = {
                "status": ("new", "closed")[number % 2],
                "milestone": "milestone1" if number < 5 else None,
            }
            db.execute(insert(ticket).values(summary="x", **values, **more))


def test_it_works(project: Project) -> None:
    with sights.begin(project) as work:
        found = {m.name: (p.done, p.total) for m, p in roadmap.list_roadmap(work, True, True)}
        assert found == {
            "milestone1": (2, 4),
            "milestone2": (0, 0),
            "milestone3": (0, 0),
            "milestone4": (0, 0),
        }
        whole, bars = roadmap.read_bars(work, roadmap.read_milestone(work, "milestone1"), "owner")
        assert (whole.total, [(bar.value, bar.progress.total) for bar in bars]) == (4, [("joe", 4)])
        assert len(roadmap.list_owned(work, "joe")) == 4


def test_the_timeline(project: Project) -> None:
    with sights.begin(project) as work:
        names = [name for name, _ in timeline.list_filters(work)]
        entries = timeline.list_entries(work, Wanted(sights.NOW, 3, frozenset(names)))
        assert len([e for e in entries if e.kind == "newticket"]) == 5
        newest = timeline.find_newest(work, sights.NOW, ["ticket", "wiki"])
        assert newest is not None and newest.date() == sights.NOW.date()


def test_reports(project: Project) -> None:
    with sights.begin(project) as work:
        for one in reports.list_reports(work):
            run = reports.run_report(work, one, Ask({"USER": "joe"}, per_page=1))
            every = reports.run_report(work, one, Ask({"USER": "joe"}, sort="ticket"))
            assert run.total == every.total == len(every.rows)


def test_moving_tickets(project: Project) -> None:
    with sights.begin(project, mode="write") as work:
        assert milestones.retarget_tickets(work, "milestone1", "milestone2", "later") == 2
        assert milestones.delete_milestone(work, "milestone1", "milestone3") == 2
    with sights.begin(project) as work:
        found = {m.name: p.total for m, p in roadmap.list_roadmap(work, True, True)}
        assert found == {"milestone2": 2, "milestone3": 2, "milestone4": 0}
