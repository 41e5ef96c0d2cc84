"""Contributed routes to one map, shared by every project with the same features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from werkzeug.exceptions import MethodNotAllowed
from werkzeug.exceptions import NotFound as NoRoute
from werkzeug.routing import Map, Rule

from trackside.kernel.errors import NotFound
from trackside.kernel.feature import Feature, Route
from trackside.web.request import Request

HOMES = {
    "WikiModule": "/wiki",
    "TimelineModule": "/timeline",
    "RoadmapModule": "/roadmap",
    "QueryModule": "/query",
    "ReportModule": "/report",
    "SearchModule": "/search",
    "TicketModule": "/newticket",
    "PreferencesModule": "/prefs",
    "MilestoneModule": "/roadmap",
    "BrowserModule": "/browser",
    "LogModule": "/log",
    "ChangesetModule": "/changeset",
    "AnyDiffModule": "/diff",
    "AdminModule": "/admin",
    "AboutModule": "/about",
}


@dataclass(frozen=True, slots=True, eq=False)
class Routes:
    """The part of a project that finds the view of an address."""

    map: Map
    candidates: Mapping[str, tuple[Route, ...]]

    @property
    def all(self) -> tuple[Route, ...]:
        return tuple(route for group in self.candidates.values() for route in group)


@lru_cache(maxsize=64)
def assemble_routes(features: tuple[Feature, ...]) -> Routes:
    """One map for all routes; those that share path and method are told apart by `when`."""
    groups: dict[str, list[Route]] = {}
    for route in (route for feature in features for route in feature.routes):
        for method in route.methods:
            groups.setdefault(f"{method} {route.path}", []).append(route)
    rules = [
        Rule(path, methods=[method], endpoint=key)
        for key, (method, path) in ((key, key.split(" ", 1)) for key in groups)
    ]
    table = Map(rules, strict_slashes=True, merge_slashes=False, redirect_defaults=False)
    return Routes(table, {key: tuple(group) for key, group in groups.items()})


class SlashRemoved(Exception):
    """No page has this address, but it ends in slashes: Trac's answer is the address without them."""


def match(routes: Routes, request: Request, home: str) -> tuple[Route, Mapping[str, object]]:
    """The route and the parts of its path; NotFound, Werkzeug's MethodNotAllowed or SlashRemoved."""
    path = request.path if request.path not in ("", "/") else HOMES.get(home, "/wiki")
    adapter = routes.map.bind("localhost", path_info=path)
    method = request.method
    try:
        key, parts = adapter.match(path, "GET" if method == "HEAD" else method)
    except NoRoute:
        if path.endswith("/"):
            raise SlashRemoved from None
        raise NotFound("There is no page at %(path)s.", path=path) from None
    except MethodNotAllowed:
        raise
    return _choose(routes.candidates[key], request), parts


def _choose(candidates: Sequence[Route], request: Request) -> Route:
    if len(candidates) == 1:
        return candidates[0]
    for route in candidates:
        name, equals, value = route.when.partition("=")
        if not name or (request.parameters.get(name) == value if equals else name in request.parameters):
            return route
    raise NotFound("There is no page for these parameters.")
