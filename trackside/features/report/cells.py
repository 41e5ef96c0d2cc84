"""How the rows of a report look: on a page, in a download, in a feed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from trackside.features.report.model import PRESENTATION, Column, index_of, row_refs
from trackside.kernel.dates import from_stamp
from trackside.kernel.href import Href
from trackside.kernel.i18n import Locale
from trackside.kernel.ref import Ref

Row = Sequence[object]
Age = tuple[str, str, str]
Cell = tuple[str, str, str | None, Age | None, object]
# The classes of a row and its lines; a line that is full has one cell, which goes across the table.
ShownRow = tuple[str, tuple[tuple[bool, tuple[Cell, ...]], ...]]

_COLOR = re.compile(r"\w{1,20}")
_CLASS = re.compile(r"[A-Za-z][\w -]{0,80}")
_DECLARATION = re.compile(r"\s*([a-z-]+)\s*:\s*([#\w\s%.,()+-]{1,80})\s*")
_STYLED = {
    *("color", "background", "background-color", "border", "border-color", "font-weight", "font-style"),
    *("font-size", "font-family", "text-align", "text-decoration", "text-transform", "white-space"),
}
_OUTSIDE = re.compile(r"(https?:)?//[^/\s]+\S*|[a-z][a-z+.-]*:", re.I)
_PEOPLE = re.compile(r"\s*[,;]\s*")


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom it is shown to: their addresses and dates, the names they may see, where things are."""

    href: Href
    locale: Locale
    person: Callable[[str | None], str]
    url_of: Callable[[Ref], str | None]
    now: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """The rows under one heading; `title` None where the report has no groups."""

    title: str | None
    href: str | None
    rows: tuple[ShownRow, ...]


def lines_of(columns: Iterable[Column]) -> list[tuple[bool, list[Column]]]:
    """The lines of a row; each says whether it is one cell across the table."""
    lines: list[tuple[bool, list[Column]]] = [(False, [])]
    for column in columns:
        if column.place == "hidden":
            continue
        if column.place == "full":
            lines += [(True, [column]), (False, [])]
            continue
        lines[-1][1].append(column)
        if column.place == "last":
            lines.append((False, []))
    return [line for line in lines if line[1]]


def groups(
    columns: Sequence[Column], rows: Sequence[Row], reader: Reader, texts: Iterator[object], styles: Styles
) -> list[Group]:
    """The rows under their headings: a new one whenever the group changes. `texts` are the rendered cells."""
    at, link = index_of(columns, "__group__"), index_of(columns, "__grouplink__")
    show = _shower(columns, reader, texts, styles)
    found: list[tuple[object, Row, list[ShownRow]]] = []
    for number, row in enumerate(rows):
        value = row[at] if at is not None else None
        if not found or value != found[-1][0]:
            found.append((value, row, []))
        found[-1][2].append(show(number, row))
    return [
        Group(
            None if at is None else reader.person(str(value)) if value not in (None, "") else "",
            None if link is None else safe_address(first[link], reader.href),
            tuple(shown),
        )
        for value, first, shown in found
    ]


def _shower(
    columns: Sequence[Column], reader: Reader, texts: Iterator[object], styles: Styles
) -> Callable[[int, Row], ShownRow]:
    plan, ref_of = lines_of(columns), row_refs(columns)
    looks = [c for c in columns if c.name in PRESENTATION]

    def show(number: int, row: Row) -> ShownRow:
        ref = ref_of(row)
        address = reader.url_of(ref) if ref is not None else None
        lines = tuple(
            (is_full, tuple([_cell(column, row[column.index], address, reader, texts) for column in line]))
            for is_full, line in plan
        )
        return (_css(looks, row, number, styles), lines)

    return show


def _css(looks: Sequence[Column], row: Row, number: int, styles: Styles) -> str:
    parity = "odd" if number % 2 else "even"
    words = [parity]
    for column in looks:
        value = row[column.index]
        if value in (None, ""):
            continue
        text = str(value)
        if column.name == "__color__" and _COLOR.fullmatch(text):
            words.insert(0, f"color{text}-{parity}")
        elif column.name == "__class__" and _CLASS.fullmatch(text):
            words.append(text)
        elif column.name in ("__style__", "__fgcolor__", "__bgcolor__"):
            words.append(styles.name_of(column.name, text))
    return " ".join(word for word in words if word)


def _cell(
    column: Column, value: object, address: str | None, reader: Reader, texts: Iterator[object]
) -> Cell:
    css, kind = column.plain, column.kind
    if kind == "wiki":
        return (css, "", None, None, next(texts))
    if value is None or value == "":
        return (css, "--" if kind in _MOMENTS else "", None, None, None)
    if kind == "id":
        return (css, f"{{{value}}}" if column.name == "report" else f"#{value}", address, None, None)
    if kind == "link":
        return (css, str(value), address, None, None)
    if kind == "milestone":
        return (css, str(value), reader.href("milestone", str(value)), None, None)
    if kind == "ago":
        return (css, "", None, age(moment(value), reader), None)
    return (css, _text(kind, value, reader), None, None, None)


def age(at: datetime, reader: Reader) -> Age:
    """A moment for a `<time>`: for machines, as tooltip, as text; a list has hundreds of them."""
    exact, relative = reader.locale.moment(at), reader.locale.distance(at, reader.now)
    shown, tip = (relative, exact) if reader.locale.is_relative else (exact, relative)
    return (at.isoformat(timespec="seconds"), tip, shown)


_MOMENTS: Mapping[str, str] = {"ago": "", "time": "", "date": "", "datetime": ""}


def _text(kind: str, value: object, reader: Reader) -> str:
    if kind == "people":
        return people(str(value), reader.person)
    if kind not in _MOMENTS:
        return str(value)
    at = moment(value)
    if kind == "date":
        return reader.locale.day(at)
    if kind == "time":
        return f"{at.astimezone(reader.locale.zone):%H:%M:%S}"
    return reader.locale.moment(at)


def people(value: str, person: Callable[[str | None], str]) -> str:
    """An owner, reporter or cc: each of the people as the reader may see them."""
    return ", ".join(person(piece) for piece in _PEOPLE.split(value.strip()) if piece)


def moment(value: object) -> datetime:
    """A stamp as a moment; what is no number is the beginning of time."""
    try:
        return from_stamp(int(str(value))) or datetime(1970, 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError):
        return datetime(1970, 1, 1, tzinfo=UTC)


def safe_address(value: object, href: Href) -> str | None:
    """An address from a report's own SQL, when it is one of the web or of this site."""
    text = str(value or "").strip()
    if not text or not text.isprintable() or "\\" in text:
        return None
    if text.startswith(("http://", "https://")) or not _OUTSIDE.match(text):
        return text
    return None


class Styles:
    """The styles that rows of one page bring along, as rules of a style sheet; only harmless declarations."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def name_of(self, column: str, text: str) -> str:
        prefix = {"__fgcolor__": "color:", "__bgcolor__": "background:"}.get(column, "")
        rule = declarations(prefix + text)
        if not rule:
            return ""
        return self._names.setdefault(rule, f"styled-{len(self._names) + 1}")

    def rules(self) -> str:
        return "\n".join(f"tr.{name} td {{ {rule} }}" for rule, name in self._names.items())


def declarations(text: str) -> str:
    """Of CSS declarations those that only colour or set text; nothing that could load or cover anything."""
    kept = []
    for part in text.split(";"):
        match = _DECLARATION.fullmatch(part)
        if match and match[1] in _STYLED and "url" not in match[2].lower():
            kept.append(f"{match[1]}: {match[2].strip()}")
    return "; ".join(kept)


def download_rows(
    columns: Sequence[Column], rows: Iterable[Row], person: Callable[[str | None], str]
) -> tuple[list[str], Iterator[list[str]]]:
    """Names and values for a spreadsheet, without what only tells how a page looks."""
    kept = [column for column in columns if column.name not in PRESENTATION]
    return [c.name for c in kept], ([_plain(c, row[c.index], person) for c in kept] for row in rows)


def _plain(column: Column, value: object, person: Callable[[str | None], str]) -> str:
    if value is None:
        return ""
    name = column.plain.lower()
    if name in ("created", "modified", "changetime", "date", "datetime", "time") and value != "":
        text = moment(value).isoformat(timespec="seconds").replace("+00:00", "Z")
        return text.partition("T")[2] if name == "time" else text
    if column.kind == "people":
        return people(str(value), person)
    return str(value)
