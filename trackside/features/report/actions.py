"""What can be done with reports: list, read, run, save and delete them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from trackside.features.report import sql, store
from trackside.features.report.model import (
    IDENTIFIERS,
    LIST,
    REALM,
    REPORT_CREATE,
    REPORT_DELETE,
    REPORT_MODIFY,
    REPORT_SQL_VIEW,
    REPORT_VIEW,
    Ask,
    Column,
    Report,
    ReportSettings,
    Run,
    SqlProblem,
    columns_of,
    index_of,
    report_ref,
    row_refs,
)
from trackside.features.ticket import offers as tickets
from trackside.kernel.errors import Invalid
from trackside.kernel.events import Event
from trackside.kernel.feature import find_realm
from trackside.kernel.ref import Ref
from trackside.kernel.text import natural_key
from trackside.kernel.work import Work

MOST_ROWS = sql.MAX_ROWS
fill = sql.fill
Row = Sequence[object]
_read = lru_cache(maxsize=512)(sql.read)


def list_reports(work: Work, sort: str = "report", is_ascending: bool = True) -> list[Report]:
    work.access.require(REPORT_VIEW, LIST)
    reports = store.search(work.db, work.access.scope(REPORT_VIEW, REALM))
    if sort == "title":
        reports.sort(key=lambda one: natural_key(one.title))
    return reports if is_ascending else reports[::-1]


def read_report(work: Work, id: int) -> Report:
    return store.load(work.db, work.access.require(REPORT_VIEW, report_ref(id)))


def read_report_text(work: Work, id: int) -> Report:
    """The report with the right to see its SQL."""
    return store.load(work.db, work.access.require(REPORT_SQL_VIEW, report_ref(id)))


def list_report_titles(work: Work, ids: Sequence[int]) -> Mapping[int, str]:
    """The titles of those of the reports that are there and may be seen."""
    return store.titles(work.db, work.access.scope(REPORT_VIEW, REALM), [i for i in ids if i <= store.MAX_ID])


def create_report(work: Work, title: str, query: str, description: str) -> int:
    grant = work.access.require(REPORT_CREATE, Ref(REALM))
    _check(title, query)
    id = store.insert_report(work.db, grant, title.strip(), query, description)
    work.emit(Event("report.created", report_ref(id), work.actor.author, work.now))
    return id


def change_report(work: Work, id: int, title: str, query: str, description: str) -> None:
    grant = work.access.require(REPORT_MODIFY, report_ref(id))
    store.load(work.db, grant)
    _check(title, query)
    store.update_report(work.db, grant, title.strip(), query, description)
    work.emit(Event("report.changed", report_ref(id), work.actor.author, work.now))


def delete_report(work: Work, id: int) -> None:
    grant = work.access.require(REPORT_DELETE, report_ref(id))
    store.load(work.db, grant)
    store.delete_report(work.db, grant)
    work.emit(Event("report.deleted", report_ref(id), work.actor.author, work.now))


def _check(title: str, query: str) -> None:
    missing = "This must not be empty."
    fields = {name: missing for name, value in (("title", title), ("query", query)) if not value.strip()}
    if fields:
        raise Invalid("A report needs a title and a query.", fields)


def run_report(work: Work, report: Report, ask: Ask) -> Run:
    """The rows that this reader may see, in the order asked for. Raises SqlProblem.

    One statement where all rows fit on the page, a second to count them where they do not.
    """
    work.access.require(REPORT_VIEW, report.ref)
    script = _read(report.query, work.db.dialect.name)
    values, missing = sql.values_of(script, ask.values)
    runner = _Runner(work, script, values, ask)
    columns, rows, total, is_cut = runner.in_order() if ask.sort else runner.as_written()
    used = tuple((name, values[name]) for name in script.variables)
    return Run(columns, rows, total, values, tuple(missing), used, is_cut)


Rows = tuple[tuple[Column, ...], Sequence[Row], int, bool]


class _Runner:
    """One report, being run for one reader."""

    def __init__(self, work: Work, script: sql.Script, values: Mapping[str, str], ask: Ask) -> None:
        self.work, self.script, self.values, self.ask = work, script, values, ask
        self.dialect = work.db.dialect.name
        self.tables = work.settings(ReportSettings).tables

    def as_written(self) -> Rows:
        if self.ask.per_page <= 0 or self.script.is_limited:
            return self._whole()
        return self._window("1")

    def in_order(self) -> Rows:
        """Sorted by a column: by the author's own means where there is a marker, else by us."""
        if not self.script.has("@SORT_COLUMN@"):
            return self._whole()
        probe = self._run("1", self._limit(1, 0))
        column = self._sort_column(columns_of(probe.columns))
        direction = "ASC" if self.ask.is_ascending else "DESC"
        order = f"{sql.quote(column.name, self.dialect)} {direction}"
        return self._window(order) if self.ask.per_page > 0 else self._whole(order)

    def _window(self, order: str) -> Rows:
        size, offset = self.ask.per_page, (self.ask.page - 1) * self.ask.per_page
        table = self._run(order, self._limit(size + 1, offset))
        columns = columns_of(table.columns)
        if _keeper(self.work, columns) is not None:
            return self._whole(order)
        count = len(table.rows)
        is_last = count <= size and (count or not offset)
        total = offset + count if is_last else self._count(order)
        return columns, table.rows[:size], total, False

    def _whole(self, order: str = "1") -> Rows:
        """All rows: filtered, sorted and cut into pages here."""
        table = self._run(order, "")
        columns = columns_of(table.columns)
        keeps = _keeper(self.work, columns)
        rows: Sequence[Row] = table.rows if keeps is None else [row for row in table.rows if keeps(row)]
        if self.ask.sort and not self.script.has("@SORT_COLUMN@"):
            rows = self._sorted(columns, rows)
        total, size = len(rows), self.ask.per_page
        if size > 0:
            rows = rows[(self.ask.page - 1) * size : self.ask.page * size]
        return columns, rows, total, table.is_cut

    def _run(self, order: str, limit: str) -> sql.Table:
        statement = sql.compose(self.script, self.values, self.dialect, order=order, limit=limit)
        return sql.run(self.work.db, statement, self.tables)

    def _count(self, order: str) -> int:
        statement = sql.compose(self.script, self.values, self.dialect, order=order)
        return int(sql.run(self.work.db, sql.counting(statement), self.tables).rows[0][0])

    def _limit(self, size: int, offset: int) -> str:
        return f"LIMIT {size} OFFSET {offset}" if offset else f"LIMIT {size}"

    def _sort_column(self, columns: Sequence[Column]) -> Column:
        found = next((c for c in columns if c.name == self.ask.sort), None)
        if found is None:
            raise SqlProblem(f"there is no column “{self.ask.sort}” to sort by")
        return found

    def _sorted(self, columns: Sequence[Column], rows: Sequence[Row]) -> list[Row]:
        """By the column, and within a group; rows that are equal stay as the author put them."""
        at = self._sort_column(columns).index
        field = tickets.fields_of(self.work).get(columns[at].plain)
        ranks = {name: rank for rank, name in enumerate(field.options)} if field and field.is_choice else {}
        ordered = sorted(rows, key=lambda row: _sort_key(row[at], ranks), reverse=not self.ask.is_ascending)
        group = index_of(columns, "__group__")
        if group is None:
            return ordered
        first = {value: rank for rank, value in enumerate(dict.fromkeys(row[group] for row in rows))}
        return sorted(ordered, key=lambda row: first[row[group]])


def _sort_key(value: object, ranks: Mapping[str, int]) -> tuple[int, float, str]:
    if value is None or value == "":
        return (0, 0, "")
    if isinstance(value, (int, float)):
        return (1, value, "")
    text = str(value)
    return (2, ranks.get(text, len(ranks)), text.lower())


def _keeper(work: Work, columns: Sequence[Column]) -> Callable[[Row], bool] | None:
    """Which rows this reader may see; None for all of them."""
    if index_of(columns, *IDENTIFIERS) is None:
        return None
    if index_of(columns, "realm", "parent_realm") is None:
        at = index_of(columns, *IDENTIFIERS)
        realm = find_realm(
            work.project, "report" if at is not None and columns[at].name == "report" else "ticket"
        )
        scope = work.access.scope(realm.view, realm.name) if realm else None
        if scope is not None and scope.test is None and not scope.is_empty:
            return None

    ref_of = row_refs(columns)

    def keeps(row: Row) -> bool:
        ref = ref_of(row)
        if ref is None:
            return True
        realm = find_realm(work.project, ref.realm)
        return realm is not None and work.access.allows(realm.view, ref)

    return keeps
