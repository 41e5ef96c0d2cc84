"""Pages: results of a search, and its description for browsers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import escape
from werkzeug.wrappers import Response

from trackside.features.search import actions
from trackside.features.search.model import (
    Found,
    Jump,
    SearchSettings,
    excerpt,
    is_too_short,
    marked,
    page_of,
    terms_of,
)
from trackside.kernel.feature import SearchResult, SearchSource
from trackside.kernel.site_settings import ProjectSettings
from trackside.kernel.work import Work
from trackside.web import forms, pages
from trackside.web.request import Request

_FILTERS = "search.filters"
_MAX_QUERY = 1000


def index(work: Work, request: Request) -> Response:
    sources = actions.list_sources(work)
    query = forms.text(request, "q").strip()[:_MAX_QUERY]
    is_plain = forms.flag(request, "noquickjump")
    jump = None if not query or is_plain else _jump(work, query)
    if jump is not None and not jump.is_outside and pages.is_ours(work, jump.href):
        return pages.redirect(work, request, jump.href, _way_back(work, query))
    chosen = _chosen(work, request, sources, is_plain)
    terms = terms_of(query.removeprefix("!"))
    found = _found(work, request, terms, chosen)
    return pages.render(
        work,
        request,
        "search/index.html",
        query=query,
        jump=jump,
        filters=[(source.name, source.label, source.name in chosen) for source in sources],
        found=found,
        results=[_shown(result, terms, sources) for result in found.results] if found else [],
        pager=_pager(work, query, chosen, found) if found else None,
    )


def _jump(work: Work, query: str) -> Jump | None:
    if query.startswith("!"):
        return None
    return actions.find_jump(work, query)


def _way_back(work: Work, query: str) -> str:
    return work.locale.gettext(
        "“%(query)s” is the name of this place. To search for the words, choose them on the search page.",
        query=query[:60],
    )


def _chosen(work: Work, request: Request, sources: Sequence[SearchSource], is_plain: bool) -> frozenset[str]:
    names = [source.name for source in sources]
    chosen = frozenset(name for name in names if forms.flag(request, name))
    if chosen:
        if is_plain and request.session.get(_FILTERS) != ",".join(sorted(chosen)):
            request.session[_FILTERS] = ",".join(sorted(chosen))
        return chosen
    kept = frozenset(request.session.get(_FILTERS, "").split(",")) & frozenset(names)
    off = work.settings(SearchSettings).default_disabled_filters
    return kept or frozenset(name for name in names if name not in off)


def _found(work: Work, request: Request, terms: Sequence[str], chosen: frozenset[str]) -> Found | None:
    """None where nothing is searched for."""
    if not terms:
        return None
    least = work.settings(SearchSettings).min_query_length
    if is_too_short(terms, least):
        text = work.locale.gettext("A search needs at least %(count)d letters.", count=least)
        pages.warn(request, text)
        return None
    asked = forms.text(request, "page", "1")
    page = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 9 else 0
    found = page_of(actions.search(work, terms, chosen), page)
    if found.page != page:
        pages.warn(request, work.locale.gettext("There is no such page of results; this is the first one."))
    return found


def _shown(result: SearchResult, terms: Sequence[str], sources: Sequence[SearchSource]) -> dict[str, Any]:
    labels = {source.name: source.label for source in sources}
    return {
        "title": marked(result.title, terms),
        "href": result.href,
        "at": result.at,
        "author": result.author,
        "excerpt": marked(excerpt(result.excerpt, terms), terms),
        "realm": labels.get(result.realm, ""),
    }


def _pager(work: Work, query: str, chosen: frozenset[str], found: Found) -> Mapping[str, Any] | None:
    if found.last_page == 1:
        return None
    fixed = [("q", query), ("noquickjump", "1"), *((name, "on") for name in sorted(chosen))]

    def address(page: int) -> str:
        return work.href("search", query=[*fixed, ("page", page)])

    first = max(1, min(found.page - 5, found.last_page - 10))
    numbers = range(first, min(found.last_page, first + 10) + 1)
    return {
        "pages": [(n, address(n)) for n in numbers],
        "previous": address(found.page - 1) if found.page > 1 else None,
        "next": address(found.page + 1) if found.page < found.last_page else None,
    }


def opensearch(work: Work, request: Request) -> Response:
    """What a browser needs to know to offer this search in its own box."""
    actions.check_search(work)
    href = work.href.absolute()
    project = work.settings(ProjectSettings)
    icon = href("chrome", "common", "trac.ico")
    template = f"{href('search')}?q={{searchTerms}}&page={{startPage?}}"
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>\n',
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">\n',
        f"<ShortName>{_xml(work.locale.gettext('Search %(project)s', project=project.name))}</ShortName>\n",
        "<InputEncoding>UTF-8</InputEncoding>\n",
        f'<Image width="16" height="16" type="image/x-icon">{_xml(icon)}</Image>\n',
        f'<Url type="text/html" template="{_xml(template)}"/>\n',
        "</OpenSearchDescription>\n",
    ]
    return Response("".join(parts), content_type="application/opensearchdescription+xml;charset=utf-8")


def _xml(text: str) -> str:
    return str(escape(text))
