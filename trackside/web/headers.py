"""The headers that protect every answer, and those that `[http-headers]` adds."""

from __future__ import annotations

import re

from werkzeug.wrappers import Response

from trackside.kernel.project import Project
from trackside.web import auth
from trackside.web.request import Request

_FIXED = (
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)
_REFUSED = frozenset(
    ("content-type", "content-length", "location", "etag", "pragma", "cache-control", "expires")
)
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


def content_policy(nonce: str) -> str:
    """What a page of ours may load: its own files, pictures, and scripts that carry the nonce.

    Style attributes stand in wiki texts since Trac (cells, images, `#!div`), cleaned to harmless properties.
    """
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self' 'nonce-{nonce}'; "
        "style-src-attr 'unsafe-inline'; "
        "img-src 'self' data: https:; font-src 'self'; connect-src 'self'; form-action 'self'; "
        "manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
    )


def protect_bare(request: Request, response: Response) -> None:
    """For answers that belong to no project: what the view has not set itself."""
    _add_missing(response, [*_FIXED, *_varying(request)])


def protect(project: Project, request: Request, response: Response) -> None:
    """Add what the view has not set itself, and the site's own headers."""
    own = [("Cache-Control", "private, no-store")] if not auth.may_be_answered_alike(request) else []
    wanted = project.config.items("http-headers")
    if wanted:
        own += [(name, value) for name, value in wanted.items() if _is_allowed(name, value)]
    _add_missing(response, [*own, *_FIXED, *_varying(request)])
    response.headers.add("Vary", "Cookie")


def _varying(request: Request) -> list[tuple[str, str]]:
    return [
        ("Content-Security-Policy", content_policy(request.nonce)),
        ("Cache-Control", "no-cache, private"),
    ]


def _is_allowed(name: str, value: str) -> bool:
    return name not in _REFUSED and bool(_NAME.fullmatch(name) and _VALUE.fullmatch(value))


def _add_missing(response: Response, wanted: list[tuple[str, str]]) -> None:
    """One pass over what is there: asking header by header costs more than a kept page does."""
    present = {name.lower() for name, _ in response.headers}
    for name, value in wanted:
        if name.lower() not in present:
            present.add(name.lower())
            response.headers.add(name, value)
