"""Find things by words, and the place that a query names by itself."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from trackside.features.search.model import MOST, SEARCH_VIEW, Jump
from trackside.kernel.feature import SearchResult, SearchSource, features_of
from trackside.kernel.ref import Ref
from trackside.kernel.work import Work
from trackside.markup import links
from trackside.markup.builder import inline_nodes
from trackside.markup.nodes import Link, Relative, Short
from trackside.markup.syntax import Syntax

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def check_search(work: Work) -> None:
    """Forbidden for those who may not search."""
    work.access.require(SEARCH_VIEW, Ref("search"))


def list_sources(work: Work) -> list[SearchSource]:
    """What this reader can search in."""
    work.access.require(SEARCH_VIEW, Ref("search"))
    return [
        source
        for feature in features_of(work.project)
        for source in feature.search
        if not work.access.scope(source.permission, source.name).is_empty
    ]


def search(work: Work, terms: Sequence[str], names: Collection[str]) -> list[SearchResult]:
    """The newest matches of the named sources in which every term occurs."""
    found = [
        result
        for source in list_sources(work)
        if source.name in names
        for result in source.find(work, terms, MOST)
    ]
    return sorted(found, key=lambda result: result.at or _LONG_AGO, reverse=True)[:MOST]


def find_jump(work: Work, query: str) -> Jump | None:
    """Where a query leads that begins as a link in wiki text does: `#12`, `{3}`, the name of a page."""
    work.access.require(SEARCH_VIEW, Ref("search"))
    if query.startswith("/"):
        return None
    syntax = work.project.part(Syntax)
    nodes = inline_nodes(syntax, query)
    link = nodes[0] if nodes else None
    if not isinstance(link, (Link, Relative, Short)):
        return None
    place = (link, Ref("search"))
    found = links.resolve(work, syntax, [place])[place]
    if found.href is None or not found.is_link or "missing" in found.css.split():
        return None
    return Jump(found.href, found.label, found.is_external)
