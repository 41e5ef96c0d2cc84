"""Message catalogues and formats of one reader; a Locale is passed, never ambient."""

from __future__ import annotations

import gettext
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import babel.dates

from trackside.kernel import dates
from trackside.kernel.errors import Failure

CATALOGUES = Path(__file__).parent.parent / "locale"
DOMAIN = "trackside"
_GMT = re.compile(r"GMT ([+-](?:\d|1[0-4])):00")


def N_(message: str) -> str:
    """Marks a label for the catalogue; it is translated where it is shown."""
    return message


def NN_(one: str, many: str) -> tuple[str, str]:
    """Marks a label that counts something."""
    return one, many


_AGO = {
    "year": NN_("%(count)d year ago", "%(count)d years ago"),
    "month": NN_("%(count)d month ago", "%(count)d months ago"),
    "week": NN_("%(count)d week ago", "%(count)d weeks ago"),
    "day": NN_("%(count)d day ago", "%(count)d days ago"),
    "hour": NN_("%(count)d hour ago", "%(count)d hours ago"),
    "minute": NN_("%(count)d minute ago", "%(count)d minutes ago"),
    "second": NN_("%(count)d second ago", "%(count)d seconds ago"),
}
_AHEAD = {
    "year": NN_("in %(count)d year", "in %(count)d years"),
    "month": NN_("in %(count)d month", "in %(count)d months"),
    "week": NN_("in %(count)d week", "in %(count)d weeks"),
    "day": NN_("in %(count)d day", "in %(count)d days"),
    "hour": NN_("in %(count)d hour", "in %(count)d hours"),
    "minute": NN_("in %(count)d minute", "in %(count)d minutes"),
    "second": NN_("in %(count)d second", "in %(count)d seconds"),
}


@lru_cache(maxsize=64)
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, CATALOGUES, [language], fallback=True)


# Where the machine is: the zone of readers who said nothing, on a site that says nothing.
SERVER_ZONE: tzinfo = babel.dates.LOCALTZ


@lru_cache(maxsize=256)
def zone_named(name: str) -> tzinfo:
    """The time zone of a name as preferences and trac.ini store it; UTC for an unknown one."""
    match = _GMT.fullmatch(name)
    if match:
        return timezone(timedelta(hours=int(match[1])), name)
    try:
        return ZoneInfo(name) if name and not name.startswith(("/", ".")) else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


@dataclass(frozen=True, slots=True)
class Locale:
    """How one reader wants words and dates. `date_style` is `iso8601` or `locale`."""

    language: str = "en"
    zone: tzinfo = field(default=UTC)
    date_style: str = "locale"
    is_relative: bool = True

    def gettext(self, message: str, /, **arguments: object) -> str:
        text = message if self.language == "en" else _catalogue(self.language).gettext(message)
        return text % arguments if arguments else text

    def ngettext(self, one: str, many: str, count: int, /, **arguments: object) -> str:
        text = _catalogue(self.language).ngettext(one, many, count)
        return text % {"count": count, **arguments}

    def failure(self, failure: Failure) -> str:
        return self.gettext(failure.message, **failure.arguments)

    def day(self, moment: datetime) -> str:
        local = moment.astimezone(self.zone)
        if self.date_style == "iso8601":
            return local.date().isoformat()
        return _medium_date(local.date(), self.language)

    def moment(self, moment: datetime) -> str:
        local = moment.astimezone(self.zone)
        if self.date_style == "iso8601":
            return local.isoformat(timespec="seconds").replace("+00:00", "Z")
        if self.language == "en":
            hour = local.hour % 12 or 12
            half = "AM" if local.hour < 12 else "PM"
            return f"{_medium_date(local.date(), 'en')}, {hour}:{local:%M:%S} {half}"
        return str(babel.dates.format_datetime(local, "medium", locale=self.language))

    def distance(self, moment: datetime, now: datetime) -> str:
        """`3 weeks ago`, or `in 2 days` for the future."""
        count, unit = dates.age(moment, now)
        if count == 0:
            return self.gettext("just now")
        words: Mapping[str, tuple[str, str]] = _AGO if moment <= now else _AHEAD
        one, many = words[unit]
        if self.language == "en":
            return (one if count == 1 else many) % {"count": count}
        return self.ngettext(one, many, count)


@lru_cache(maxsize=4096)
def _medium_date(day: date, language: str) -> str:
    return str(babel.dates.format_date(day, "medium", locale=language))


ENGLISH = Locale()
