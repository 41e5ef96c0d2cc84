"""Stamps to moments and back, dates as people type them, and ages."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackside.kernel import dates
from trackside.kernel.errors import Invalid

NOW = datetime(2026, 11, 22, 23, 57, 27, 646243, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
MOMENTS = st.integers(1, 7 * 10**15).map(lambda stamp: dates.EPOCH + timedelta(microseconds=stamp))


def utc(*parts: int) -> datetime:
    numbers = [*parts, 0, 0, 0, 0][:7]
    return datetime(*numbers, tzinfo=UTC)  # type: ignore[arg-type, misc]


def test_it_works() -> None:
    moment = dates.parse("2026-11-22T18:05", UTC, NOW)
    assert dates.from_stamp(dates.to_stamp(moment)) == moment
    assert dates.age(moment, NOW) == (6, "hour")


@given(MOMENTS)
def test_a_moment_survives_its_stamp(moment: datetime) -> None:
    assert dates.from_stamp(dates.to_stamp(moment)) == moment


def test_no_moment_is_stored_as_zero() -> None:
    assert dates.to_stamp(None) == 0
    assert dates.from_stamp(0) is None
    assert dates.from_stamp(None) is None
    assert dates.from_stamp(1_000_000) == utc(1970, 1, 1, 0, 0, 1)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026", utc(2026, 1, 1)),
        ("2026-11", utc(2026, 11, 1)),
        ("202611", utc(2026, 11, 1)),
        ("20261122", utc(2026, 11, 22)),
        ("2026-11-22T18", utc(2026, 11, 22, 18)),
        (" 2026-11-22 18:05:07 ", utc(2026, 11, 22, 18, 5, 7)),
        ("2026-11-22T18:05:07,5Z", utc(2026, 11, 22, 18, 5, 7, 500000)),
        ("20261122T180507Z", utc(2026, 11, 22, 18, 5, 7)),
        ("2026-11-22T18:05-0230", utc(2026, 11, 22, 20, 35)),
        ("2026-11-22T18+02", utc(2026, 11, 22, 16)),
        ("Nov 3, 2026", utc(2026, 11, 3)),
        ("november 3 26", utc(2026, 11, 3)),
        ("Nov 3, 2026, 6:05:07\u202fPM", utc(2026, 11, 3, 18, 5, 7)),
        ("Nov 3, 2026 12:05 am", utc(2026, 11, 3, 0, 5)),
        ("3. Nov 2026", utc(2026, 11, 3)),
        ("3 Sept 2026 18:05", utc(2026, 9, 3, 18, 5)),
        ("11/22/2026", utc(2026, 11, 22)),
        ("11/22/26 6:05 PM", utc(2026, 11, 22, 18, 5)),
        ("22.11.2026", utc(2026, 11, 22)),
    ],
)
def test_dates_are_read_in_the_forms_people_write(text: str, moment: datetime) -> None:
    assert dates.parse(text, UTC, NOW) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("now", NOW),
        ("Today", utc(2026, 11, 22)),
        ("yesterday", utc(2026, 11, 21)),
        ("tomorrow", utc(2026, 11, 23)),
        ("3 days ago", NOW - timedelta(days=3)),
        ("2 weeks", NOW - timedelta(weeks=2)),
        ("-3days", NOW - timedelta(days=3)),
        ("2.5 hours ago", NOW - timedelta(hours=2.5)),
        ("2m ago", NOW - timedelta(days=60)),
        ("1 year ago", NOW - timedelta(days=365)),
        ("in 3 days", NOW + timedelta(days=3)),
        ("+2h", NOW + timedelta(hours=2)),
        ("this week", utc(2026, 11, 16)),
        ("last month", utc(2026, 10, 1)),
        ("next month", utc(2026, 12, 1)),
        ("next year", utc(2027, 1, 1)),
        ("last day", utc(2026, 11, 21)),
        ("last hour", utc(2026, 11, 22, 22)),
        ("next minute", utc(2026, 11, 22, 23, 58)),
        ("this second", utc(2026, 11, 22, 23, 57, 27)),
    ],
)
def test_words_count_from_now(text: str, moment: datetime) -> None:
    assert dates.parse(text, UTC, NOW) == moment


@pytest.mark.parametrize(
    "text",
    ["", " ", "foo", "2026-13-01", "2026-02-30", "2026-11-22T24:00", "2026-1-2", "26-11-22", "12:30"]
    + ["Nov 2026", "novel 3, 2026", "3 day 2026", "13/13/2026", "5 min ago", "9999999 years ago", "0000"]
    + ["9" * 500 + " days", "2026-11-22+99:99", "next fortnight", "0001-01-01T00:00+14:00"],
)
def test_what_is_no_date_is_told(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        dates.parse(text, UTC, NOW)
    assert caught.value.arguments == {"text": text}


def test_dates_are_read_in_the_zone_of_the_reader() -> None:
    assert dates.parse("2026-07-01", BERLIN, NOW) == utc(2026, 6, 30, 22)
    assert dates.parse("Jan 1, 2026", BERLIN, NOW) == utc(2025, 12, 31, 23)
    assert dates.parse("today", BERLIN, NOW) == utc(2026, 11, 22, 23)
    assert dates.parse("2026-07-01Z", BERLIN, NOW) == utc(2026, 7, 1)


@given(MOMENTS, st.integers(-14, 14))
def test_what_is_written_in_iso_is_read_back(moment: datetime, hours: int) -> None:
    zone = timezone(timedelta(hours=hours))
    assert dates.parse(moment.astimezone(zone).isoformat(), BERLIN, NOW) == moment
    local = moment.astimezone(zone).replace(tzinfo=None)
    assert dates.parse(local.isoformat(), zone, NOW) == moment


@given(st.text(max_size=20))
def test_any_text_is_a_date_or_told_to_be_none(text: str) -> None:
    with suppress(Invalid):
        assert dates.parse(text, BERLIN, NOW).utcoffset() is not None


@pytest.mark.parametrize(
    ("seconds", "age"),
    [
        (0, (0, "second")),
        (113, (113, "second")),
        (115, (2, "minute")),
        (5400, (90, "minute")),
        (6841, (2, "hour")),
        (162432, (45, "hour")),
        (165888, (2, "day")),
        (1143072, (13, "day")),
        (1155168, (2, "week")),
        (4665600, (8, "week")),
        (4924801, (2, "month")),
        (693 * 86400, (23, "month")),
        (694 * 86400, (2, "year")),
    ],
)
def test_an_age_is_told_in_the_largest_unit_of_which_there_are_nearly_two(
    seconds: int, age: tuple[int, str]
) -> None:
    assert dates.age(NOW - timedelta(seconds=seconds), NOW) == age
    assert dates.age(NOW + timedelta(seconds=seconds), NOW) == age
