"""A list of tickets as its page shows it: filters as sentences, columns, rows in groups. Plain values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from markupsafe import Markup

from trackside.features.ticket import actions, offers
from trackside.features.ticket import fields as field_rules
from trackside.features.ticket import query as language
from trackside.features.ticket.fields import Field, Fields
from trackside.features.ticket.model import CLOSED, REALM, Hit, ticket_ref
from trackside.features.ticket.query import Filter, Query
from trackside.kernel.dates import from_stamp
from trackside.kernel.i18n import N_
from trackside.kernel.text import split_names
from trackside.kernel.work import Work
from trackside.markup.render import Piece, render_all
from trackside.web import furniture

SHOWN_PAGES = 4
VERBS = {
    "": N_("is"),
    "!": N_("is not"),
    "~": N_("contains"),
    "!~": N_("does not contain"),
    "^": N_("starts with"),
    "!^": N_("does not start with"),
    "$": N_("ends with"),
    "!$": N_("does not end with"),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter as a sentence. `starts_clause` marks the first of a further alternative."""

    label: str
    verb: str
    value: str
    without: str
    starts_clause: bool


class Cell(NamedTuple):
    """`kind` says how a value looks: text, opt (where there is room), link, open, closed, time, or p0 to p3
    for a priority with so many bars. A tuple, since a template takes hundreds of them apart.
    """

    kind: str
    text: str


class Row(NamedTuple):
    id: int
    href: str
    css: str
    cells: Sequence[Cell]
    texts: Sequence[tuple[str, Markup]]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows with one value of the field that the list is grouped by; `value` None where it is not grouped."""

    value: str | None
    href: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Heading:
    name: str
    label: str
    href: str
    state: str
    css: str


@dataclass(frozen=True, slots=True)
class Pager:
    """`pages` are (number, address), with None for what is left out."""

    page: int
    pages: Sequence[tuple[int, str] | None]
    previous: str
    next: str
    start: int
    end: int
    total: int


def address(work: Work, query: Query, **changes: Any) -> str:
    """The list's own address, with something changed."""
    pairs = language.to_pairs(replace(query, **changes), offers.fields_of(work))
    return work.href("query", query=pairs)


def make_chips(work: Work, query: Query, fields: Fields) -> list[Chip]:
    """Each filter as a sentence, with the address of the list without it."""
    chips = []
    for i, clause in enumerate(query.clauses):
        for j, one in enumerate(clause):
            if language.is_idle(one):
                continue
            href = address(work, language.without_filter(query, i, j))
            verb, value = _sentence(one, fields.get(one.field), work.locale.gettext)
            chips.append(Chip(label_of(fields, one.field), verb, value, href, bool(i) and not j))
    return chips


def label_of(fields: Fields, name: str) -> str:
    field = fields.get(name)
    return field.label if field else N_("Ticket")


def _sentence(one: Filter, field: Field | None, _: Callable[[str], str]) -> tuple[str, str]:
    values = [value for value in one.values if value]
    if field is not None and field.kind == "checkbox":
        return _(VERBS[one.operator]), _(N_("set")) if one.values[0] == "1" else _(N_("not set"))
    if not values and not one.mode:
        return (_(N_("is set")) if one.is_negated else _(N_("is empty"))), ""
    if field is not None and field.kind == "time":
        return (_(N_("is not")) if one.is_negated else _(N_("is"))), ", ".join(_span(v, _) for v in values)
    link = ", " if one.is_negated else f" {_(N_('or'))} "
    return _(VERBS[one.operator]), link.join(values) or "…"


def _span(value: str, _: Callable[[str], str]) -> str:
    start, dots, end = (part.strip() for part in value.partition(".."))
    if start and end:
        return f"{start} – {end}"
    if end:
        return f"{_(N_('before'))} {end}"
    return f"{_(N_('since'))} {start}" if start else "…"


def make_headings(work: Work, query: Query, fields: Fields, columns: Sequence[str]) -> list[Heading]:
    """Columns that sort when clicked, and turn round when clicked again."""
    headings = []
    for place, name in enumerate(columns):
        is_order = query.order == name
        turned = is_order and not query.is_descending
        state = ("descending" if query.is_descending else "ascending") if is_order else ""
        href = address(work, query, order=name, is_descending=turned, page=1)
        css = "opt" if place > 1 and name not in ("status", "priority") else ""
        headings.append(Heading(name, label_of(fields, name), href, state, css))
    return headings


def wanted_columns(query: Query, fields: Fields, columns: Sequence[str]) -> list[str]:
    """The values that the page needs: columns, full rows, grouping, and what a row is styled by."""
    names = dict.fromkeys([*columns, *query.rows, query.group, "status", "priority"])
    return [name for name in names if name in fields]


def make_groups(
    work: Work, query: Query, fields: Fields, columns: Sequence[str], hits: Sequence[Hit]
) -> list[Group]:
    """The rows of a page; consecutive ones with the same value of the grouping field together."""
    maker = _RowMaker(work, fields, columns)
    texts = _full_rows(work, fields, query.rows, hits)
    groups: list[Group] = []
    rows: list[Row] = []
    last: object = None
    for hit in hits:
        value = hit.values[query.group] if query.group else None
        if not groups or value != last:
            rows = []
            shown = maker.text(fields[query.group], value) if query.group else None
            groups.append(Group(shown, group_address(work, query, str(value)) if query.group else "", rows))
            last = value
        rows.append(maker.row(hit, texts.get(hit.id, ())))
    return groups


def group_address(work: Work, query: Query, value: str) -> str:
    """The same list, of one group only."""
    one = Filter(query.group, (value,))
    clauses = tuple(
        (*(f for f in clause if f.field != query.group), one) for clause in query.clauses or ((),)
    )
    return address(work, query, clauses=clauses, group="", page=1)


def _full_rows(
    work: Work, fields: Fields, names: Sequence[str], hits: Sequence[Hit]
) -> dict[int, list[tuple[str, Markup]]]:
    wanted = [(hit, fields[name]) for hit in hits for name in names if name in fields and hit.values[name]]
    keeps = actions.keeps_newlines(work) if wanted else False
    pieces = [Piece(str(h.values[f.name]), ticket_ref(h.id), keep_newlines=keeps) for h, f in wanted]
    found: dict[int, list[tuple[str, Markup]]] = {}
    for (hit, field), html in zip(wanted, render_all(work, pieces) if pieces else (), strict=True):
        found.setdefault(hit.id, []).append((field.label, html))
    return found


class _RowMaker:
    """Makes the cells of rows; what is the same for all of them is looked up once."""

    def __init__(self, work: Work, fields: Fields, columns: Sequence[str]) -> None:
        self._work = work
        shown = [fields[name] for name in columns if name in fields]
        self._person = furniture.person_name(work)
        self._ago = furniture.time_tag(work)
        self._ranks = {v.name: v.rank for v in offers.choices_of(work).enums.get("priority", ())}
        steps = max(max(self._ranks.values(), default=1) - 1, 1)
        self._levels = {n: f"p{max(0, 3 - round((r - 1) * 4 / steps))}" for n, r in self._ranks.items()}
        self._prefix = work.href(REALM)
        self._makers = [(field.name, self._maker(place, field)) for place, field in enumerate(shown)]

    def row(self, hit: Hit, texts: Sequence[tuple[str, Markup]]) -> Row:
        href = f"{self._prefix}/{hit.id}"
        values = hit.values
        is_closed = values.get("status") == CLOSED
        rank = self._ranks.get(values.get("priority", ""), 0)
        css = f"prio{rank} closed" if is_closed else f"prio{rank}"
        return Row(hit.id, href, css, [make(values[name]) for name, make in self._makers], texts)

    def _maker(self, place: int, field: Field) -> Callable[[Any], Cell]:
        """What makes the cells of one column."""
        kind = _cell_kind(field)
        if kind == "time":
            return lambda value: Cell("time", self._ago(_moment(value)))
        if kind == "link":
            return lambda value: Cell("link", value)
        if kind == "state":
            return lambda value: Cell("closed" if value == CLOSED else "open", value)
        if kind == "priority":
            return lambda value: Cell(self._levels.get(value, "p0"), value)
        look = "opt" if place else "text"
        if kind == "plain":
            return lambda value: Cell(look, value)
        return lambda value: Cell(look, self.text(field, value))

    def text(self, field: Field, value: object) -> str:
        text = str(value)
        if field.kind == "time":
            moment = _moment(value)
            return self._work.locale.day(moment) if moment else ""
        if field.kind == "checkbox":
            return self._work.locale.gettext("yes") if text == "1" else ""
        if field.name in ("owner", "reporter"):
            return self._person(text)
        if field.name == "cc":
            return ", ".join(self._person(name) for name in split_names(text))
        return text


def _moment(value: object) -> datetime | None:
    return from_stamp(value) if isinstance(value, int) else field_rules.read_time(str(value))


def _cell_kind(field: Field) -> str:
    kinds = {"summary": "link", "status": "state", "priority": "priority"}
    if field.name in kinds and not field.is_custom:
        return kinds[field.name]
    if field.kind == "time":
        return "time"
    is_as_stored = field.kind != "checkbox" and field.name not in ("owner", "reporter", "cc")
    return "plain" if is_as_stored else "text"


def make_pager(work: Work, query: Query, found: actions.Found) -> Pager | None:
    """The pages around this one, the first and the last; None where all fits on one."""
    if found.pages <= 1:
        return None
    near = range(max(1, found.page - SHOWN_PAGES), min(found.pages, found.page + SHOWN_PAGES) + 1)
    numbers = sorted({1, found.pages, *near})
    pages: list[tuple[int, str] | None] = []
    for number in numbers:
        if pages and (last := pages[-1]) is not None and number > last[0] + 1:
            pages.append(None)
        pages.append((number, address(work, query, page=number)))
    start = found.limit * (found.page - 1)
    return Pager(
        found.page,
        pages,
        address(work, query, page=found.page - 1) if found.page > 1 else "",
        address(work, query, page=found.page + 1) if found.page < found.pages else "",
        start + 1,
        start + len(found.hits),
        found.total,
    )


@dataclass(frozen=True, slots=True)
class FilterControl:
    """A filter of the form: its name in it, the ways to compare, and what was typed."""

    name: str
    label: str
    kind: str
    operator: str
    operators: Sequence[tuple[str, str]]
    values: Sequence[str]
    ends: Sequence[str]
    options: Sequence[str]


def make_filter_controls(query: Query, fields: Fields) -> list[list[FilterControl]]:
    """The clauses of the query as a form that works without script."""
    return [
        [_filter_control(i, one, fields) for one in clause if not language.is_idle(one)]
        for i, clause in enumerate(query.clauses)
    ]


def _filter_control(number: int, one: Filter, fields: Fields) -> FilterControl:
    field = fields.get(one.field)
    kind = "id" if field is None else field.kind
    operators = ["", "!"] if kind in ("select", "radio", "checkbox", "id", "time") else list(VERBS)
    if one.operator not in operators:
        operators.append(one.operator)
    spans = [value.partition("..") for value in one.values]
    options = list(field.options) if field else []
    return FilterControl(
        f"{number}_{one.field}",
        label_of(fields, one.field),
        kind,
        one.operator,
        [(operator, VERBS[operator]) for operator in operators],
        [start for start, _, _ in spans] if kind == "time" else list(one.values),
        [end for _, _, end in spans] if kind == "time" else (),
        [*options, *(value for value in one.values if value not in options)],
    )


def selectable(fields: Fields, columns: Sequence[str]) -> list[Field]:
    """The fields that may be columns, those that are first and in their order."""
    shown = [fields[name] for name in columns if name in fields]
    return shown + [field for field in fields if field.kind != "textarea" and field.name not in columns]


def groupable(fields: Fields) -> list[Field]:
    return [f for f in fields if f.is_choice or f.kind == "checkbox" or f.name in ("owner", "reporter")]
