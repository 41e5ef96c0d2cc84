"""What pages give to others: their realm, links, timeline, search and the start of navigation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

from trackside.features.wiki import actions
from trackside.features.wiki.model import (
    START,
    WIKI_CREATE,
    WIKI_DELETE,
    WIKI_MODIFY,
    WIKI_VIEW,
    page_ref,
    resolve_name,
)
from trackside.kernel.feature import (
    Description,
    LinkScheme,
    LinkTarget,
    Navigation,
    Realm,
    SearchResult,
    SearchSource,
    Shorthand,
    TimelineEntry,
    TimelineSource,
)
from trackside.kernel.href import Href
from trackside.kernel.i18n import N_
from trackside.kernel.ref import Ref
from trackside.kernel.work import Work
from trackside.markup.inline import unquoted
from trackside.markup.interwiki import InterWiki, split_target


def _letters(is_one: Callable[[str], bool]) -> str:
    """Those of the European alphabets, for a class of a regular expression."""
    return "".join(sign for sign in map(chr, range(0x41, 0x530)) if is_one(sign))


# Two humps or more, each a capital and small letters. No group is possessive: Python before 3.11.5 gets
# those wrong that hold a choice.
_HUMP = rf"[{_letters(str.isupper)}][{_letters(str.islower)}]++"
CAMEL_CASE = (
    rf"(?<![\w/])(?:\.\.?/|/){{0,60}}{_HUMP}(?:/?{_HUMP}){{1,100}}/?"
    r"(?:@[0-9]+)?(?:#(?:[^\W\d]|:)(?:[\w:.-]*[\w-])?)?(?=:(?:\s|$)|[^:\w]|$)"
)
_LABELLED = re.compile(r"\[(\S+)\s+(.+)\]$", re.DOTALL)
_UNRESERVED = "!~*'()"


def refer(scheme: str, target: str, source: Ref) -> LinkTarget | None:
    """`wiki:Name@version?query#fragment`; which page the name means is found out with all others."""
    path, query, fragment = split_target(target)
    name, _, version = path.partition("@")
    pairs = f"version={quote(version, _UNRESERVED)}" if version else ""
    joined = "&".join(part for part in (pairs, query) if part)
    parent = source if source.realm == "wiki" else None
    return LinkTarget(Ref("wiki", name, None, parent), query=joined, fragment=fragment)


def refer_camel_case(text: str, source: Ref) -> LinkTarget | None:
    return refer("wiki", text, source)


def refer_labelled(text: str, source: Ref) -> LinkTarget | None:
    """`[CamelCase label]`"""
    match = _LABELLED.match(text)
    target = refer("wiki", match[1], source) if match is not None else None
    return replace(target, label=unquoted(match[2])) if target is not None and match is not None else None


def describe(work: Work, refs: Sequence[Ref]) -> Mapping[Ref, Description]:
    pages = work.cached(actions.PAGES)
    return {ref: _describe(work, pages, ref) for ref in refs}


def _describe(work: Work, pages: frozenset[str], ref: Ref) -> Description:
    source = ref.parent.id if ref.parent is not None else None
    name = resolve_name(ref.id or START, source or "", pages)
    page = page_ref(name)
    if not work.access.allows(WIKI_VIEW, page):
        return Description(None, work.locale.gettext("You may not see this page."), "forbidden wiki")
    if name in pages:
        return Description(work.href("wiki", name), "", "wiki")
    href = work.href("wiki", name) if work.access.allows(WIKI_CREATE, page) else None
    return Description(href, "", "missing wiki")


def url(href: Href, ref: Ref) -> str:
    return href("wiki", ref.id or START, version=ref.version)


def exists(work: Work, ref: Ref) -> bool:
    return ref.id is not None and actions.has_page(work, ref.id)


def title(work: Work, ref: Ref) -> str:
    return ref.id or ""


def interwiki_map(work: Work) -> Mapping[str, InterWiki]:
    return work.cached(actions.INTER_WIKI)


def _filters(work: Work) -> Sequence[tuple[str, str]]:
    return [("wiki", N_("Wiki changes"))] if work.access.allows(WIKI_VIEW, page_ref()) else []


def _entries(work: Work, start: datetime, stop: datetime, chosen: frozenset[str]) -> Iterable[TimelineEntry]:
    if "wiki" not in chosen:
        return
    gettext = work.locale.gettext
    for name, version in actions.list_changes(work, start, stop):
        if version.time is None:
            continue
        is_new = version.version == 1
        yield TimelineEntry(
            kind="wiki",
            at=version.time,
            author=version.author,
            title=gettext("%(page)s created" if is_new else "%(page)s edited", page=name),
            href=work.href("wiki", name)
            if is_new
            else work.href("wiki", name, action="diff", version=version.version),
            ref=page_ref(name),
            text=version.comment,
        )


def _search(work: Work, terms: Sequence[str], limit: int) -> Sequence[SearchResult]:
    return [
        SearchResult(page.name, work.href("wiki", page.name), page.time, page.author, page.text, "wiki")
        for page in actions.search_pages(work, terms, limit)
    ]


def _wiki_link(work: Work) -> str | None:
    return work.href("wiki") if work.access.allows(WIKI_VIEW, page_ref(START)) else None


def _help_link(work: Work) -> str | None:
    return work.href("wiki", "TracGuide") if work.access.allows(WIKI_VIEW, page_ref("TracGuide")) else None


REALM = Realm(
    name="wiki",
    view=WIKI_VIEW,
    url=url,
    describe=describe,
    exists=exists,
    title=title,
    attach=(WIKI_VIEW, WIKI_MODIFY, WIKI_DELETE),
)
LINKS = (LinkScheme(("wiki",), refer),)
SHORTHANDS = (
    Shorthand(CAMEL_CASE, refer_camel_case, order=10),
    Shorthand(rf"\[{CAMEL_CASE}\s++(?:\"[^\"]{{1,1000}}+\"|[^\]]{{1,1000}}+)\]", refer_labelled, order=11),
)
TIMELINE = TimelineSource(_filters, _entries)
SEARCH = SearchSource("wiki", N_("Wiki"), WIKI_VIEW, _search)
NAVIGATION = (
    Navigation("mainnav", "wiki", N_("Wiki"), _wiki_link, 1.0),
    Navigation("metanav", "help", N_("Help"), _help_link, 4.0),
)
