"""`[[TicketQuery(…)]]`: the tickets that match, inside of wiki text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from markupsafe import Markup

from trackside.features.ticket import actions, lists, offers
from trackside.features.ticket import query as language
from trackside.features.ticket.fields import Fields
from trackside.features.ticket.lists import Cell, Row
from trackside.features.ticket.model import CLOSED, REALM, Hit
from trackside.features.ticket.query import Query
from trackside.kernel.feature import Macro, MacroCall
from trackside.kernel.i18n import N_
from trackside.kernel.text import shorten
from trackside.kernel.work import Work

_COMMA = re.compile(r"(?<!\\),")
_OWN = ("order", "max", "format", "col")
_NONE = Markup('<span class="query_no_results">%s</span>')
_LINK = Markup('<a class="%s" href="%s" title="%s">#%s</a>')


@dataclass(frozen=True, slots=True)
class Call:
    """The macro's arguments, read: the query, and how to show what it finds."""

    query: Query
    format: str


def read_call(text: str, fields: Fields) -> Call:
    """Raises Invalid for a filter that cannot be read."""
    named: dict[str, str] = {}
    parts: list[str] = []
    filters: dict[str, str] = {}
    for argument in (item.replace(r"\,", ",").strip() for item in _COMMA.split(text)):
        name, equals, value = argument.partition("=")
        if not argument:
            continue
        if argument == "or":
            parts += [*filters.values(), "or"]
            filters = {}
        elif not equals:
            named["format"] = argument
        elif name.strip() in _OWN:
            named[name.strip()] = value.strip()
        else:
            filters[name.strip()] = f"{name.strip()}={value}"
    parts += filters.values()
    query = language.from_text("&".join(parts), fields)
    return Call(_shown(query, named, fields), named.get("format", "list"))


def _shown(query: Query, named: dict[str, str], fields: Fields) -> Query:
    columns = [fields.resolve(name.strip()) for name in named.get("col", "").split("|") if name.strip()]
    limit = named.get("max", str(query.max or 0))
    return replace(
        query,
        order=fields.resolve(named.get("order", "id")) or language.DEFAULT_ORDER,
        columns=("id", *(name for name in columns if name and name != "id")) if columns else query.columns,
        max=int(limit) if limit.isdecimal() and len(limit) < 10 else 0,
    )


def run(work: Work, call: MacroCall) -> str | None:
    fields = offers.fields_of(work)
    asked = read_call(call.text or "", fields)
    query = asked.query
    if asked.format in ("count", "rawcount"):
        return _count(work, query, asked.format)
    if asked.format == "progress":
        return _progress(work, query)
    columns = language.columns_of(query, fields)
    wanted = lists.wanted_columns(query, fields, (*columns, "summary"))
    found = actions.list_tickets(work, query, wanted, query.max or 0)
    if not found.hits:
        return _NONE % work.locale.gettext("No tickets match.")
    if asked.format == "table":
        return _table(work, query, fields, columns, found.hits)
    if asked.format == "compact":
        return _compact(work, query, found.hits)
    return _list(work, query, fields, found.hits)


def _count(work: Work, query: Query, format: str) -> Markup:
    number = actions.count_tickets(work, query)
    title = work.locale.ngettext("%(count)d ticket matches", "%(count)d tickets match", number)
    if format == "rawcount":
        return Markup('<span class="query_count" title="%s">%s</span>') % (title, number)
    return Markup('<a href="%s" title="%s">%s</a>') % (lists.address(work, query), title, number)


def _progress(work: Work, query: Query) -> Markup:
    """How much of what matches is closed; grouped, a line for each value."""
    names = [query.group, "status"] if query.group else ["status"]
    totals: dict[str, list[int]] = {}
    for values, number in actions.tally_tickets(work, query, names).items():
        counts = totals.setdefault(values[0] if query.group else "", [0, 0])
        counts[0] += number if values[-1] == CLOSED else 0
        counts[1] += number
    if not query.group:
        return Markup('<div class="trac-progress">%s</div>') % _bar(work, *totals.get("", [0, 0]))
    line = Markup('<tr><th scope="row"><a href="%s">%s</a></th><td>%s</td></tr>')
    rows = [
        line % (lists.group_address(work, query, value), value or "–", _bar(work, *counts))
        for value, counts in sorted(totals.items())
    ]
    return Markup('<div class="trac-groupprogress"><table>%s</table></div>') % Markup("").join(rows)


def _bar(work: Work, done: int, total: int) -> Markup:
    percent = round(100 * done / total) if total else 0
    label = work.locale.gettext("%(done)d of %(total)d closed", done=done, total=total)
    bar = Markup(
        '<svg class="bar" role="img" aria-label="%s" width="100%%" height="8">'
        '<rect width="%s%%" height="8"></rect></svg><p class="percent">%s%%</p>'
    )
    return bar % (label, percent, percent)


def _link(work: Work, hit: Hit) -> Markup:
    return _LINK % (hit.values["status"], work.href(REALM, hit.id), shorten(hit.values["summary"]), hit.id)


def _groups(query: Query, hits: Sequence[Hit]) -> list[tuple[str, list[Hit]]]:
    if not query.group:
        return [("", list(hits))]
    return [(str(value), list(some)) for value, some in groupby(hits, lambda hit: hit.values[query.group])]


def _list(work: Work, query: Query, fields: Fields, hits: Sequence[Hit]) -> Markup:
    parts = []
    for value, some in _groups(query, hits):
        if query.group:
            address = lists.group_address(work, query, value)
            heading = Markup('<p><a class="query" href="%s">%s</a> %s</p>')
            parts.append(heading % (address, value or "–", work.locale.gettext(fields[query.group].label)))
        items = [Markup("<dt>%s</dt><dd>%s</dd>") % (_link(work, hit), hit.values["summary"]) for hit in some]
        parts.append(Markup('<dl class="wiki compact">%s</dl>') % Markup("").join(items))
    return Markup("<div>%s</div>") % Markup("").join(parts)


def _compact(work: Work, query: Query, hits: Sequence[Hit]) -> Markup:
    if not query.group:
        return Markup("<span>%s</span>") % Markup(", ").join(_link(work, hit) for hit in hits)
    parts = []
    for value, some in _groups(query, hits):
        numbers = ",\u200b".join(f"#{hit.id}" for hit in some)
        address = lists.group_address(work, query, value)
        parts.append(Markup('%s <a class="query" href="%s">%s</a>') % (value, address, numbers))
    return Markup("<span>%s</span>") % Markup(", ").join(parts)


def _table(work: Work, query: Query, fields: Fields, columns: Sequence[str], hits: Sequence[Hit]) -> Markup:
    heads = [work.locale.gettext(lists.label_of(fields, name)) for name in columns]
    head = Markup("").join(Markup("<th>%s</th>") % text for text in heads)
    bodies = []
    for group in lists.make_groups(work, query, fields, columns, hits):
        rows = [_row(row, len(columns)) for row in group.rows]
        if group.value is not None:
            line = Markup('<tr class="group"><th colspan="%s"><a href="%s">%s</a></th></tr>')
            rows.insert(0, line % (len(columns), group.href, group.value or "–"))
        bodies.append(Markup("<tbody>%s</tbody>") % Markup("").join(rows))
    table = Markup('<table class="list listing tickets"><thead><tr>%s</tr></thead>%s</table>')
    return Markup('<div class="table-box">%s</div>') % (table % (head, Markup("").join(bodies)))


def _row(row: Row, width: int) -> Markup:
    cells = Markup("").join(_cell(cell, row.href) for cell in row.cells)
    line = Markup('<tr class="%s"><td class="id"><a href="%s">#%s</a></td>%s</tr>')
    parts = [line % (row.css, row.href, row.id, cells)]
    full = Markup('<tr class="fullrow"><td colspan="%s">%s</td></tr>')
    parts += [full % (width, html) for _, html in row.texts]
    return Markup("").join(parts)


def _cell(cell: Cell, address: str) -> Markup:
    if cell.kind == "link":
        return Markup('<td class="summary"><a href="%s">%s</a></td>') % (address, cell.text)
    if cell.kind in ("open", "closed"):
        return Markup('<td><span class="pill %s">%s</span></td>') % cell
    return Markup("<td>%s</td>") % cell.text


MACROS = (
    Macro(
        "TicketQuery",
        run,
        N_("The tickets that match a query: [[TicketQuery(status=!closed, milestone=1.0, format=table)]]."),
    ),
)
