"""Trac's microsecond stamps to aware datetimes and back; dates as people type them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from trackside.kernel.errors import Invalid

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_ISO = re.compile(
    r"(\d{4})(?:-?(\d\d)(?:-?(\d\d)(?:[T ](\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,6})\d*)?)?)?)?)?)?"
    r"\s*(Z|[+-]\d\d(?::?\d\d)?)?$"
)
_UNITS = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86400,
    "week": 604800,
    "month": 2592000,
    "year": 31536000,
}
_ALIASES = {"s": "second", "h": "hour", "d": "day", "w": "week", "m": "month", "y": "year"}
_AGO = re.compile(r"(?:-\s*)?(\d+(?:\.\d+)?)\s*([a-z]+?)s?(?:\s+ago)?$")
_AHEAD = re.compile(r"(?:in\s+|\+\s*)(\d+(?:\.\d+)?)\s*([a-z]+?)s?$")
_PERIOD = re.compile(r"(this|last|next)\s+([a-z]+?)$")
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_TIME = r"(?:,?\s+(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?\s*(?P<half>[ap]m)?)?$"
_YEAR = r"(?P<year>\d{4}|\d\d)"
_DAYS = (
    re.compile(r"(?P<month>[a-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:,\s*|\s+)" + _YEAR + _TIME),
    re.compile(r"(?P<day>\d{1,2})\.?\s+(?P<month>[a-z]{3,9})\.?\s+" + _YEAR + _TIME),
    re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/" + _YEAR + _TIME),
    re.compile(r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?" + _YEAR + _TIME),
)


def from_stamp(stamp: int | None) -> datetime | None:
    """Microseconds since 1970 to UTC; None for 0 and NULL, which both mean "unset"."""
    return EPOCH + timedelta(microseconds=stamp) if stamp else None


def to_stamp(moment: datetime | None) -> int:
    """UTC microseconds since 1970; 0 for None."""
    return (moment - EPOCH) // _MICROSECOND if moment is not None else 0


def parse(text: str, zone: tzinfo, now: datetime) -> datetime:
    """A date as typed: ISO 8601 (also partial), `Nov 3, 2026`, `3 Nov 2026`, `11/3/26`,
    `3.11.2026`, `yesterday`, `2 weeks ago`, `in 3 days`, `last month`.

    Raises Invalid naming the text.
    """
    typed = " ".join(text.replace("\u202f", " ").split())
    moment = _parse_iso(typed, zone) or _parse_words(typed.lower(), zone, now)
    if moment is None:
        raise Invalid("“%(text)s” is not a date. Write it like 2026-11-22 or 2026-11-22T18:00.", text=text)
    return moment


def _parse_iso(text: str, zone: tzinfo) -> datetime | None:
    match = _ISO.match(text)
    if not match:
        return None
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    try:
        moment = datetime(
            int(year),
            int(month or 1),
            int(day or 1),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            int((fraction or "0").ljust(6, "0")),
            tzinfo=_offset(offset) or zone,
        )
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _offset(text: str | None) -> tzinfo | None:
    if not text:
        return None
    digits = text.replace(":", "")
    return datetime.strptime(digits + "00" if len(digits) == 3 else digits, "%z").tzinfo


def _parse_words(text: str, zone: tzinfo, now: datetime) -> datetime | None:
    local = now.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    fixed = {
        "now": now,
        "today": midnight,
        "yesterday": midnight - timedelta(days=1),
        "tomorrow": midnight + timedelta(days=1),
    }
    try:
        return (
            fixed.get(text)
            or _worded(text, zone)
            or _shifted(_AHEAD.match(text), now, 1)
            or _shifted(_AGO.match(text), now, -1)
            or _period(text, midnight, local)
        )
    except (ValueError, OverflowError):
        return None


def _worded(text: str, zone: tzinfo) -> datetime | None:
    match = next(filter(None, (pattern.match(text) for pattern in _DAYS)), None)
    month = _month(match["month"]) if match else None
    if match is None or month is None:
        return None
    year = int(match["year"]) + (2000 if len(match["year"]) == 2 else 0)
    hour = int(match["hour"] or 0)
    if match["half"]:
        hour = hour % 12 + (12 if match["half"] == "pm" else 0)
    minute, second = int(match["minute"] or 0), int(match["second"] or 0)
    return datetime(year, month, int(match["day"]), hour, minute, second, tzinfo=zone).astimezone(UTC)


def _month(text: str) -> int | None:
    if text.isdecimal():
        return int(text)
    return next((number for number, name in enumerate(_MONTHS, 1) if name.startswith(text)), None)


def _unit(word: str) -> int | None:
    return _UNITS.get(_ALIASES.get(word, word))


def _shifted(match: re.Match[str] | None, now: datetime, sign: int) -> datetime | None:
    seconds = _unit(match[2]) if match else None
    if match is None or seconds is None:
        return None
    return now + sign * timedelta(seconds=seconds * float(match[1]))


def _period(text: str, midnight: datetime, local: datetime) -> datetime | None:
    match = _PERIOD.match(text)
    if not match or match[2] not in _UNITS:
        return None
    step = {"last": -1, "this": 0, "next": 1}[match[1]]
    unit = match[2]
    if unit == "year":
        return midnight.replace(year=midnight.year + step, month=1, day=1)
    if unit == "month":
        index = midnight.year * 12 + midnight.month - 1 + step
        return midnight.replace(year=index // 12, month=index % 12 + 1, day=1)
    if unit == "week":
        return midnight - timedelta(days=midnight.weekday()) + timedelta(weeks=step)
    if unit == "day":
        return midnight + timedelta(days=step)
    minute = 0 if unit == "hour" else local.minute
    second = local.second if unit == "second" else 0
    return local.replace(minute=minute, second=second, microsecond=0) + step * timedelta(seconds=_UNITS[unit])


_STEPS = ("year", "month", "week", "day", "hour", "minute")


def age(moment: datetime, now: datetime) -> tuple[int, str]:
    """How far apart two moments are, in the largest unit of which there are nearly two: (3, `week`)."""
    seconds = abs((now - moment).total_seconds())
    for unit in _STEPS:
        ratio = seconds / _UNITS[unit]
        if ratio >= 1.9:
            return round(ratio), unit
    return round(seconds), "second"
