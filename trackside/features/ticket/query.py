"""The query language: its three spellings to one Query value, and that value back to an address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from urllib.parse import parse_qsl

from trackside.features.ticket.fields import Field, Fields
from trackside.kernel import dates
from trackside.kernel.errors import Invalid

Pairs = list[tuple[str, str | None]]

MODES = ("", "~", "^", "$")
DEFAULT_ORDER = "priority"
MAX_COLUMNS = 7
_LAST_COLUMNS = ("reporter", "keywords", "cc")
_PSEUDO = frozenset(
    [
        "order",
        "desc",
        "group",
        "groupdesc",
        "col",
        "row",
        "rows",
        "max",
        "page",
        "format",
        "verbose",
        "report",
    ]
)
_UNESCAPED_AND = re.compile(r"(?<!\\)&")
_UNESCAPED_BAR = re.compile(r"(?<!\\)\|")
_OPERATOR = re.compile(r"(!?[~^$]?)\Z")
_FORM_FILTER = re.compile(r"(\d{1,3})_(.+)\Z")
_ID_RANGE = re.compile(r"(\d{1,18})(?:-(\d{1,18}))?\Z")
_WORD = re.compile(r'-?"[^"]*"|\S+')


@dataclass(frozen=True, slots=True)
class Filter:
    """`field` compared with `values`. `mode` is "" for equal, ~ contains, ^ starts with, $ ends with."""

    field: str
    values: tuple[str, ...]
    mode: str = ""
    is_negated: bool = False

    @property
    def operator(self) -> str:
        return ("!" if self.is_negated else "") + self.mode


Clause = tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """Which tickets (`clauses` are ORed, their filters ANDed) and how to show them.

    `columns` None are the default ones; `max` None is the configured page size and 0 no limit. `unknown`
    are words that name no field.
    """

    clauses: tuple[Clause, ...] = ()
    columns: tuple[str, ...] | None = None
    rows: tuple[str, ...] = ()
    order: str = DEFAULT_ORDER
    is_descending: bool = False
    group: str = ""
    is_group_descending: bool = False
    max: int | None = None
    page: int = 1
    report: str = ""
    format: str = ""
    unknown: tuple[str, ...] = ()

    @property
    def fields(self) -> list[str]:
        """The fields that the filters look at, in their order."""
        return list(dict.fromkeys(f.field for clause in self.clauses for f in clause))


def make_filter(field: str, raw: Sequence[str]) -> Filter:
    """A filter of values that carry their operator in front; the first decides for all of them."""
    first = raw[0] if raw else ""
    is_negated = first.startswith("!")
    rest = first[1:] if is_negated else first
    mode = rest[0] if rest[:1] in ("~", "^", "$") and rest != "$USER" else ""
    cut = int(is_negated) + len(mode)
    return Filter(field, tuple(value[cut:] for value in raw), mode, is_negated)


class _Builder:
    """Collects filters and parameters in the order they come."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self.clauses: list[dict[str, list[str]]] = [{}]
        self.named: dict[str, list[str]] = {}
        self.unknown: list[str] = []

    def begin_clause(self) -> None:
        self.clauses.append({})

    def add(self, name: str, values: Iterable[str]) -> None:
        if name in _PSEUDO:
            self.named.setdefault(name, []).extend(values)
            return
        field = self.fields.resolve(name)
        if field is None:
            self.unknown.append(name)
        else:
            self.clauses[-1].setdefault(field, []).extend(values)

    def finish(self) -> Query:
        clauses = tuple(
            tuple(make_filter(field, values) for field, values in clause.items())
            for clause in self.clauses
            if clause
        )
        return _with_parameters(Query(clauses, unknown=tuple(dict.fromkeys(self.unknown))), self)


def _with_parameters(query: Query, built: _Builder) -> Query:
    named, fields = built.named, built.fields

    def last(name: str) -> str:
        return named[name][-1].strip() if named.get(name) else ""

    order, group = fields.resolve(last("order")), fields.resolve(last("group"))
    columns = [fields.resolve(name) for name in named.get("col", ())]
    rows = [fields.resolve(name) for name in (*named.get("row", ()), *named.get("rows", ()))]
    if last("verbose") not in ("", "0"):
        rows.append("description")
    return replace(
        query,
        columns=_unique(["id", *columns]) if "col" in named else None,
        rows=_unique([name for name in rows if name != "id"]),
        order=order or DEFAULT_ORDER,
        is_descending=last("desc") in ("1", "true", "yes", "on"),
        group=group if group and group != "id" else "",
        is_group_descending=last("groupdesc") in ("1", "true", "yes", "on"),
        max=_limit(last("max")) if "max" in named else None,
        page=_page(last("page")) if "page" in named else 1,
        report=last("report"),
        format=last("format"),
    )


def _unique(names: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))


def _limit(text: str) -> int:
    if text in ("", "none"):
        return 0
    if not (text.isdecimal() and text.isascii() and len(text) < 10):
        raise Invalid("“max” says how many tickets a page holds; “%(text)s” is no such number.", text=text)
    return int(text)


def _page(text: str) -> int:
    if not (text.isdecimal() and text.isascii() and len(text) < 10 and int(text)):
        raise Invalid("“%(text)s” is not the number of a page.", text=text)
    return int(text)


def from_pairs(pairs: Iterable[tuple[str, str]], fields: Fields) -> Query:
    """The spelling of an address: repeated parameters, the operator in front of the value."""
    builder = _Builder(fields)
    for name, value in pairs:
        if name == "or":
            builder.begin_clause()
        else:
            builder.add(name, [value])
    return builder.finish()


def from_text(text: str, fields: Fields) -> Query:
    """The spelling of wiki links and macros, `field!~=a|b&or&…`; with a leading `?` that of an address.

    Raises Invalid for a filter that has no `=` or no field.
    """
    if text.startswith("?"):
        return from_pairs(parse_qsl(text[1:], keep_blank_values=True), fields)
    builder = _Builder(fields)
    for part in _UNESCAPED_AND.split(text):
        if part == "or":
            builder.begin_clause()
        elif part:
            _add_part(builder, part)
    return builder.finish()


def _add_part(builder: _Builder, part: str) -> None:
    left, equals, right = part.partition("=")
    match = _OPERATOR.search(left)
    operator = match[1] if match else ""
    name = left[: len(left) - len(operator)]
    if not equals or not name:
        raise Invalid("“%(part)s” in the query is not of the form field=value.", part=part)
    values = [value.replace(r"\&", "&").replace(r"\|", "|") for value in _UNESCAPED_BAR.split(right)]
    builder.add(name, [operator + value for value in values])


def from_form(form: Iterable[tuple[str, str]], fields: Fields) -> Query:
    """The spelling of the page's own form: `0_summary`, `0_summary_mode`, `0_time_end`, and its buttons."""
    pairs = list(form)
    sent: dict[str, list[str]] = {}
    for name, value in pairs:
        sent.setdefault(name, []).append(value)
    clauses: dict[int, dict[str, list[str]]] = {}
    for name, values in sent.items():
        match = _FORM_FILTER.match(name)
        field = fields.resolve(match[2]) if match else None
        if match and field:
            operator = sent.get(name + "_mode", [""])[0]
            kept = _without_removed(sent, name, _with_ends(values, sent.get(name + "_end")))
            if kept:
                clauses.setdefault(int(match[1]), {})[field] = [operator + value for value in kept]
    _press_buttons(sent, clauses, fields)
    builder = _Builder(fields)
    for name, value in pairs:
        if name in _PSEUDO:
            builder.add(name, [value])
    builder.clauses = [clauses[number] for number in sorted(clauses)]
    return builder.finish()


def _with_ends(values: Sequence[str], ends: Sequence[str] | None) -> list[str]:
    if ends is None:
        return list(values)
    return [f"{start}..{end}" for start, end in zip(values, ends, strict=False)]


def _without_removed(sent: Mapping[str, list[str]], name: str, values: Sequence[str]) -> list[str]:
    if f"rm_filter_{name}_all" in sent:
        return []
    return [value for i, value in enumerate(values) if f"rm_filter_{name}_{i}" not in sent]


def _press_buttons(
    sent: Mapping[str, list[str]], clauses: dict[int, dict[str, list[str]]], fields: Fields
) -> None:
    for name in sent:
        number = name.removeprefix("add_")
        if not (name.startswith("add_") and number.isdecimal() and len(number) < 4):
            continue
        wanted = fields.resolve(sent.get(f"add_filter_{number}", [""])[0])
        if wanted:
            clauses.setdefault(int(number), {}).setdefault(wanted, _first_values(wanted, fields))
        other = fields.resolve(sent.get(f"add_clause_{number}", [""])[0])
        if other:
            clauses[max(clauses, default=-1) + 1] = {other: _first_values(other, fields)}


def _first_values(name: str, fields: Fields) -> list[str]:
    """What a filter that was just added starts with: something that restricts little."""
    field = fields.get(name)
    if field is None:
        return [""]
    if field.kind == "time":
        return [".."]
    if field.kind == "checkbox":
        return ["1"]
    return [field.options[0]] if field.is_choice else ["~"]


def is_idle(one: Filter) -> bool:
    """Whether the filter is only there to say that none is wanted: `id=`."""
    return one.field == "id" and not one.operator and not any(one.values)


def without_filter(query: Query, clause: int, position: int) -> Query:
    """The same query with one filter less."""
    kept = tuple(
        tuple(f for j, f in enumerate(filters) if (i, j) != (clause, position))
        for i, filters in enumerate(query.clauses)
    )
    return replace(query, clauses=tuple(c for c in kept if c), page=1)


def for_user(query: Query, user: str) -> Query:
    """`$USER` replaced by who asks."""
    return replace(
        query,
        clauses=tuple(
            tuple(replace(f, values=tuple(v.replace("$USER", user) for v in f.values)) for f in clause)
            for clause in query.clauses
        ),
    )


def without_user(query: Query) -> Query:
    """Without the filters on `$USER`, for a visitor whom nothing tells apart."""
    kept = (tuple(f for f in c if not any(v.endswith("$USER") for v in f.values)) for c in query.clauses)
    return replace(query, clauses=tuple(clause for clause in kept if clause))


def columns_of(query: Query, fields: Fields) -> tuple[str, ...]:
    """The columns to show, `id` first."""
    return query.columns if query.columns is not None else default_columns(query, fields)


def default_columns(query: Query, fields: Fields) -> tuple[str, ...]:
    plain = [f.name for f in fields if f.kind != "textarea" and f.name != "summary"]
    ordered = [name for name in plain if name not in _LAST_COLUMNS]
    ordered += [name for name in _LAST_COLUMNS if name in plain]
    constrained = [name for name in plain if name in query.fields]
    columns = list(dict.fromkeys(["id", "summary", *constrained, *ordered]))
    fixed = (name for name in query.fields if name in fields and _is_fixed(query, fields[name]))
    hidden = {query.group, *fixed}
    if "status" in query.fields and not _mentions_closed(query):
        hidden.add("resolution")
    columns = [name for name in columns if name not in hidden][:MAX_COLUMNS]
    if query.order not in columns and query.order in (*plain, "summary"):
        columns[-1] = query.order
    return tuple(columns)


def _is_fixed(query: Query, field: Field) -> bool:
    """Whether every filter on the field names one plain value: then a column of it says nothing."""
    filters = [f for clause in query.clauses for f in clause if f.field == field.name]
    return field.kind != "time" and all(not f.operator and _is_plain(f.values) for f in filters)


def _is_plain(values: Sequence[str]) -> bool:
    return len(values) == 1 and values[0] not in ("", "$USER")


def _mentions_closed(query: Query) -> bool:
    return any(
        f.field == "status" and not f.operator and "closed" in f.values for c in query.clauses for f in c
    )


def to_pairs(query: Query, fields: Fields) -> Pairs:
    """The canonical address: clauses with their fields by name, then the parameters that are not defaults."""
    # An address without any filter would mean the default query.
    pairs: Pairs = [] if query.clauses else [("id", "")]
    for i, clause in enumerate(query.clauses):
        if i:
            pairs.append(("or", None))
        for one in sorted(clause, key=lambda f: f.field):
            pairs += [(one.field, one.operator + value) for value in one.values]
    return pairs + _parameters(query, fields)


def _parameters(query: Query, fields: Fields) -> Pairs:
    order = query.order if query.order != DEFAULT_ORDER else ""
    columns = query.columns or ()
    if columns and columns == default_columns(query, fields):
        columns = ()
    optional = [
        ("report", query.report),
        ("group", query.group),
        ("groupdesc", "1" if query.is_group_descending else ""),
        ("max", "" if query.max is None else str(query.max)),
        ("order", order),
        ("desc", "1" if query.is_descending else ""),
        *(("col", name) for name in columns),
        *(("row", name) for name in query.rows),
        ("page", str(query.page) if query.page > 1 else ""),
        ("format", query.format),
    ]
    return [(name, value) for name, value in optional if value]


def weight(one: Filter) -> int:
    """About how many comparisons a filter is."""
    if one.field == "id":
        return sum(value.count(",") + 1 for value in one.values)
    return 1 + sum(len(words(value)) if one.mode else 1 for value in one.values)


def id_ranges(one: Filter) -> list[tuple[int, int]]:
    """The ranges of an id filter, ends included; reversed ones vanish. Raises Invalid for anything else."""
    ranges = []
    for item in ",".join(one.values).split(","):
        item = item.strip()
        if not item:
            continue
        match = _ID_RANGE.match(item)
        if not match:
            raise Invalid("“%(text)s” is not a number of a ticket or a range as 3-7.", text=item)
        first, last = int(match[1]), int(match[2] or match[1])
        if first <= last:
            ranges.append((first, last))
    return ranges


def time_range(value: str, zone: tzinfo, now: datetime) -> tuple[int | None, int | None]:
    """The half-open range of stamps that `start..end` means. Raises Invalid for what is no date."""
    start, _, end = value.partition("..")
    return _stamp(start, zone, now), _stamp(end, zone, now)


def _stamp(text: str, zone: tzinfo, now: datetime) -> int | None:
    return dates.to_stamp(dates.parse(text, zone, now)) if text.strip() else None


def words(value: str) -> list[tuple[str, bool]]:
    """The words a list field must hold, each with whether it must not; "two words" stay together."""
    found = []
    for item in _WORD.findall(value):
        is_excluded = item.startswith("-")
        word = item[is_excluded:].strip('"')
        if word:
            found.append((word, is_excluded))
    return found
