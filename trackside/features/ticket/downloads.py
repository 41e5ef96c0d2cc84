"""A ticket, and the tickets of a list, as tables and feeds for other programs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from werkzeug.wrappers import Response

from trackside.features.ticket import actions, offers
from trackside.features.ticket import fields as field_rules
from trackside.features.ticket.fields import Field
from trackside.features.ticket.model import REALM, Hit, ticket_ref
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
    if kind not in TABLES:
        raise Invalid("There is no form “%(kind)s” of a ticket; csv and tab there are.", kind=kind)
    one = actions.read_ticket(work, id)
    person = furniture.person_name(work)
    names = [f.name for f in offers.fields_of(work) if f.kind != "time" or f.is_custom]
    cells = [_people(one[name], person) if name in _PEOPLE else one[name] for name in names]
    return formats.table(TABLES[kind], f"t{id}", ["id", *names], [[id, *cells]])


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
