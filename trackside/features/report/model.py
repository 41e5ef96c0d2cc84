"""Report, permissions, settings, and how columns are shown by their names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from trackside.kernel.access import Permission
from trackside.kernel.errors import Invalid
from trackside.kernel.ref import Ref
from trackside.kernel.settings import option, settings

REALM = "report"
LIST = Ref(REALM, "-1")

REPORT_VIEW = Permission("REPORT_VIEW")
REPORT_SQL_VIEW = Permission("REPORT_SQL_VIEW")
REPORT_CREATE = Permission("REPORT_CREATE")
REPORT_MODIFY = Permission("REPORT_MODIFY")
REPORT_DELETE = Permission("REPORT_DELETE")
REPORT_ADMIN = Permission(
    "REPORT_ADMIN", (REPORT_CREATE, REPORT_DELETE, REPORT_MODIFY, REPORT_SQL_VIEW, REPORT_VIEW)
)
PERMISSIONS = (REPORT_VIEW, REPORT_SQL_VIEW, REPORT_CREATE, REPORT_MODIFY, REPORT_DELETE, REPORT_ADMIN)

PRESENTATION = frozenset(
    {"__class__", "__style__", "__color__", "__fgcolor__", "__bgcolor__", "__grouplink__"}
)
IDENTIFIERS = ("ticket", "id", "_id", "report")
DATES = frozenset({"time", "date", "datetime", "created", "modified", "changetime"})
_KINDS = {
    "ticket": "id",
    "id": "id",
    "report": "id",
    "summary": "link",
    "milestone": "milestone",
    "description": "wiki",
    "created": "ago",
    "modified": "ago",
    "changetime": "ago",
    "time": "time",
    "date": "date",
    "datetime": "datetime",
    **dict.fromkeys(("owner", "reporter", "cc"), "people"),
}


@settings("report")
class ReportSettings:
    items_per_page: int = option(100, doc="How many rows a page of a report shows.")
    items_per_page_rss: int = option(0, doc="How many rows a report's feed has; 0 for all of them.")
    tables: tuple[str, ...] = option(
        ("agilo_*", "fullblog_*", "mastertickets", "subtickets", "tags", "tags_change", "votes"),
        doc="Tables of plugins that reports may read beside Trac's own; `*` stands for any letters.",
        is_optional=True,
    )


class SqlProblem(Invalid):
    """The SQL of a report cannot be run. `sql` is what was tried; the page is shown all the same."""

    status: ClassVar[int] = 200

    def __init__(self, reason: str, sql: str = "") -> None:
        super().__init__("This report cannot be run: %(reason)s.", reason=reason.rstrip("."))
        self.sql = sql


@dataclass(frozen=True, slots=True)
class Report:
    id: int
    title: str
    query: str
    description: str

    @property
    def ref(self) -> Ref:
        return report_ref(self.id)

    @property
    def saved_query(self) -> str | None:
        """The query language behind a saved query: `?status=new&…` or `status=new&…`; None for SQL."""
        text = "".join(line.strip() for line in self.query.splitlines())
        if text.startswith("query:"):
            return text.removeprefix("query:").strip()
        return text if text.startswith("?") else None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the result. `kind` says how its values are shown, `place` where:

    `cell`, `last` (the line ends after it), `full` (a line of its own) or `hidden`.
    """

    index: int
    name: str
    kind: str
    place: str

    @property
    def plain(self) -> str:
        return self.name.strip("_")


@dataclass(frozen=True, slots=True)
class Run:
    """What came of running a report: all rows that may be seen are `total`, `rows` are those of this page."""

    columns: tuple[Column, ...]
    rows: Sequence[Sequence[object]]
    total: int
    values: Mapping[str, str]
    missing: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """How a report is wanted: values of its variables, order, and page (0 rows a page for all)."""

    values: dict[str, str]
    sort: str = ""
    is_ascending: bool = False
    page: int = 1
    per_page: int = 0


def report_ref(id: int) -> Ref:
    return Ref(REALM, str(id))


def columns_of(names: Iterable[str]) -> tuple[Column, ...]:
    return tuple(_column(index, name) for index, name in enumerate(names))


def _column(index: int, name: str) -> Column:
    return Column(index, name, _KINDS.get(name.strip("_").lower(), "text"), _place(name))


def _place(name: str) -> str:
    if name.startswith("__") and name.endswith("__") and len(name) > 4:
        return "hidden"
    if name.startswith("_"):
        return "full" if name.endswith("_") and len(name) > 2 else "hidden"
    return "last" if name.endswith("_") else "cell"


def index_of(columns: Sequence[Column], *names: str) -> int | None:
    """Where the last column of one of these names is."""
    return next((c.index for c in reversed(columns) if c.name in names), None)


def row_refs(columns: Sequence[Column]) -> Callable[[Sequence[object]], Ref | None]:
    """What tells the thing that a row is about; None for a row that names none."""
    at = index_of(columns, *IDENTIFIERS)
    realm_at, parent_realm_at = index_of(columns, "realm"), index_of(columns, "parent_realm")
    parent_id_at = index_of(columns, "parent_id")
    default = "report" if at is not None and columns[at].name == "report" else "ticket"

    def ref(row: Sequence[object]) -> Ref | None:
        if at is None or row[at] is None:
            return None
        parent = None
        if parent_realm_at is not None and row[parent_realm_at]:
            parent = Ref(str(row[parent_realm_at]), None if parent_id_at is None else str(row[parent_id_at]))
        realm = row[realm_at] if realm_at is not None else None
        return Ref(str(realm or default), str(row[at]), None, parent)

    return ref
