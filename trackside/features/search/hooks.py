"""What the search gives others: `search:words` and its place in the navigation."""

from __future__ import annotations

from trackside.features.search.model import SEARCH_VIEW
from trackside.kernel.feature import LinkScheme, LinkTarget, Navigation
from trackside.kernel.i18n import N_
from trackside.kernel.ref import Ref
from trackside.kernel.work import Work


def refer(name: str, target: str, source: Ref) -> LinkTarget | None:
    words, question, query = target.partition("?")
    pairs = (("q", words),) if words else ()
    return LinkTarget(path=("search",), pairs=pairs, query=query if question else "", css="search")


def search_link(work: Work) -> str | None:
    return work.href("search") if work.access.allows(SEARCH_VIEW, Ref("search")) else None


LINKS = (LinkScheme(("search",), refer),)
NAVIGATION = (Navigation("mainnav", "search", N_("Search"), search_link, 7),)
