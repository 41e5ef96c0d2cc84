"""Failures to pages; whoever asks in another way gets the same words in that shape."""

from __future__ import annotations

import json
import logging
import secrets
from dataclasses import dataclass

from markupsafe import escape
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from trackside.db.versions import NEEDS_UPGRADE
from trackside.kernel.errors import Failure, Forbidden, Misconfigured, Unavailable
from trackside.kernel.i18n import ENGLISH, Locale
from trackside.web.request import Request

log = logging.getLogger("trackside.web")
RETRY_SECONDS = 10

_TITLES = {
    400: "This could not be accepted",
    403: "You may not do this",
    404: "Not found",
    405: "Not possible here",
    409: "Somebody else was first",
    413: "Too large",
    415: "This kind of data is not understood",
    421: "This host is not served here",
    500: "Something went wrong",
    503: "Not available right now",
}
_DEFAULT_TEXTS = {
    405: "This address does not answer that kind of request.",
    413: "What was sent is larger than this site accepts.",
    415: "What was sent is of a kind that this address does not understand.",
}
# What a form may have held that somebody wrote by hand and must not lose.
_KEPT_FIELDS = ("text", "comment", "field_description", "description", "edited_comment", "query")


@dataclass(frozen=True, slots=True)
class Problem:
    """A failure as it is told: an id finds it in the log, `kept` is what was typed."""

    status: int
    title: str
    text: str
    id: str
    kept: tuple[tuple[str, str], ...] = ()
    asks_for_sign_in: bool = False
    allow: tuple[str, ...] = ()


def problem_of(error: Exception, request: Request | None, locale: Locale = ENGLISH) -> Problem:
    """What to tell of any exception; only failures of ours tell their own words."""
    id = secrets.token_hex(4)
    kept = _typed(request)
    if isinstance(error, Failure):
        if isinstance(error, (Misconfigured, Unavailable)):
            log.error("[%s] %s: %s", id, type(error).__name__, error)
        title = locale.gettext(_TITLES[error.status])
        return Problem(
            error.status, title, _public_text(error, id, locale), id, kept, isinstance(error, Forbidden)
        )
    if isinstance(error, HTTPException) and error.code is not None and error.code < 500:
        title = locale.gettext(_TITLES.get(error.code, _TITLES[400]))
        text = locale.gettext(_DEFAULT_TEXTS.get(error.code, "The request is not well formed."))
        methods = getattr(error, "valid_methods", None) or ()
        return Problem(error.code, title, text, id, kept, allow=tuple(methods))
    log.error("[%s] %s", id, type(error).__name__, exc_info=error)
    text = locale.gettext(
        "This is a fault of the program, not of yours. Nothing was changed. The administrator finds it "
        "in the log as %(id)s.",
        id=id,
    )
    return Problem(500, locale.gettext(_TITLES[500]), text, id, kept)


def _public_text(failure: Failure, id: str, locale: Locale) -> str:
    """What is wrong with a set-up is for the administrator: it may tell of paths, servers and names."""
    if not isinstance(failure, Misconfigured):
        return locale.failure(failure)
    if failure.message == NEEDS_UPGRADE:
        return locale.gettext(
            "This project cannot be served until its administrator has run an upgrade (%(id)s in the log).",
            id=id,
        )
    return locale.gettext(
        "This project cannot be served: something in its set-up is wrong. The administrator finds what it is "
        "in the log as %(id)s.",
        id=id,
    )


def _typed(request: Request | None) -> tuple[tuple[str, str], ...]:
    if request is None or request.method != "POST":
        return ()
    try:
        form = request.form
    except Exception:  # the form itself may be what is broken
        return ()
    return tuple((name, form[name]) for name in _KEPT_FIELDS if form.get(name, "").strip())


def decorate(response: Response, problem: Problem) -> Response:
    if problem.status == 503:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    if problem.allow:
        response.headers["Allow"] = ", ".join(problem.allow)
    return response


def bare_page(problem: Problem) -> Response:
    """A page that needs nothing: no database, no template, no project."""
    kept = "".join(
        f"<p><textarea rows=12 cols=80 readonly>{escape(value)}</textarea></p>" for _, value in problem.kept
    )
    body = (
        "<!doctype html><html lang=en><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width,initial-scale=1'>"
        f"<title>{escape(problem.title)}</title>"
        f"<main><h1>{escape(problem.title)}</h1><p>{escape(problem.text)}</p>{kept}"
        f"<p><small>{problem.id}</small></p></main>"
    )
    return decorate(Response(body, status=problem.status, mimetype="text/html"), problem)


def as_json(problem: Problem) -> Response:
    body = {"status": problem.status, "title": problem.title, "detail": problem.text, "id": problem.id}
    return decorate(
        Response(json.dumps(body), status=problem.status, mimetype="application/problem+json"), problem
    )
