"""Groups of states and the progress they make."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackside.features.roadmap.model import groups_of, progress
from trackside.kernel.errors import Misconfigured

STATES = ("new", "assigned", "reopened", "closed")


def test_it_works() -> None:
    closed, active = groups_of({}, STATES)
    assert (sorted(closed.states), closed.is_complete) == (["closed"], True)
    assert closed.query == (("group", "resolution"),)
    assert (len(active.states), active.css, active.label) == (3, "open", "active")
    made = progress((closed, active), {"closed": 4, "new": 1, "forgotten": 7})
    assert (made.total, made.done, made.percent) == (5, 4, 80)
    assert [(s.count, s.start, s.percent) for s in made.segments] == [(4, 0, 80), (1, 80, 20)]


def test_own_groups() -> None:
    section = {
        "open": "*",
        "open.order": "2",
        "done": "closed",
        "done.overall_completion": "true",
        "done.label": "Done",
        "busy": "assigned, reopened, gone",
        "busy.order": "1",
        "busy.css_class": "warm",
        "busy.query_args": "group=owner,order=id",
    }
    done, busy, rest = groups_of(section, STATES)
    assert (done.name, done.label, done.is_complete) == ("done", "Done", True)
    assert (busy.name, busy.css, busy.query) == ("busy", "warm", (("group", "owner"), ("order", "id")))
    assert rest.states == {"new"}


@pytest.mark.parametrize("section", [{"a": "*", "b": "*"}, {"a": "new", "b": "closed,new"}])
def test_doubtful_groups_are_refused(section: dict[str, str]) -> None:
    with pytest.raises(Misconfigured):
        groups_of(section, STATES)


@pytest.mark.parametrize(
    ("counts", "percents", "overall"),
    [
        ({"closed": 2, "new": 4}, [33, 67], 33),
        ({"closed": 1, "new": 7}, [12, 88], 12),
        ({"closed": 3, "new": 5}, [38, 62], 38),
        ({"closed": 1, "new": 199}, [0, 100], 0),
        ({}, [0, 0], 0),
        ({"closed": 3}, [100, 0], 100),
    ],
)
def test_percents(counts: dict[str, int], percents: list[int], overall: int) -> None:
    made = progress(groups_of({}, STATES), counts)
    assert ([s.percent for s in made.segments], made.percent) == (percents, overall)


@given(st.lists(st.integers(0, 1000), min_size=4, max_size=4))
def test_percents_add_up(numbers: list[int]) -> None:
    section = {name: name for name in STATES} | {"closed.overall_completion": "yes"}
    made = progress(groups_of(section, STATES), dict(zip(STATES, numbers, strict=True)))
    if made.percent:
        assert sum(s.percent for s in made.segments) == 100
    assert made.total == sum(numbers)
