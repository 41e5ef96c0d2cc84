"""Which milestones are seen, and how far they are for whom."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.features import sights
from tests.features.sights import NOW, Seats
from trackside.db.engine import count_statements
from trackside.features.roadmap import actions
from trackside.kernel.errors import Forbidden, NotFound
from trackside.kernel.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return sights.make(tmp_path)


def names(project: Project, has_completed: bool = False, has_undated: bool = True) -> list[str]:
    with sights.begin(project) as work:
        return [m.name for m, _ in actions.list_roadmap(work, has_completed, has_undated)]


def test_it_works(project: Project) -> None:
    assert names(project) == ["0.9/x", "1.0", "some day"]
    assert names(project, has_completed=True) == ["0.5", "0.9/x", "1.0", "some day"]
    assert names(project, has_undated=False) == ["0.9/x", "1.0"]


def test_one_statement_counts_for_all(project: Project) -> None:
    with sights.begin(project) as work:
        actions.list_milestones(work)
        with count_statements(work.db) as statements:
            found = actions.list_roadmap(work, True, True)
    assert len(statements) == 1
    assert {m.name: (p.done, p.total, p.percent) for m, p in found} == {
        "0.5": (0, 0, 0),
        "0.9/x": (1, 1, 100),
        "1.0": (1, 5, 20),
        "some day": (0, 0, 0),
    }


def test_hidden_tickets_do_not_count(tmp_path: Path) -> None:
    project = sights.make(tmp_path, seats=Seats(hidden=frozenset({"1", "2"})))
    with sights.begin(project) as work:
        found = {m.name: p.total for m, p in actions.list_roadmap(work, True, True)}
        whole, bars = actions.read_bars(work, actions.read_milestone(work, "1.0"), "owner")
    assert (found["1.0"], whole.total) == (3, 3)
    assert [(bar.value, bar.progress.total) for bar in bars] == [("carl", 2), ("dora", 1)]


def test_bars(project: Project) -> None:
    with sights.begin(project) as work:
        whole, bars = actions.read_bars(work, actions.read_milestone(work, "1.0"), "component")
        assert (whole.percent, [(b.value, b.progress.done, b.progress.total, b.width) for b in bars]) == (
            20,
            [("core", 1, 4, 80), ("docs", 0, 1, 20)],
        )
        whole, bars = actions.read_bars(work, actions.read_milestone(work, "1.0"), "nothing")
        assert (whole.total, bars) == (5, [])
        assert "milestone" not in [field.name for field in actions.group_fields(work)]


def test_completed_lately(project: Project) -> None:
    with sights.begin(project) as work:
        found = actions.list_completed(work, NOW - timedelta(days=5), NOW)
        assert [m.name for _, m in found] == ["0.5"]
        assert actions.list_completed(work, NOW - timedelta(days=2), NOW) == []


def test_words(project: Project) -> None:
    with sights.begin(project) as work:
        assert [m.name for m in actions.find_words(work, ["FIRST", "1."])] == ["1.0"]
        assert actions.find_words(work, ["first", "second"]) == []


def test_who_may_not(tmp_path: Path) -> None:
    project = sights.make(tmp_path, seats=Seats(denied=frozenset({"MILESTONE_VIEW"})))
    with sights.begin(project) as work:
        assert actions.list_milestones(work) == []
        with pytest.raises(Forbidden):
            actions.read_milestone(work, "1.0")


def test_no_such_milestone(project: Project) -> None:
    with sights.begin(project) as work, pytest.raises(NotFound):
        actions.read_milestone(work, "9.9")
