"""The demo project's files, read into steps in the order in which they happened."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from trackside.hosting.demo_pictures import pictures

_EDIT = re.compile(r"^(%%%?) ([\d.]+) (\w+)(?: (.*))?\n", re.MULTILINE)
_DAY = re.compile(r"@day([+-]\d+)@")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody did, `days` before now."""

    days: float
    by: str


@dataclass(frozen=True, slots=True)
class PageEdit(Step):
    page: str
    version: int
    text: str
    comment: str


@dataclass(frozen=True, slots=True)
class NewTicket(Step):
    number: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TicketChange(Step):
    number: int
    comment: str
    values: Mapping[str, str] = field(default_factory=dict)
    step: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Attaching(Step):
    realm: str
    id: str
    file: str
    description: str


_PAGE_PICTURES = (
    ("WikiStart", "tides.png", 186.5, "aiko"),
    ("Stations/Aldwick", "pier.png", 401.3, "tomas"),
    ("Forecasts", "tides.png", 160.2, "aiko"),
)


def content() -> Traversable:
    return files("trackside.hosting").joinpath("demo_content")


def project() -> Mapping[str, Any]:
    """People, components, versions, milestones, reports."""
    return tomllib.loads(content().joinpath("project.toml").read_text(encoding="utf-8"))


def attached_files() -> Mapping[str, bytes]:
    stored = {entry.name: entry.read_bytes() for entry in content().joinpath("files").iterdir()}
    return {**stored, **pictures()}


def steps(now: datetime) -> Sequence[Step]:
    """Everything that happened, oldest first; dates in texts are counted from `now`."""
    all_steps = [*_page_edits(now), *_ticket_steps(now)]
    all_steps += [Attaching(days, by, "wiki", page, file, "") for page, file, days, by in _PAGE_PICTURES]
    return sorted(all_steps, key=lambda step: -step.days)


def dated(text: str, now: datetime) -> str:
    """`@day-40@` becomes that day."""
    return _DAY.sub(lambda match: (now + timedelta(days=int(match[1]))).strftime("%Y-%m-%d"), text)


def _page_edits(now: datetime) -> Iterator[PageEdit]:
    for entry in content().joinpath("wiki").iterdir():
        name = entry.name.removesuffix(".txt").replace("%2F", "/")
        parts = _EDIT.split(entry.read_text(encoding="utf-8"))[1:]
        text = ""
        for version, place in enumerate(range(0, len(parts), 5), 1):
            mark, days, by, comment, more = parts[place : place + 5]
            text = more if mark == "%%%" else text + ("\n" if text else "") + more
            yield PageEdit(float(days), by, name, version, dated(text, now), comment or "")


def _ticket_steps(now: datetime) -> Iterator[Step]:
    tickets = tomllib.loads(content().joinpath("tickets.toml").read_text(encoding="utf-8"))["ticket"]
    for number, row in enumerate(tickets, 1):
        values = {name: dated(text, now).strip() for name, text in row.items() if isinstance(text, str)}
        by = values.pop("by")
        yield NewTicket(row["days"], by, number, values)
        for change in row.get("change", ()):
            yield _change(number, change, now)
            for file, description in change.get("attach", ()):
                yield Attaching(
                    change["days"] - 0.002, change["by"], "ticket", str(number), file, description
                )


def _change(number: int, row: Mapping[str, Any], now: datetime) -> TicketChange:
    return TicketChange(
        row["days"],
        row["by"],
        number,
        dated(row.get("comment", ""), now).strip(),
        row.get("set", {}),
        row.get("step", ""),
        {name: row[name] for name in ("resolution", "owner") if name in row},
        row.get("reply_to", ""),
    )
