"""A ticket, and the tickets of a list, as tables and feeds for other programs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from markupsafe import Markup
from werkzeug.wrappers import Response

from trackside.features.ticket import actions, offers, stream
from trackside.features.ticket import fields as field_rules
from trackside.features.ticket.fields import Field
from trackside.features.ticket.model import REALM, Hit, Ticket, ticket_ref
from trackside.features.ticket.stream import FieldChange
from trackside.kernel.dates import from_stamp
from trackside.kernel.errors import Invalid
from trackside.kernel.site_settings import ProjectSettings
from trackside.kernel.text import split_names
from trackside.kernel.work import Work
from trackside.markup.render import Piece, render_all
from trackside.web import formats, furniture

TABLES = {"csv": "csv", "tab": "tab", "text/csv": "csv", "text/tab-separated-values": "tab"}
FEEDS = ("rss", "application/rss+xml")


def ticket(work: Work, id: int, kind: str) -> Response:
    """All fields of one ticket, as a table with one row."""
    one = actions.read_ticket(work, id)
    if kind in FEEDS:
        return _history(work, one)
    if kind not in TABLES:
        raise Invalid("There is no form “%(kind)s” of a ticket; csv, tab and rss there are.", kind=kind)
    person = furniture.person_name(work)
    names = [f.name for f in offers.fields_of(work) if f.kind != "time" or f.is_custom]
    cells = [_people(one[name], person) if name in _PEOPLE else one[name] for name in names]
    return formats.table(TABLES[kind], f"t{id}", ["id", *names], [[id, *cells]])


def _history(work: Work, one: Ticket) -> Response:
    """What happened to a ticket, as a feed."""
    href, person = work.href.absolute(), furniture.person_name(work)
    fields = offers.fields_of(work)
    entries = stream.group(actions.list_changes(work, one.id))
    keeps = actions.keeps_newlines(work)
    pieces = [
        Piece(text, one.ref, keep_newlines=keeps)
        for text in (one["description"], *(e.comment for e in entries))
    ]
    description, *texts = render_all(work, pieces)
    items = []
    for entry, text in zip(entries, texts, strict=True):
        labels = [fields[c.field].label if c.field in fields else c.field for c in entry.fields]
        address = href(REALM, one.id, fragment=f"comment:{entry.number}")
        lines = Markup("").join(
            Markup("<li><strong>%s</strong>: %s → %s</li>") % (label, *_seen(change, person))
            for label, change in zip(labels, entry.fields, strict=True)
        )
        html = Markup("<ul>%s</ul>%s") % (lines, text) if lines else text
        title = work.locale.gettext("%(fields)s changed", fields=", ".join(labels)) if labels else ""
        at = from_stamp(entry.at)
        items.append(formats.Item(title, address, address, at, person(entry.author), html, "Ticket"))
    title = f"{work.settings(ProjectSettings).name}: #{one.id}: {one['summary']}"
    return formats.rss(formats.Channel(title, href(REALM, one.id), description, "en-us"), items)


def _seen(change: FieldChange, person: Callable[[str | None], str]) -> tuple[str, str]:
    """Both sides of a change, addresses of people as this reader may see them."""
    if change.field in _PEOPLE:
        return _people(change.old, person), _people(change.new, person)
    return change.old, change.new


_PEOPLE = ("owner", "reporter", "cc")


def _people(text: str, person: Callable[[str | None], str]) -> str:
    return " ".join(person(name) for name in split_names(text))


def tickets(work: Work, kind: str, columns: Sequence[Field], hits: Sequence[Hit]) -> Response:
    """The shown columns of a list; labels stand in the first row."""
    person = furniture.person_name(work)
    rows = [
        [hit.id, *(_cell(work, field, hit.values[field.name], person) for field in columns)] for hit in hits
    ]
    return formats.table(kind, "query", ["id", *(field.label for field in columns)], rows)


def _cell(work: Work, field: Field, value: object, person: Callable[[str | None], str]) -> str:
    if field.kind == "time":
        moment = from_stamp(value) if isinstance(value, int) else field_rules.read_time(str(value))
        return work.locale.moment(moment) if moment else ""
    text = str(value)
    if field.name in _PEOPLE:
        return ", ".join(person(name.strip()) for name in re.split("[,;]", text) if name.strip())
    return text


def feed(work: Work, address: str, hits: Sequence[Hit]) -> Response:
    """The tickets of a list with their descriptions."""
    href, person = work.href.absolute(), furniture.person_name(work)
    texts = render_all(work, [Piece(str(hit.values["description"]), ticket_ref(hit.id)) for hit in hits])
    items = [
        formats.Item(
            title=f"#{hit.id}: {hit.values['summary']}",
            href=href(REALM, hit.id),
            guid=href(REALM, hit.id),
            at=from_stamp(int(hit.values["time"] or 0)),
            person=person(str(hit.values["reporter"])),
            html=html,
            category="Results",
        )
        for hit, html in zip(hits, texts, strict=True)
    ]
    project = work.settings(ProjectSettings)
    title = f"{project.name}: {work.locale.gettext('Tickets')}"
    return formats.rss(formats.Channel(title, work.href.origin + address, project.descr), items)
