"""Words and dates for one reader."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from trackside.kernel.errors import NotFound
from trackside.kernel.i18n import ENGLISH, N_, Locale, zone_named

MOMENT = datetime(2026, 11, 22, 21, 28, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def test_it_works() -> None:
    assert ENGLISH.gettext(N_("Hello %(name)s"), name="Ann") == "Hello Ann"
    assert ENGLISH.ngettext("%(count)d page", "%(count)d pages", 2) == "2 pages"
    assert ENGLISH.ngettext("%(count)d page", "%(count)d pages", 1) == "1 page"
    assert ENGLISH.failure(NotFound("No %(thing)s.", thing="page")) == "No page."
    assert ENGLISH.gettext("100%") == "100%"


@pytest.mark.parametrize(
    ("locale", "day", "moment"),
    [
        (ENGLISH, "Nov 22, 2026", "Nov 22, 2026, 9:28:30 PM"),
        (Locale(zone=BERLIN), "Nov 22, 2026", "Nov 22, 2026, 10:28:30 PM"),
        (Locale("de", BERLIN), "22.11.2026", "22.11.2026, 22:28:30"),
        (Locale(date_style="iso8601"), "2026-11-22", "2026-11-22T21:28:30Z"),
        (Locale(date_style="iso8601", zone=BERLIN), "2026-11-22", "2026-11-22T22:28:30+01:00"),
        (Locale(zone=zone_named("GMT +3:00")), "Nov 23, 2026", "Nov 23, 2026, 12:28:30 AM"),
    ],
)
def test_dates_are_written_in_the_reader_s_way_and_zone(locale: Locale, day: str, moment: str) -> None:
    assert locale.day(MOMENT) == day
    assert locale.moment(MOMENT) == moment


@pytest.mark.parametrize(
    ("distance", "words"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=-1), "1 second ago"),
        (timedelta(minutes=-5), "5 minutes ago"),
        (timedelta(days=-800), "2 years ago"),
        (timedelta(seconds=1), "in 1 second"),
        (timedelta(weeks=5), "in 5 weeks"),
    ],
)
def test_distances_are_told_in_words(distance: timedelta, words: str) -> None:
    assert ENGLISH.distance(MOMENT + distance, MOMENT) == words


@pytest.mark.parametrize(
    ("name", "hours"),
    [
        ("Asia/Tokyo", 9.0),
        ("GMT +9:00", 9.0),
        ("GMT -12:00", -12.0),
        ("GMT +14:00", 14.0),
        ("GMT", 0.0),
        ("UTC", 0.0),
        ("", 0.0),
        ("Nowhere/City", 0.0),
        ("Europe", 0.0),
        ("GMT +99:00", 0.0),
        ("/etc/localtime", 0.0),
        ("../../etc/passwd", 0.0),
        ("a\x00b", 0.0),
    ],
)
def test_zones_have_tracs_names_and_unknown_ones_are_utc(name: str, hours: float) -> None:
    assert MOMENT.astimezone(zone_named(name)).utcoffset() == timedelta(hours=hours)
