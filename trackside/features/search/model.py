"""What is searched for: terms, pages of results, excerpts with the terms marked; settings and permission."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from trackside.kernel.access import Permission
from trackside.kernel.feature import SearchResult
from trackside.kernel.settings import option, settings

SEARCH_VIEW = Permission("SEARCH_VIEW")
PER_PAGE = 10
MOST = 1000
MAX_TERMS = 12
EXCERPT = 240
_TERM = re.compile(r"\"([^\"]*)\"|'([^']*)'|(\S+)")


@settings("search")
class SearchSettings:
    default_disabled_filters: tuple[str, ...] = option(
        (), doc="Kinds of things that are not searched unless they are asked for."
    )
    min_query_length: int = option(3, doc="How many letters a search must have.")


@dataclass(frozen=True, slots=True)
class Jump:
    """A place that a query names. One outside of the project is offered, and never gone to by itself."""

    href: str
    label: str
    is_outside: bool


@dataclass(frozen=True, slots=True)
class Found:
    """One page of results, of `total` in all; `is_more` when there are still others that were not fetched."""

    results: Sequence[SearchResult]
    total: int
    page: int
    last_page: int
    is_more: bool


def terms_of(query: str) -> list[str]:
    """The words to find, those in quotes together, without doubles."""
    words = ("".join(match.groups(default="")).strip() for match in _TERM.finditer(query))
    return list(dict.fromkeys(word for word in words if word))[:MAX_TERMS]


def is_too_short(terms: Sequence[str], least: int) -> bool:
    return len(terms) == 1 and len(terms[0]) < least


def excerpt(text: str, terms: Sequence[str], size: int = EXCERPT) -> str:
    """About `size` characters around the first place where a term occurs."""
    text = " ".join(text.split())
    folded = text.lower()
    places = [at for at in (folded.find(term.lower()) for term in terms) if at >= 0]
    if len(text) <= size:
        return text
    start = max(0, min(places, default=0) - size // 3)
    if start:
        blank = text.find(" ", start)
        start = blank + 1 if 0 <= blank < start + 30 else start
    cut = text[start : start + size]
    if start + size < len(text):
        cut = cut.rsplit(" ", 1)[0] + " …"
    return ("… " if start else "") + cut


def marked(text: str, terms: Sequence[str]) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is one of the terms."""
    if not terms:
        return [(text, False)]
    longest_first = sorted(terms, key=len, reverse=True)
    pieces = re.split("(" + "|".join(re.escape(term) for term in longest_first) + ")", text, flags=re.I)
    return [(piece, bool(i % 2)) for i, piece in enumerate(pieces) if piece]


def page_of(results: Sequence[SearchResult], page: int) -> Found:
    total = len(results)
    last = max(1, -(-total // PER_PAGE))
    page = page if 1 <= page <= last else 1
    return Found(results[(page - 1) * PER_PAGE : page * PER_PAGE], total, page, last, total >= MOST)
