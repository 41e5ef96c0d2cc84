"""Spans of days, and whose entries are shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from trackside.features.timeline.model import Wanted, clamp_days, days_of, is_wanted, read_authors
from trackside.kernel.feature import TimelineEntry
from trackside.kernel.ref import Ref

NOW = datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("America/New_York"))


def entry(at: datetime) -> TimelineEntry:
    return TimelineEntry("wiki", at, "joe", "", "", Ref("wiki"))


def test_it_works() -> None:
    wanted = Wanted(NOW, 2, frozenset())
    assert wanted.start.isoformat() == "2026-11-20T00:00:00-05:00"
    assert wanted.stop.isoformat() == "2026-11-22T23:59:59.999999-05:00"


def test_days_are_those_of_the_reader() -> None:
    moments = [datetime(2026, 11, 22, 6, tzinfo=UTC), datetime(2026, 11, 22, 4, tzinfo=UTC)]
    days = days_of([entry(at) for at in moments] + [entry(NOW - timedelta(days=5))], NOW)
    assert [(day.name, day.at.day, len(day.entries)) for day in days] == [
        ("today", 22, 1),
        ("yesterday", 21, 1),
        ("", 17, 1),
    ]


@pytest.mark.parametrize(
    ("days", "most", "expected"), [(5, 90, 5), (0, 90, 1), (99, 90, 90), (5000, -1, 5000)]
)
def test_days_have_limits(days: int, most: int, expected: int) -> None:
    assert clamp_days(days, most) == expected


def test_authors() -> None:
    assert read_authors("joe -bot \"Ann B\" -'x y' -") == (["joe", "ann b", "-"], ["bot", "x y"])
    assert is_wanted("Joe", ["joe"], []) and not is_wanted("ann", ["joe"], [])
    assert is_wanted("ann", [], ["bot"]) and not is_wanted("BOT", [], ["bot"])
