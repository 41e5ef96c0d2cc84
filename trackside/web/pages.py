"""Pages: the Jinja environment, what every template has, redirects and messages."""

from __future__ import annotations

from collections.abc import Sequence

from jinja2 import Environment
from werkzeug.wrappers import Response

from trackside.kernel.feature import Beside, features_of
from trackside.kernel.ref import Ref
from trackside.kernel.work import Work
from trackside.web import furniture
from trackside.web.request import Request
from trackside.web.templates_of import Templates

NOTICE, WARNING = "chrome.notices.0", "chrome.warnings.0"
_SEPARATOR = "\n"


def render(work: Work, request: Request, template: str, *, status: int = 200, **values: object) -> Response:
    """A whole page. Templates get plain values: what to show must have been asked before."""
    environment = _environment(work)
    _take_waiting(request)
    body = environment.get_template(template).render({**furniture.values(work, request), **values})
    return Response(body, status=status, mimetype="text/html")


def fragment(work: Work, request: Request, template: str, block: str, **values: object) -> Response:
    """Only one block of a page, for a script that replaces it."""
    environment = _environment(work)
    found = environment.get_template(template)
    context = found.new_context({**furniture.values(work, request), **values})
    return Response("".join(found.blocks[block](context)), mimetype="text/html")


def _environment(work: Work) -> Environment:
    return work.project.part(Templates).environment


def redirect(work: Work, request: Request, address: str, notice: str | None = None) -> Response:
    """To an address of ours, after a change; the notice shows on the page that follows.

    `address` comes from `work.href`; anything that is not below it is a mistake of the caller.
    """
    if not is_ours(work, address):
        raise ValueError("a redirect leads to addresses of this project only")
    if notice is not None:
        notify(request, notice)
    _keep_waiting(request)
    status = 303 if request.method == "POST" else 302
    return Response("", status=status, headers={"Location": address}, mimetype="text/plain")


def is_ours(work: Work, address: str) -> bool:
    base = work.href.base
    below = address.startswith((f"{base}/", f"{base}?", f"{base}#")) or address == base != ""
    return below and not address.startswith(("//", "/\\")) and "\\" not in address and address.isprintable()


def notify(request: Request, text: str) -> None:
    """Say something on this page, or on the next one after a redirect."""
    request.notices.append(text)


def warn(request: Request, text: str) -> None:
    request.warnings.append(text)


def _keep_waiting(request: Request) -> None:
    for name, messages in ((NOTICE, request.notices), (WARNING, request.warnings)):
        if messages:
            request.session[name] = _SEPARATOR.join(m.replace(_SEPARATOR, " ") for m in messages)


def _take_waiting(request: Request) -> None:
    visitor = getattr(request, "session", None)
    if not visitor:
        return
    for name, messages in ((NOTICE, request.notices), (WARNING, request.warnings)):
        if name in visitor:
            messages[:0] = visitor.pop(name).split(_SEPARATOR)


def companions(work: Work, ref: Ref) -> Sequence[tuple[str, Beside]]:
    """What other features show beside a thing: template names with their values."""
    return [
        (companion.template, companion.gather(work, ref))
        for feature in features_of(work.project)
        for companion in feature.companions
        if ref.realm in companion.realms
    ]
