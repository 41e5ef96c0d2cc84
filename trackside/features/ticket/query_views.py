"""The list of tickets that match a query: page, form, downloads and feed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.wrappers import Response

from trackside.features.ticket import actions, downloads, lists, offers
from trackside.features.ticket import query as language
from trackside.features.ticket.actions import Found
from trackside.features.ticket.model import REALM, TICKET_CREATE, TICKET_VIEW, QuerySettings
from trackside.features.ticket.query import Query
from trackside.kernel.access import Permission
from trackside.kernel.errors import Invalid
from trackside.kernel.feature import find_realm
from trackside.kernel.ref import Ref
from trackside.kernel.work import Work
from trackside.web import forms, pages
from trackside.web.request import Request

REPORT_CREATE = Permission("REPORT_CREATE")
ALTERNATES = (
    ("RSS", "rss", "application/rss+xml"),
    ("CSV", "csv", "text/csv"),
    ("TSV", "tab", "text/tab-separated-values"),
)


def index(work: Work, request: Request) -> Response:
    """Without any filter in the address: the project's default query."""
    work.access.require(TICKET_VIEW, Ref(REALM))
    fields = offers.fields_of(work)
    query = language.from_pairs(list(request.args.items(multi=True)), fields)
    if not query.clauses:
        query = _default(work, request, query)
    kind = query.format
    if kind in downloads.TABLES:
        return _table(work, query, downloads.TABLES[kind])
    if kind in downloads.FEEDS:
        return _feed(work, query)
    return _page(work, request, query)


def _default(work: Work, request: Request, asked: Query) -> Query:
    session = request.session
    query = actions.default_query(work, session.get("email", ""), session.get("name", ""))
    return replace(asked, clauses=query.clauses, **_own_look(query, asked))


def _own_look(query: Query, asked: Query) -> dict[str, Any]:
    """How the default query wants to be shown, where the address says nothing about it."""
    plain = Query()
    names = ("columns", "rows", "order", "is_descending", "group", "is_group_descending", "max")
    return {
        name: getattr(query, name)
        for name in names
        if getattr(asked, name) == getattr(plain, name) != getattr(query, name)
    }


def _limit(work: Work, query: Query) -> int:
    return work.settings(QuerySettings).items_per_page if query.max is None else query.max


def _table(work: Work, query: Query, kind: str) -> Response:
    """All rows, unless the address sets a limit."""
    fields = offers.fields_of(work)
    columns = [name for name in language.columns_of(query, fields) if name in fields]
    found = actions.list_tickets(work, query, columns, query.max or 0)
    return downloads.tickets(work, kind, [fields[name] for name in columns], found.hits)


def _feed(work: Work, query: Query) -> Response:
    columns = ("summary", "description", "reporter", "time")
    found = actions.list_tickets(work, query, columns, _limit(work, query))
    return downloads.feed(work, lists.address(work, query, format=""), found.hits)


def _page(work: Work, request: Request, query: Query) -> Response:
    fields = offers.fields_of(work)
    columns = language.columns_of(query, fields)
    for name in query.unknown:
        pages.warn(
            request, work.locale.gettext("There is no field “%(name)s”; the filter is left out.", name=name)
        )
    try:
        found = actions.list_tickets(
            work, query, lists.wanted_columns(query, fields, columns), _limit(work, query)
        )
    except Invalid as failure:
        pages.warn(request, work.locale.failure(failure))
        found = Found(0, (), 0, 1)
    _remember(work, request, query, found)
    return pages.render(
        work,
        request,
        "ticket/query.html",
        query=query,
        total=found.total,
        chips=lists.make_chips(work, query, fields),
        headings=lists.make_headings(work, query, fields, columns),
        groups=lists.make_groups(work, query, fields, columns, found.hits),
        group_label=fields[query.group].label if query.group else "",
        pager=lists.make_pager(work, query, found),
        clauses=lists.make_filter_controls(query, fields),
        filterable=list(fields),
        groupable=lists.groupable(fields),
        columns=columns,
        selectable=lists.selectable(fields, columns),
        long_fields=[field for field in fields if field.kind == "textarea"],
        limit="" if query.max is None else query.max,
        saved=_saved(work, query),
        can_create=work.access.allows(TICKET_CREATE, Ref(REALM)),
        alternates=_alternates(work, query),
    )


@dataclass(frozen=True, slots=True)
class Saved:
    """The report that holds this query, if one does, and where it could be made into one."""

    title: str = ""
    save: str = ""


def _saved(work: Work, query: Query) -> Saved:
    reports = find_realm(work.project, "report")
    if reports is None:
        return Saved()
    ref = Ref("report", query.report)
    is_known = query.report.isdecimal() and work.access.allows(reports.view, ref)
    save = ""
    if work.access.allows(REPORT_CREATE, Ref("report")):
        text = "query:?" + lists.address(work, query, page=1, report="").partition("?")[2]
        save = work.href("report", query=[("action", "new"), ("query", text)])
    return Saved(reports.title(work, ref) if is_known else "", save)


def _alternates(work: Work, query: Query) -> Sequence[tuple[str, str, str]]:
    return [
        (lists.address(work, query, format=kind, page=1), mime, label) for label, kind, mime in ALTERNATES
    ]


def _remember(work: Work, request: Request, query: Query, found: Found) -> None:
    """For the way from ticket to ticket."""
    request.session["query_tickets"] = " ".join(str(hit.id) for hit in found.hits)
    request.session["query_href"] = lists.address(work, query)


def update(work: Work, request: Request) -> Response:
    """The form of the list: leads to the address that says the same."""
    work.access.require(TICKET_VIEW, Ref(REALM))
    fields = offers.fields_of(work)
    query = language.from_form(list(request.form.items(multi=True)), fields)
    if forms.text(request, "max").strip() == "":
        query = replace(query, max=None)
    if set(query.columns or ()) == set(forms.text(request, "own_columns").split(",")):
        query = replace(query, columns=None)
    return pages.redirect(work, request, lists.address(work, query, page=1))
