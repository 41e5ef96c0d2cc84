"""Which tickets a query finds, and which ones hold some words, over the tables of tickets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    cast,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    true,
)

from trackside.db.dialects import cast_int, contains, ends_with, starts_with
from trackside.db.schema import enum, milestone, ticket, ticket_change, ticket_custom, version
from trackside.features.ticket import query as language
from trackside.features.ticket.fields import ENUM_TYPES, Field, Fields, store_time
from trackside.features.ticket.model import BASE_COLUMNS, TICKET_VIEW, Hit, ticket_ref
from trackside.features.ticket.query import Filter, Query
from trackside.kernel.access import Scope
from trackside.kernel.errors import Invalid

Text = ColumnElement[str]
Condition = ColumnElement[bool]
Span = tuple[int | None, int | None]

MOST_CONDITIONS = 900  # SQLite takes expressions of a depth of 1000
TIMES = ("time", "changetime")
_MATCH = {"~": contains, "^": starts_with, "$": ends_with}
_LIMIT = bindparam("limit", type_=Integer)
_OFFSET = bindparam("offset", type_=Integer)


@dataclass(frozen=True, slots=True)
class Test:
    """One filter with its values read: ranges of numbers or moments, or texts."""

    field: str
    is_custom: bool
    mode: str
    is_negated: bool
    is_list: bool = False
    texts: tuple[str, ...] = ()
    spans: tuple[Span, ...] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A query with all its words resolved, as its statement needs it. `columns` are the fields to fetch."""

    clauses: tuple[tuple[Test, ...], ...]
    columns: tuple[str, ...]
    order: str
    is_descending: bool
    group: str
    is_group_descending: bool
    custom: frozenset[str]


def plan(query: Query, fields: Fields, columns: Sequence[str], zone: tzinfo, now: datetime) -> Plan:
    """Raises Invalid for a date or number that is none, and for more conditions than a statement can have."""
    if sum(language.weight(f) for c in query.clauses for f in c) + len(query.clauses) > MOST_CONDITIONS:
        raise Invalid(
            "This list asks for too much at once: at most %(most)d conditions.", most=MOST_CONDITIONS
        )
    clauses = tuple(tuple(_test(f, fields.get(f.field), zone, now) for f in c) for c in query.clauses)
    custom = frozenset(field.name for field in fields.custom)
    wanted = dict.fromkeys(name for name in columns if name != "id" and name in fields)
    return Plan(
        clauses,
        tuple(wanted),
        query.order,
        query.is_descending,
        query.group,
        query.is_group_descending,
        custom,
    )


def _test(one: Filter, field: Field | None, zone: tzinfo, now: datetime) -> Test:
    if one.field == "id":
        spans: tuple[Span, ...] = tuple(language.id_ranges(one))
        return Test("id", False, "", one.is_negated, spans=spans)
    assert field is not None
    if field.kind == "time" and any(one.values):
        spans = tuple(language.time_range(value, zone, now) for value in one.values if value.strip())
        return Test(one.field, field.is_custom, "", one.is_negated, spans=spans)
    return Test(one.field, field.is_custom, one.mode, one.is_negated, field.is_list, one.values)


def count(db: Connection, scope: Scope, plan: Plan) -> int:
    """How many tickets match, as far as they may be seen."""
    scope.check(TICKET_VIEW)
    if scope.is_empty:
        return 0
    if scope.test is None:
        return int(db.execute(_count_statement(plan)).scalar_one())
    return len(_visible(db, scope, plan))


def search(db: Connection, scope: Scope, plan: Plan, limit: int = 0, offset: int = 0) -> list[Hit]:
    """The matches in their order, from `offset` on and at most `limit` (0: all)."""
    scope.check(TICKET_VIEW)
    if scope.is_empty:
        return []
    if scope.test is None:
        values = {"limit": limit, "offset": offset} if limit else {}
        return _hits(db.execute(_statement(plan, bool(limit)), values), plan)
    hits = _visible(db, scope, plan)
    return hits[offset : offset + limit] if limit else hits[offset:]


def tally(db: Connection, scope: Scope, plan: Plan) -> dict[tuple[str, ...], int]:
    """How many of the matches that may be seen have each combination of the values of `plan.columns`."""
    scope.check(TICKET_VIEW)
    if scope.is_empty:
        return {}
    if scope.test is not None:
        return Counter(tuple(hit.values.values()) for hit in _visible(db, scope, plan))
    counts: Counter[tuple[str, ...]] = Counter()
    for *values, number in db.execute(_tally_statement(plan)):
        counts[tuple(value or "" for value in values)] += number
    return counts


def _visible(db: Connection, scope: Scope, plan: Plan) -> list[Hit]:
    return scope.filter(_hits(db.execute(_statement(plan, False)), plan), lambda hit: ticket_ref(hit.id))


def _hits(rows: Any, plan: Plan) -> list[Hit]:
    names = plan.columns
    return [
        Hit(
            row[0],
            {n: v if v is not None else "" for n, v in zip(names, row[1:], strict=True)},
        )
        for row in rows
    ]


@lru_cache(maxsize=256)
def _statement(plan: Plan, is_limited: bool) -> Select[Any]:
    source = _Source(plan.custom)
    columns = [source.raw(name).label(name) for name in plan.columns]
    where = _where(source, plan)
    orders: list[ColumnElement[Any]] = []
    for name, descends in ((plan.group, plan.is_group_descending), (plan.order, plan.is_descending)):
        if name:
            orders += [one.desc() if descends else one.asc() for one in source.keys(name)]
    statement = select(ticket.c.id, *columns).select_from(source.table).where(where).order_by(*orders)
    statement = statement.order_by(ticket.c.id)
    return statement.limit(_LIMIT).offset(_OFFSET) if is_limited else statement


@lru_cache(maxsize=256)
def _count_statement(plan: Plan) -> Select[Any]:
    source = _Source(plan.custom)
    where = _where(source, plan)
    return select(func.count()).select_from(source.table).where(where)


@lru_cache(maxsize=64)
def _tally_statement(plan: Plan) -> Select[Any]:
    source = _Source(plan.custom)
    columns: list[ColumnElement[Any]] = [source.text(name) for name in plan.columns]
    where = _where(source, plan)
    return select(*columns, func.count()).select_from(source.table).where(where).group_by(*columns)


class _Source:
    """The ticket table, joined with whatever the fields that are asked for stand in."""

    def __init__(self, custom: frozenset[str]) -> None:
        self.table: FromClause = ticket
        self._custom = custom
        self._joined: dict[str, Any] = {}

    def raw(self, name: str) -> ColumnElement[Any]:
        """The column of a field as stored, NULL included."""
        if name == "id" or name in TIMES or (name in BASE_COLUMNS and name not in self._custom):
            return ticket.c[name]
        alias = self._join(
            ticket_custom, f"c_{name}", lambda c: and_(c.ticket == ticket.c.id, c.name == name)
        )
        return alias.c.value  # type: ignore[no-any-return]

    def text(self, name: str) -> Text:
        return func.coalesce(self.raw(name), "")

    def keys(self, name: str) -> list[ColumnElement[Any]]:
        """What to order by: blanks last, choices by their place in the list."""
        if name == "id" or name in TIMES:
            return [self.raw(name)]
        if name in self._custom:
            return [self.text(name) == "", self.text(name)]
        if name in ENUM_TYPES:
            kind = ENUM_TYPES[name]
            place = self._join(enum, f"e_{name}", lambda c: and_(c.type == kind, c.name == ticket.c[name]))
            return [func.coalesce(place.c.value, "") == "", cast_int(place.c.value)]
        if name == "milestone":
            stone = self._join(milestone, "m", lambda c: c.name == ticket.c.milestone)
            dates = [stone.c.completed, stone.c.due]
        elif name == "version":
            dates = [self._join(version, "v", lambda c: c.name == ticket.c.version).c.time]
        else:
            dates = []
        unset = [part for date in dates for part in (func.coalesce(date, 0) == 0, date)]
        return [self.text(name) == "", *unset, self.text(name)]

    def _join(self, table: Any, alias: str, on: Any) -> Any:
        joined = self._joined.get(alias)
        if joined is None:
            joined = self._joined[alias] = table.alias(alias)
            self.table = self.table.outerjoin(joined, on(joined.c))
        return joined


def _where(source: _Source, plan: Plan) -> Condition:
    clauses = [and_(true(), *(_condition(source, test) for test in clause)) for clause in plan.clauses]
    return or_(*clauses) if clauses else true()


def _condition(source: _Source, test: Test) -> Condition:
    if test.spans is not None:
        return _in_spans(source, test)
    if test.field in TIMES and not test.is_custom:
        return false()
    if test.mode:
        return _matches(source.text(test.field), test)
    column = source.text(test.field)
    if len(test.texts) == 1:
        return column != test.texts[0] if test.is_negated else column == test.texts[0]
    return column.not_in(test.texts) if test.is_negated else column.in_(test.texts)


def _matches(column: Text, test: Test) -> Condition:
    texts = [text for text in test.texts if text]
    if not texts:
        return true()
    if test.is_list and test.mode == "~":
        found = or_(*(_holds_words(column, text) for text in texts))
    else:
        found = or_(*(_MATCH[test.mode](column, text) for text in texts))
    return not_(found) if test.is_negated else found


def _holds_words(column: Text, text: str) -> Condition:
    parts = [
        not_(contains(column, word)) if is_excluded else contains(column, word)
        for word, is_excluded in language.words(text)
    ]
    return and_(true(), *parts)


def _in_spans(source: _Source, test: Test) -> Condition:
    spans = test.spans or ()
    if not spans:
        return true()
    column = source.raw(test.field)
    if test.field == "id":
        found = or_(*(column.between(*span) for span in spans))
    elif test.is_custom:
        text = source.text(test.field)
        found = and_(text != "", or_(*(_within(text, span, store_time) for span in spans)))
    else:
        found = or_(*(_within(column, span, int) for span in spans))
    return not_(found) if test.is_negated else found


def _within(column: ColumnElement[Any], span: Span, write: Any) -> Condition:
    start, end = span
    parts: list[Condition] = []
    if start is not None:
        parts.append(column >= write(start))
    if end is not None:
        parts.append(column < write(end))
    return and_(true(), *parts)


def find_words(db: Connection, scope: Scope, terms: Sequence[str], limit: int) -> Sequence[Any]:
    """The tickets, last changed first, in which every term occurs: in a field, a comment or the number."""
    scope.check(TICKET_VIEW)
    if scope.is_empty or not terms:
        return []
    statement = (
        select(
            ticket.c.id,
            ticket.c.summary,
            ticket.c.description,
            ticket.c.reporter,
            ticket.c.type,
            ticket.c.status,
            ticket.c.resolution,
            ticket.c.time,
        )
        .where(*(_holds(term) for term in terms))
        .order_by(ticket.c.changetime.desc(), ticket.c.id.desc())
    )
    if scope.test is None:
        return db.execute(statement.limit(limit)).all()
    return scope.filter(db.execute(statement).all(), lambda row: ticket_ref(row.id))[:limit]


def _holds(term: str) -> Condition:
    columns = (ticket.c.summary, ticket.c.keywords, ticket.c.description, ticket.c.reporter, ticket.c.cc)
    comment = exists().where(
        ticket_change.c.ticket == ticket.c.id,
        ticket_change.c.field == "comment",
        contains(ticket_change.c.newvalue, term),
    )
    custom = exists().where(ticket_custom.c.ticket == ticket.c.id, contains(ticket_custom.c.value, term))
    number = cast(ticket.c.id, String(12)) == term.lstrip("#") if term.lstrip("#").isdecimal() else false()
    return or_(*(contains(column, term) for column in columns), comment, custom, number)
