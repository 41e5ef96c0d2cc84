"""What the timeline shows of what, in which span of time: settings, permission, authors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from trackside.kernel.access import Permission
from trackside.kernel.feature import TimelineEntry
from trackside.kernel.settings import choice, option, settings

TIMELINE_VIEW = Permission("TIMELINE_VIEW")
_NAME = re.compile(r"""-?"(?:\\.|[^"\\])*+"|-?'(?:\\.|[^'\\])*+'|\S+""")


@settings("timeline")
class TimelineSettings:
    abbreviated_messages: bool = option(True, doc="Shorten the texts of entries to about a line.")
    changeset_collapse_events: bool = option(
        False, doc="Show changesets of one author with the same message as one entry."
    )
    changeset_long_messages: bool = option(False, doc="Show the whole message of a changeset.")
    changeset_show_files: str = option(
        "0", doc="How many files of a changeset are listed: a number, -1 for all, or `location`."
    )
    default_daysback: int = option(30, doc="How many days the timeline goes back at first.")
    max_daysback: int = option(90, doc="How many days it may go back at most; -1 for no limit.")
    newticket_formatter: str = choice(
        "oneliner", "html", doc="How the description of a new ticket is shown: on one line or whole."
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader asks for: the last day, how many before it, kinds, authors, how many entries (0: all)."""

    last: datetime
    days: int
    filters: frozenset[str]
    authors: str = ""
    most: int = 0

    @property
    def start(self) -> datetime:
        return _midnight(self.last) - timedelta(days=self.days)

    @property
    def stop(self) -> datetime:
        """The end of the last day, in the zone of `last`."""
        return _midnight(self.last) + timedelta(days=1, microseconds=-1)


@dataclass(frozen=True, slots=True)
class Day:
    """The entries of one day, newest first; `name` is `today`, `yesterday` or empty."""

    at: datetime
    name: str
    entries: tuple[TimelineEntry, ...]


def clamp_days(days: int, most: int) -> int:
    return max(1, min(days, most)) if most >= 0 else max(1, days)


def is_wanted(author: str, wanted: Sequence[str], unwanted: Sequence[str]) -> bool:
    name = author.lower()
    return name not in unwanted and (not wanted or name in wanted)


def read_authors(text: str) -> tuple[list[str], list[str]]:
    """Names to show and names to leave out, in lower case: `joe -"some bot"`."""
    wanted: list[str] = []
    unwanted: list[str] = []
    for match in _NAME.finditer(text):
        word = match[0]
        is_unwanted = word.startswith("-") and len(word) > 1
        name = word[1:] if is_unwanted else word
        if len(name) > 1 and name[0] in "\"'" and name[-1] == name[0]:
            name = re.sub(r"\\(.)", r"\1", name[1:-1])
        (unwanted if is_unwanted else wanted).append(name.lower())
    return wanted, unwanted


def days_of(entries: Iterable[TimelineEntry], now: datetime) -> list[Day]:
    """Entries by the days of the zone that `now` is in; they come newest first."""
    found: list[tuple[datetime, list[TimelineEntry]]] = []
    for entry in entries:
        midnight = _midnight(entry.at.astimezone(now.tzinfo))
        if not found or found[-1][0] != midnight:
            found.append((midnight, []))
        found[-1][1].append(entry)
    today = _midnight(now)
    names = {today: "today", _midnight(today - timedelta(hours=1)): "yesterday"}
    return [Day(at, names.get(at, ""), tuple(day)) for at, day in found]


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
