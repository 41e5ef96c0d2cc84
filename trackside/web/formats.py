"""Tables to CSV and TSV, entries to RSS, dates to iCalendar."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import quote

from markupsafe import escape
from werkzeug.wrappers import Response

_BOM = "\ufeff"
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # spreadsheets take the full-width forms too
_TABLES = {"csv": (",", "text/csv", "csv"), "tab": ("\t", "text/tab-separated-values", "tsv")}
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a feed; `html` is its text as markup, `href` an absolute address."""

    title: str
    href: str
    guid: str
    at: datetime | None = None
    person: str = ""
    html: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """`description` may be markup; readers take it for that, so plain text is escaped."""

    title: str
    href: str
    description: str
    language: str = "en-US"


def table(
    kind: str, name: str, header: Sequence[str], rows: Iterable[Sequence[object]], *, is_raw: bool = False
) -> Response:
    """A download that spreadsheets open: `kind` is csv or tab, `name` the file's without its ending.

    A raw one has every value as it is, for machines, and says so in its name.
    """
    delimiter, mimetype, ending = _TABLES[kind]
    text = io.StringIO(newline="")
    text.write(_BOM)
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
    if is_raw:
        writer.writerows((header, *rows))
    else:
        writer.writerow([harmless(cell) for cell in header])
        writer.writerows([harmless(cell) for cell in row] for row in rows)
    return download(text.getvalue(), mimetype, f"{name}.raw.{ending}" if is_raw else f"{name}.{ending}")


def harmless(cell: object) -> str:
    """A cell as text that no spreadsheet takes for a formula."""
    if cell is None:
        return ""
    text = str(cell)
    if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def download(text: str, mimetype: str, name: str) -> Response:
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    disposition = f"attachment; filename={plain}"
    if plain != name:
        disposition += f"; filename*=UTF-8''{quote(name, '')}"
    return Response(
        text.encode(),
        content_type=f"{mimetype};charset=utf-8",
        headers={"Content-Disposition": disposition},
    )


def rss(channel: Channel, items: Iterable[Item]) -> Response:
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">\n<channel>\n',
        _element("title", channel.title),
        _element("link", channel.href),
        _element("description", str(escape(channel.description))),
        _element("language", channel.language),
        _element("generator", "Trackside"),
        *(_item(item) for item in items),
        "</channel>\n</rss>\n",
    ]
    return Response("".join(parts).encode(), content_type="application/rss+xml;charset=utf-8")


def _item(item: Item) -> str:
    person = ""
    if item.person:
        person = _element("author" if "@" in item.person else "dc:creator", item.person)
    return "".join(
        (
            "<item>\n",
            _element("title", item.title),
            person,
            _element("pubDate", format_datetime(item.at.astimezone(UTC), usegmt=True)) if item.at else "",
            _element("link", item.href),
            f'<guid isPermaLink="false">{_xml(item.guid)}</guid>\n',
            _element("description", item.html),
            _element("category", item.category) if item.category else "",
            "</item>\n",
        )
    )


def _element(name: str, text: str) -> str:
    return f"<{name}>{_xml(text)}</{name}>\n"


def _xml(text: str) -> str:
    """Text, or markup as the text of a feed: everything is escaped once more."""
    return str(escape(_CONTROLS.sub("", str.__str__(text))))


def calendar(
    name: str, description: str, zone: str, entries: Iterable[Sequence[tuple[str, str]]]
) -> Response:
    """An iCalendar file; each entry is a list of (property, value as `ics_text` and the like make it)."""
    head = [
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", "-//Trackside//NONSGML Trackside//EN"),
        ("METHOD", "PUBLISH"),
        ("X-WR-CALNAME", ics_text(name)),
        ("X-WR-CALDESC", ics_text(description)),
        ("X-WR-TIMEZONE", ics_text(zone)),
    ]
    lines = [*head, *(pair for entry in entries for pair in entry), ("END", "VCALENDAR")]
    text = "".join(_folded(f"{key}:{value}") for key, value in lines)
    return Response(text.encode(), content_type="text/calendar;charset=utf-8")


def ics_text(value: str) -> str:
    value = _CONTROLS.sub("", value).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return re.sub(r"\r\n?|\n", r"\\n", value)


def ics_moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def ics_day(moment: datetime) -> str:
    return moment.strftime("%Y%m%d")


def _folded(line: str) -> str:
    """At most 75 characters a line, the rest on lines that begin with a blank."""
    pieces = [line[:75], *(line[at : at + 74] for at in range(75, len(line), 74))]
    return "\r\n ".join(pieces) + "\r\n"
