"""Basic and Digest sign-in of the stand-alone server, from htpasswd and htdigest files."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import math
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.http import parse_dict_header
from werkzeug.wrappers import Response

from trackside.features.people.passwords import HtdigestFile, HtpasswdFile
from trackside.hosting.throttle import Throttle
from trackside.kernel.errors import Misconfigured
from trackside.web import forms
from trackside.web.headers import protect_bare
from trackside.web.request import Request

ANY = "*"
MOST_NONCES = 1000
NONCE_SECONDS = 600


class Scheme(Protocol):
    def user(self, environ: WSGIEnvironment) -> str | None:
        """Who the Authorization header proves to be there."""

    def challenge(self) -> str:
        """The WWW-Authenticate header."""


class Basic:
    """A name and a password, checked against an htpasswd file."""

    def __init__(self, file: Path, realm: str) -> None:
        self._file = HtpasswdFile(file)
        self._realm = realm.replace('"', "")

    def user(self, environ: WSGIEnvironment) -> str | None:
        kind, _, credentials = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        if kind.lower() != "basic":
            return None
        try:
            name, colon, password = (
                base64.b64decode(credentials, validate=True).decode("utf-8").partition(":")
            )
        except (binascii.Error, UnicodeDecodeError):
            return None
        return name if colon and self._file.check(name, password) else None

    def challenge(self) -> str:
        return f'Basic realm="{self._realm}", charset="UTF-8"'


class Digest:
    """A proof of the password that is not the password, checked against an htdigest file. Nonces count."""

    def __init__(self, file: Path, realm: str) -> None:
        self._file = HtdigestFile(file)
        self._realm = realm.replace('"', "")
        self._nonces: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def user(self, environ: WSGIEnvironment) -> str | None:
        kind, _, rest = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        if kind.lower() != "digest":
            return None
        sent = {name: value or "" for name, value in parse_dict_header(rest).items()}
        ha1 = self._file.ha1(sent.get("username", ""), self._realm)
        if ha1 is None or sent.get("realm") != self._realm or not self._is_address(sent, environ):
            return None
        expected = self._response(ha1, sent, environ["REQUEST_METHOD"])
        is_right = hmac.compare_digest(expected.encode(), sent.get("response", "").encode())
        return sent["username"] if is_right and self._use(sent) else None

    def _is_address(self, sent: Mapping[str, str], environ: WSGIEnvironment) -> bool:
        path = unquote(sent.get("uri", "").partition("?")[0])
        is_here = path.endswith(environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace"))
        return sent.get("qop") == "auth" and bool(path) and is_here and bool(sent.get("cnonce"))

    def _response(self, ha1: str, sent: Mapping[str, str], method: str) -> str:
        ha2 = _md5(f"{method}:{sent['uri']}")
        return _md5(f"{ha1}:{sent.get('nonce', '')}:{sent.get('nc', '')}:{sent['cnonce']}:auth:{ha2}")

    def _use(self, sent: Mapping[str, str]) -> bool:
        """Whether the nonce is one of ours, young, and this count of it is new."""
        try:
            count = int(sent.get("nc", ""), 16)
        except ValueError:
            return False
        with self._lock:
            made, used = self._nonces.get(sent.get("nonce", ""), (0.0, 0))
            if time.monotonic() - made > NONCE_SECONDS or count <= used:
                return False
            self._nonces[sent["nonce"]] = (made, count)
            return True

    def challenge(self) -> str:
        nonce = secrets.token_hex(16)
        with self._lock:
            self._nonces[nonce] = (time.monotonic(), 0)
            while len(self._nonces) > MOST_NONCES:
                self._nonces.popitem(last=False)
        return f'Digest realm="{self._realm}", qop="auth", nonce="{nonce}", algorithm=MD5'


def _md5(text: str) -> str:
    return hashlib.md5(text.encode("utf-8"), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class HttpAuth:
    """Asks for a sign-in at `/login` of a project, or of the one project served; elsewhere the cookie counts.

    `schemes` maps a project name, or `*`, to how its people sign in; `single` names the only project.
    """

    application: WSGIApplication
    schemes: Mapping[str, Scheme]
    single: str = ""
    throttle: Throttle = field(default_factory=Throttle)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ.pop("REMOTE_USER", None)
        scheme = self._scheme_for(environ.get("PATH_INFO", ""))
        if scheme is None:
            return self.application(environ, start_response)
        answer = self._refuse(environ, scheme)
        if answer is not None:
            return answer(environ, start_response)
        return self.application(environ, start_response)

    def _refuse(self, environ: WSGIEnvironment, scheme: Scheme) -> Response | None:
        """Asks for the password, or lets a guesser wait; None when REMOTE_USER is known now."""
        if not environ.get("HTTP_AUTHORIZATION"):
            return _ask(environ, scheme)
        keys = (f"address {environ.get('REMOTE_ADDR', '')}", f"name {_claimed(environ)}")
        seconds = self.throttle.wait(*keys)
        if seconds > 0:
            return _let_wait(environ, seconds)
        user = scheme.user(environ)
        if user is None:
            self.throttle.failed(*keys)
            return _ask(environ, scheme)
        self.throttle.succeeded(*keys)
        environ["REMOTE_USER"] = user
        return None

    def _scheme_for(self, path: str) -> Scheme | None:
        parts = [part for part in path.split("/") if part]
        if self.single:
            parts.insert(0, self.single)
        if len(parts) != 2 or parts[1] != "login":
            return None
        return self.schemes.get(parts[0]) or self.schemes.get(ANY)


def _claimed(environ: WSGIEnvironment) -> str:
    """The name that somebody says to have, right or wrong."""
    kind, _, credentials = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if kind.lower() == "digest":
        return parse_dict_header(credentials).get("username") or ""
    try:
        return base64.b64decode(credentials, validate=True).decode("utf-8").partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _let_wait(environ: WSGIEnvironment, seconds: float) -> Response:
    request = Request(environ)
    request.nonce = forms.new_nonce()
    response = Response("Too many wrong passwords. Try again later.\n", 429, mimetype="text/plain")
    response.headers["Retry-After"] = str(math.ceil(seconds))
    protect_bare(request, response)
    return response


def _ask(environ: WSGIEnvironment, scheme: Scheme) -> Response:
    request = Request(environ)
    request.nonce = forms.new_nonce()
    response = Response(
        "Sign in to go on.\n", 401, {"WWW-Authenticate": scheme.challenge()}, mimetype="text/plain"
    )
    protect_bare(request, response)
    return response


def parse_option(text: str, kind: type[Basic] | type[Digest]) -> tuple[str, Scheme]:
    """`env,file,realm` as tracd takes it: the project's name (or `*`) and its scheme."""
    name, comma, rest = text.partition(",")
    file, second, realm = rest.partition(",")
    if not comma or not name or not file:
        raise Misconfigured(
            "“%(text)s” is not of the form project,file,realm (the project may be *).", text=text
        )
    return Path(name).name, kind(Path(file), realm if second else "")
