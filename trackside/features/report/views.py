"""Pages of reports: the list, a report's rows and downloads, the form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.wrappers import Response

from trackside.features.report import actions, cells
from trackside.features.report.model import (
    LIST,
    REALM,
    REPORT_CREATE,
    REPORT_DELETE,
    REPORT_MODIFY,
    REPORT_SQL_VIEW,
    Ask,
    Report,
    ReportSettings,
    Run,
    SqlProblem,
    report_ref,
    row_refs,
)
from trackside.features.ticket import offers as tickets
from trackside.features.ticket import query as query_words
from trackside.features.ticket.model import TICKET_VIEW
from trackside.kernel.access import Permission
from trackside.kernel.errors import Invalid
from trackside.kernel.feature import find_realm
from trackside.kernel.ref import Ref
from trackside.kernel.site_settings import ProjectSettings
from trackside.kernel.work import Work
from trackside.markup.render import Piece, plain, render, render_all
from trackside.web import formats, forms, furniture, pages
from trackside.web.request import Request

_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
_MAX_PAGE = 10**9


def index(work: Work, request: Request) -> Response:
    """The list of reports, also as a feed or a table; `format=sql&id=N` is the text of one."""
    kind = forms.text(request, "format")
    if kind == "sql":
        return _sql(work, forms.integer(request, "id") or 0)
    sort = "title" if forms.text(request, "sort") == "title" else "report"
    is_ascending = forms.text(request, "asc", "1") != "0"
    reports = actions.list_reports(work, sort, is_ascending)
    if kind in ("csv", "tab"):
        rows = [(one.id, one.title, one.description) for one in reports]
        return formats.table(kind, "reports", ("report", "title", "description"), rows)
    if kind == "rss":
        return _list_feed(work, request, reports)
    texts = render_all(work, [Piece(one.description, one.ref) for one in reports])
    return pages.render(
        work,
        request,
        "report/index.html",
        reports=list(zip(reports, texts, strict=True)),
        sort=sort,
        is_ascending=is_ascending,
        can_create=work.access.allows(REPORT_CREATE, LIST),
        can_query=work.access.allows(TICKET_VIEW, Ref("ticket")),
        alternates=_alternates(work, ("report",), (), ("rss", "csv", "tab")),
    )


def _list_feed(work: Work, request: Request, reports: Sequence[Report]) -> Response:
    href = work.href.absolute()
    name = _project_name(work)
    items = [
        formats.Item(f"{{{r.id}}}: {r.title}", href("report", r.id), href("report", r.id), category="Report")
        for r in reports
    ]
    title = f"{name}: {work.locale.gettext('Available reports')}"
    return formats.rss(formats.Channel(title, href("report"), work.locale.gettext("All reports")), items)


def _project_name(work: Work) -> str:
    return work.settings(ProjectSettings).name


def _alternates(
    work: Work, path: Sequence[str | int], query: Sequence[tuple[str, str]], kinds: Sequence[str]
) -> list[tuple[str, str, str]]:
    """Other forms of a page: address, media type, label."""
    known = {
        "rss": ("RSS", "application/rss+xml"),
        "csv": ("CSV", "text/csv"),
        "tab": ("TSV", "text/tab-separated-values"),
        "sql": ("SQL", "text/plain"),
    }
    return [
        (work.href(*path, query=[*query, ("format", kind)]), known[kind][1], known[kind][0]) for kind in kinds
    ]


def show(work: Work, request: Request, id: int) -> Response:
    report = actions.read_report(work, id)
    saved = report.saved_query
    if saved is not None:
        return _to_query(work, request, report, saved)
    kind = forms.text(request, "format")
    if kind == "sql":
        return _sql(work, id)
    ask = _ask(work, request, kind)
    try:
        run = actions.run_report(work, report, ask)
    except SqlProblem as problem:
        return _problem_page(work, request, report, ask, problem)
    if kind in ("csv", "tab"):
        names, rows = cells.download_rows(run.columns, run.rows, furniture.person_name(work))
        return formats.table(kind, f"report_{id}", names, rows, is_raw=forms.text(request, "raw") == "1")
    if kind == "rss":
        return _feed(work, report, run)
    return _page(work, request, report, ask, run)


def _ask(work: Work, request: Request, kind: str) -> Ask:
    options = work.settings(ReportSettings)
    default = {"csv": 0, "tab": 0, "rss": options.items_per_page_rss}.get(kind, options.items_per_page)
    values = {n: v for n, v in request.args.items() if _VARIABLE.fullmatch(n)}
    per_page = forms.integer(request, "max", default) or 0
    return Ask(
        {"USER": work.actor.name, **values},
        forms.text(request, "sort"),
        forms.text(request, "asc") == "1",
        min(max(1, forms.integer(request, "page", 1) or 1), _MAX_PAGE),
        min(max(0, per_page), actions.MOST_ROWS),
    )


def _to_query(work: Work, request: Request, report: Report, saved: str) -> Response:
    """A saved query is shown by the query page, under the report's name."""
    try:
        pairs = _saved_pairs(work, saved)
    except Invalid as problem:
        return _broken_query(work, request, report, work.locale.failure(problem))
    if {value for name, value in pairs if name == "report"} - {str(report.id)}:
        text = work.locale.gettext("This saved query says that it belongs to another report.")
        return _broken_query(work, request, report, text)
    kept = [(name, value) for name, value in pairs if name != "report"]
    return pages.redirect(work, request, work.href("query", query=[*kept, ("report", str(report.id))]))


def _saved_pairs(work: Work, saved: str) -> Sequence[tuple[str, str | None]]:
    if saved.startswith("?"):
        pairs = parse_qsl(saved[1:], keep_blank_values=True)
        return [(name, None if name == "or" else value) for name, value in pairs]
    fields = tickets.fields_of(work)
    return query_words.to_pairs(query_words.from_text(saved, fields), fields)


def _broken_query(work: Work, request: Request, report: Report, text: str) -> Response:
    return pages.redirect(work, request, work.href("report", report.id, action="edit", error=text))


def _sql(work: Work, id: int) -> Response:
    report = actions.read_report_text(work, id)
    notes = [f"{{{report.id}}} {report.title}", "", *report.description.strip().splitlines()]
    text = "".join(f"-- {line}".rstrip() + "\n" for line in notes) + "\n" + report.query
    return formats.download(text, "text/plain", f"report_{report.id}.sql")


def _reader(work: Work) -> cells.Reader:
    def url_of(ref: Ref) -> str | None:
        realm = find_realm(work.project, ref.realm)
        return realm.url(work.href, ref) if realm else None

    return cells.Reader(work.href, work.locale, furniture.person_name(work), url_of, work.now)


def _page(work: Work, request: Request, report: Report, ask: Ask, run: Run) -> Response:
    title = actions.fill(report.title, run.values)
    description, *texts = render_all(
        work, [Piece(actions.fill(report.description, run.values), report.ref), *_wiki_cells(report, run)]
    )
    styles = cells.Styles()
    groups = cells.groups(run.columns, run.rows, _reader(work), iter(texts), styles)
    for name in run.missing:
        pages.warn(request, work.locale.gettext("Nothing was given for the variable %(name)s.", name=name))
    if run.is_cut:
        pages.warn(request, work.locale.gettext("There are more rows than a report shows."))
    kinds = ("rss", "csv", "tab", *(("sql",) if _allows(work, REPORT_SQL_VIEW, report) else ()))
    return pages.render(
        work,
        request,
        "report/show.html",
        **_frame(work, report, title),
        description=description,
        groups=groups,
        style_rules=styles.rules(),
        headings=_headings(work, report, ask, run),
        arguments=_arguments(work, run),
        total=run.total,
        pager=_pager(work, report, ask, run.total),
        ask=ask,
        alternates=_alternates(work, ("report", report.id), _given(work, ask), kinds),
    )


def _wiki_cells(report: Report, run: Run) -> Iterator[Piece]:
    """The texts to render, in the order in which `cells` comes to them."""
    columns = [c for _, line in cells.lines_of(run.columns) for c in line if c.kind == "wiki"]
    ref_of = row_refs(run.columns)
    for row in run.rows if columns else ():
        source = ref_of(row) or report.ref
        for column in columns:
            yield Piece(str(row[column.index] or ""), source)


def _allows(work: Work, permission: Permission, report: Report) -> bool:
    return work.access.allows(permission, report.ref)


def _frame(work: Work, report: Report, title: str) -> dict[str, Any]:
    return {
        "report": report,
        "title": title,
        "can_change": _allows(work, REPORT_MODIFY, report),
        "can_copy": _allows(work, REPORT_CREATE, report),
        "can_delete": _allows(work, REPORT_DELETE, report),
    }


def _headings(work: Work, report: Report, ask: Ask, run: Run) -> list[tuple[str, str, str, str]]:
    """For each cell of the first line: label, the address that sorts by it, how it is sorted now, class."""
    lines = [line for is_full, line in cells.lines_of(run.columns) if not is_full]
    shown = []
    for column in lines[0] if lines else ():
        is_current = column.name == ask.sort
        ascending = not ask.is_ascending if is_current else True
        query = [*_given(work, ask), ("sort", column.name), ("asc", str(int(ascending)))]
        state = ("ascending" if ask.is_ascending else "descending") if is_current else ""
        label = _label(work, column.plain)
        shown.append((label, work.href("report", report.id, query=query), state, column.plain))
    return shown


def _given(work: Work, ask: Ask) -> list[tuple[str, str]]:
    """The variables as parameters of an address; who asks goes without saying."""
    return [(n, v) for n, v in ask.values.items() if (n, v) != ("USER", work.actor.name)]


def _label(work: Work, name: str) -> str:
    """The label of the ticket field of that name, else the name in words."""
    own = work.project.config.items("ticket-custom")
    if name in own:
        return own.get(f"{name}.label") or name.replace("_", " ").capitalize()
    known = {"time": "Created", "changetime": "Modified"}
    return work.locale.gettext(known.get(name, name.replace("_", " ").capitalize()))


def _arguments(work: Work, run: Run) -> list[tuple[str, str, tuple[str, ...]]]:
    """The variables to ask for, with the choices where one is named like a field; none for USER alone."""
    if not any(name != "USER" for name, _ in run.variables):
        return []
    fields = tickets.fields_of(work)
    shown = []
    for name, value in run.variables:
        field = fields.get(name.lower())
        shown.append((name, value, field.options if field and field.is_choice else ()))
    return shown


def _pager(work: Work, report: Report, ask: Ask, total: int) -> Mapping[str, object] | None:
    if ask.per_page <= 0 or (total <= ask.per_page and ask.page == 1):
        return None
    last = max(1, -(-total // ask.per_page))
    chosen = [
        *ask.values.items(),
        *((("sort", ask.sort), ("asc", str(int(ask.is_ascending)))) if ask.sort else ()),
    ]
    if ask.per_page != work.settings(ReportSettings).items_per_page:
        chosen.append(("max", str(ask.per_page)))

    def address(page: int) -> str:
        return work.href("report", report.id, query=[*chosen, ("page", page)])

    first = max(1, min(ask.page - 5, last - 10))
    numbers = [(n, address(n)) for n in range(first, min(last, first + 10) + 1)]
    return {
        "pages": numbers,
        "page": ask.page,
        "previous": address(min(ask.page - 1, last)) if ask.page > 1 else None,
        "next": address(ask.page + 1) if ask.page < last else None,
        "start": min((ask.page - 1) * ask.per_page + 1, total + 1),
        "end": min(ask.page * ask.per_page, total),
    }


def _problem_page(work: Work, request: Request, report: Report, ask: Ask, problem: SqlProblem) -> Response:
    return pages.render(
        work,
        request,
        "report/problem.html",
        **_frame(work, report, actions.fill(report.title, ask.values)),
        problem=work.locale.failure(problem),
        sql=(problem.sql or report.query) if _allows(work, REPORT_SQL_VIEW, report) else "",
        status=problem.status,
    )


def _feed(work: Work, report: Report, run: Run) -> Response:
    href = work.href.absolute()
    title = f"{_project_name(work)}: {{{report.id}}} {actions.fill(report.title, run.values)}"
    about = plain(actions.fill(report.description, run.values))
    return formats.rss(
        formats.Channel(title, href("report", report.id), about), list(_feed_items(work, report, run))
    )


def _feed_items(work: Work, report: Report, run: Run) -> Iterator[formats.Item]:
    columns = {column.plain: column.index for column in run.columns}
    ref_of, reader = row_refs(run.columns), _reader(work)
    absolute = cells.Reader(work.href.absolute(), reader.locale, reader.person, reader.url_of, work.now)
    sources = [ref_of(row) for row in run.rows]
    at = columns.get("description")
    pieces = [
        Piece(str(row[at] or "") if at is not None else "", ref or report.ref)
        for row, ref in zip(run.rows, sources, strict=True)
    ]
    texts = render_all(work, pieces)
    for row, ref, text in zip(run.rows, sources, texts, strict=True):
        yield _feed_item(row, ref, str(text), columns, absolute, work)


def _feed_item(
    row: Sequence[object],
    ref: Ref | None,
    text: str,
    columns: Mapping[str, int],
    reader: cells.Reader,
    work: Work,
) -> formats.Item:
    def value(*names: str) -> object:
        return next((row[columns[n]] for n in names if n in columns and row[columns[n]]), "")

    realm = find_realm(work.project, ref.realm) if ref else None
    address = realm.url(reader.href, ref) if realm and ref else reader.href("report")
    moment = value("created", "time", "modified", "changetime", "date", "datetime")
    summary = str(value("summary", "title"))
    return formats.Item(
        f"#{ref.id}: {summary}" if ref else summary,
        address,
        address,
        cells.moment(moment) if moment else None,
        reader.person(str(value("reporter", "author", "owner"))),
        text,
        "Report",
    )


def new(work: Work, request: Request, id: int | None = None) -> Response:
    """An empty form, one that begins as a copy of a report, or one for the query that was sent."""
    work.access.require(REPORT_CREATE, LIST)
    source = actions.read_report_text(work, id) if id is not None else Report(0, "", "", "")
    title = work.locale.gettext("%(title)s (copy)", title=source.title) if id is not None else ""
    query = forms.text(request, "query") or source.query
    return _form(work, request, None, title, query, source.description)


def create(work: Work, request: Request) -> Response:
    if forms.flag(request, "cancel"):
        return pages.redirect(work, request, work.href("report"))
    title, query, text = _typed(request)
    try:
        id = actions.create_report(work, title, query, text)
    except Invalid as problem:
        return _form(work, request, None, title, query, text, problem)
    return pages.redirect(
        work, request, work.href("report", id), work.locale.gettext("The report is stored.")
    )


def edit(work: Work, request: Request, id: int) -> Response:
    work.access.require(REPORT_MODIFY, report_ref(id))
    report = actions.read_report_text(work, id)
    error = forms.text(request, "error")
    if error:
        pages.warn(request, error[:500])
    query = forms.text(request, "query") or report.query
    return _form(work, request, id, report.title, query, report.description)


def update(work: Work, request: Request, id: int) -> Response:
    if forms.flag(request, "cancel"):
        return pages.redirect(work, request, work.href("report", id))
    title, query, text = _typed(request)
    try:
        actions.change_report(work, id, title, query, text)
    except Invalid as problem:
        return _form(work, request, id, title, query, text, problem)
    return pages.redirect(
        work, request, work.href("report", id), work.locale.gettext("The report is stored.")
    )


def confirm_delete(work: Work, request: Request, id: int) -> Response:
    work.access.require(REPORT_DELETE, report_ref(id))
    report = actions.read_report(work, id)
    return pages.render(work, request, "report/delete.html", report=report)


def delete(work: Work, request: Request, id: int) -> Response:
    if forms.flag(request, "cancel"):
        return pages.redirect(work, request, work.href("report", id))
    actions.delete_report(work, id)
    return pages.redirect(work, request, work.href("report"), work.locale.gettext("The report is deleted."))


def _typed(request: Request) -> tuple[str, str, str]:
    return forms.text(request, "title"), forms.text(request, "query"), forms.text(request, "description")


def _form(
    work: Work,
    request: Request,
    id: int | None,
    title: str,
    query: str,
    description: str,
    problem: Invalid | None = None,
) -> Response:
    return pages.render(
        work,
        request,
        "report/form.html",
        status=problem.status if problem else 200,
        id=id,
        typed={"title": title, "query": query, "description": description},
        problem=work.locale.failure(problem) if problem else "",
        errors=problem.fields if problem else {},
        preview=render(work, description, Ref(REALM)) if description else "",
    )
