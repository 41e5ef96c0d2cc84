"""Whole pages for strangers, kept until the database changes.

Everybody without a name, a sign-in and a session is shown the same page. It is kept with the stamp that
the database had before the page was read, and answered again while the stamp is the same. What differs from
answer to answer (the nonce of the content policy, the tokens of forms) is filled into places left open.
"""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from werkzeug.wrappers import Response

from trackside.kernel.project import Project
from trackside.web import auth, forms
from trackside.web.request import Request

Stamp = tuple[int, ...]
Key = tuple[int, str, str, str, str]

LIFETIME_SECONDS = 30.0
LIMIT_BYTES = 64 * 1024 * 1024
LIMIT_PAGE_BYTES = 2 * 1024 * 1024
LIMIT_KEY_CHARACTERS = 1024

_SECRET = secrets.token_hex(8)
NONCE_PLACE = f"nonce{_SECRET}"
TOKEN_PLACE = f"token{_SECRET}"
KEY_PLACE = f"key{_SECRET}"
_PLACES = re.compile(f"({NONCE_PLACE}|{TOKEN_PLACE}|{KEY_PLACE})".encode())


@dataclass(frozen=True, slots=True)
class _Page:
    stamp: Stamp
    until: float
    chunks: tuple[bytes, ...]
    size: int
    mimetype: str
    has_form: bool


class _Pages:
    """Least recently used pages of all projects of this process, bounded by bytes."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Key, _Page] = OrderedDict()
        self._lock = threading.Lock()
        self._size = 0

    def get(self, key: Key) -> _Page | None:
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def put(self, key: Key, page: _Page) -> None:
        with self._lock:
            self._drop(key)
            self._pages[key] = page
            self._size += page.size
            while self._size > LIMIT_BYTES:
                self._drop(next(iter(self._pages)))

    def _drop(self, key: Key) -> None:
        page = self._pages.pop(key, None)
        if page is not None:
            self._size -= page.size


_pages = _Pages()


def open_places(project: Project, request: Request) -> Stamp | None:
    """The stamp to keep the coming page under, or None; a page that is kept gets places left open."""
    if request.method != "GET" or request.is_xhr or not auth.may_be_answered_alike(request):
        return None
    stamp = project.database.stamp()
    if stamp is not None:
        request.nonce, request.form_token = NONCE_PLACE, TOKEN_PLACE
    return stamp


def new_key(request: Request) -> str:
    """The once-key for a form on this page, or the place for one."""
    return KEY_PLACE if request.form_token == TOKEN_PLACE else forms.new_key()


def find(project: Project, request: Request) -> tuple[Response, bool] | None:
    """The kept page with fresh tokens, and whether it has a form."""
    if request.method != "GET" or not auth.may_be_answered_alike(request) or request.is_xhr:
        return None
    page = _pages.get(_key(project, request))
    if page is None or page.until < time.monotonic() or page.stamp != project.database.stamp():
        return None
    return _fill(request, page), page.has_form


def finish(project: Project, request: Request, response: Response, stamp: Stamp) -> tuple[Response, bool]:
    """The page to send, its places filled; kept for the next stranger when it can be."""
    if response.is_streamed or response.direct_passthrough:
        request.nonce, request.form_token = forms.new_nonce(), forms.token_of(request)
        return response, False
    body = response.get_data()
    chunks = tuple(_PLACES.split(body))
    has_form = TOKEN_PLACE.encode() in body
    page = _Page(
        stamp, time.monotonic() + LIFETIME_SECONDS, chunks, len(body), response.mimetype or "", has_form
    )
    key = _key(project, request)
    if _is_worth_keeping(response, page) and sum(map(len, key[1:])) <= LIMIT_KEY_CHARACTERS:
        _pages.put(key, page)
    _close_places(request)
    response.set_data(_join(request, chunks))
    return response, has_form


def _is_worth_keeping(response: Response, page: _Page) -> bool:
    return (
        response.status_code == 200
        and page.size <= LIMIT_PAGE_BYTES
        and page.mimetype == "text/html"
        and "Set-Cookie" not in response.headers
        and "Cache-Control" not in response.headers
        and "Content-Disposition" not in response.headers
    )


def _close_places(request: Request) -> None:
    request.nonce, request.form_token = forms.new_nonce(), forms.token_of(request)


def _fill(request: Request, page: _Page) -> Response:
    _close_places(request)
    return Response(_join(request, page.chunks), mimetype=page.mimetype)


def _join(request: Request, chunks: tuple[bytes, ...]) -> bytes:
    if len(chunks) == 1:
        return chunks[0]
    nonce, token = request.nonce.encode(), request.form_token.encode()
    parts = list(chunks)
    for place in range(1, len(parts), 2):
        name = parts[place]
        parts[place] = (
            nonce
            if name.startswith(b"nonce")
            else token
            if name.startswith(b"token")
            else forms.new_key().encode()
        )
    return b"".join(parts)


def _key(project: Project, request: Request) -> Key:
    environ = request.environ
    return (
        project.serial,
        environ.get("SCRIPT_NAME", ""),
        request.site_origin,
        environ.get("PATH_INFO", ""),
        environ.get("QUERY_STRING", ""),
    )
