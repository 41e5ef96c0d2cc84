"""A request of one project to its answer: who asks, which view, which transaction, what failed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Literal
from urllib.parse import urlsplit

from werkzeug.wrappers import Response

from trackside.jobs.scope import open_work
from trackside.kernel.access import Actor
from trackside.kernel.errors import Failure, Unavailable
from trackside.kernel.feature import Route
from trackside.kernel.href import Href
from trackside.kernel.project import Project
from trackside.kernel.site_settings import TracSettings
from trackside.kernel.work import Work
from trackside.web import auth, errors, forms, guest_cache, headers, pages, routing, session, static
from trackside.web.request import Request, check

Parts = Mapping[str, object]

log = logging.getLogger("trackside.web")
SAFE = frozenset(("GET", "HEAD", "OPTIONS"))


def answer(project: Project, request: Request) -> Response:
    """Never raises; every answer carries the protecting headers."""
    request.nonce = forms.new_nonce()
    try:
        response = _route(project, request)
    except routing.SlashRemoved:
        response = _without_slash(project, request)
    except Exception as error:
        response = _failure_page(project, request, error)
    headers.protect(project, request, response)
    if request.method not in SAFE:
        response.call_on_close(request.close)
    return response


def _route(project: Project, request: Request) -> Response:
    if request.path.startswith("/chrome/") and request.method in ("GET", "HEAD"):
        return static.serve(project, request, request.path.removeprefix("/chrome/"))
    check(request)
    options = project.settings(TracSettings)
    route, parts = routing.match(project.part(routing.Routes), request, options.default_handler)
    if request.method not in SAFE:
        forms.check_origin(request, _origin(options.base_url))
    if (route.mode or _mode_of(request)) == "write":
        return _write(project, request, route, parts)
    return _read(project, request, route, parts)


def _mode_of(request: Request) -> str:
    return "read" if request.method in SAFE else "write"


def _read(project: Project, request: Request, route: Route, parts: Parts) -> Response:
    """A page that changes nothing; a stranger's may come from the cache or go into it."""
    found = guest_cache.find(project, request)
    if found is not None:
        response, has_form = found
        return _with_token(project, request, response, has_form)
    stamp = guest_cache.open_places(project, request)
    request.form_token = request.form_token or forms.token_of(request)
    with _open(project, request, "read") as work:
        response = route.view(work, request, **parts)
    if stamp is not None:
        response, has_form = guest_cache.finish(project, request, response, stamp)
        return _with_token(project, request, response, has_form)
    response = _with_token(project, request, response, _is_page(response))
    _save_session(project, request, response)
    return response


def _write(project: Project, request: Request, route: Route, parts: Parts) -> Response:
    request.form_token = forms.token_of(request)
    with _open(project, request, "write") as work:
        response = _once(work, request, route, parts)
        if response.status_code >= 400:
            work.abandon()
    response = _with_token(project, request, response, _is_page(response))
    _save_session(project, request, response)
    return response


def _open(project: Project, request: Request, mode: Literal["read", "write"]) -> AbstractContextManager[Work]:
    return open_work(
        project,
        lambda db: auth.identify(project, request, db),
        mode,
        href=href_of(project, request),
    )


def _once(work: Work, request: Request, route: Route, parts: Parts) -> Response:
    """A form that was stored before is not stored again: its answer is where it led then."""
    key = forms.key_of(request)
    if not key:
        return route.view(work, request, **parts)
    outcome = forms.find_outcome(work, key)
    if outcome is None and not forms.hold_key(work, key):
        outcome = ""
    if outcome is not None:
        return pages.redirect(work, request, outcome if pages.is_ours(work, outcome) else work.href())
    response = route.view(work, request, **parts)
    if response.status_code in (302, 303):
        forms.store_outcome(work, key, response.headers["Location"])
    else:
        work.abandon()
    return response


def _is_page(response: Response) -> bool:
    return response.mimetype == "text/html" and not response.is_streamed


def _with_token(project: Project, request: Request, response: Response, has_form: bool) -> Response:
    if has_form and request.cookies.get(forms.TOKEN_COOKIE) != request.form_token:
        session.set_cookie(project, request, response, forms.TOKEN_COOKIE, request.form_token)
    return response


def _save_session(project: Project, request: Request, response: Response) -> None:
    """What a visit leaves behind is a small write of its own; a page is not lost when it has to wait.

    Reading leaves no trace of a stranger: a session begins with something that a visitor sends.
    """
    visitor = getattr(request, "session", None)
    if not isinstance(visitor, session.Session) or not visitor.is_changed:
        return
    if not visitor.sid and request.method in SAFE:
        return
    try:
        with open_work(project, Actor(), "write", href=href_of(project, request)) as work:
            session.save(work, request, response, visitor)
    except Unavailable as busy:
        log.warning("a visitor's session was not saved: %s", busy)


def href_of(project: Project, request: Request) -> Href:
    base_url = project.settings(TracSettings).base_url
    return Href(request.environ.get("SCRIPT_NAME", "").rstrip("/"), _origin(base_url) or request.site_origin)


def _origin(base_url: str) -> str:
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.netloc else ""


def _without_slash(project: Project, request: Request) -> Response:
    target = href_of(project, request)(request.path.strip("/"))
    query = request.environ.get("QUERY_STRING", "")
    return Response("", 301, {"Location": f"{target}?{query}" if query else target}, mimetype="text/plain")


def _failure_page(project: Project, request: Request, error: Exception) -> Response:
    """The page of a failure, in the project's layout where the database still answers."""
    problem = errors.problem_of(error, request)
    if request.is_xhr:
        return errors.as_json(problem)
    request.nonce, request.form_token = forms.new_nonce(), forms.token_of(request)
    try:
        with _open(project, request, "read") as work:
            page = pages.render(work, request, "error.html", status=problem.status, problem=problem)
        return errors.decorate(_with_token(project, request, page, True), problem)
    except Exception as second:
        if not isinstance(second, Failure):
            log.error("[%s] the page of this failure failed too", problem.id, exc_info=second)
        return errors.bare_page(problem)
