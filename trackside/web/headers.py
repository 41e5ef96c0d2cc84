"""The headers that protect every answer, and those that `[http-headers]` adds."""

from __future__ import annotations

import re

from werkzeug.wrappers import Response

from trackside.kernel.project import Project
from trackside.web import auth
from trackside.web.request import Request

_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_REFUSED = frozenset(
    ("content-type", "content-length", "location", "etag", "pragma", "cache-control", "expires")
)
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


def content_policy(nonce: str) -> str:
    """What a page of ours may load: its own files, pictures, and scripts that carry the nonce."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self' 'nonce-{nonce}'; "
        "img-src 'self' data: https:; font-src 'self'; connect-src 'self'; form-action 'self'; "
        "manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
    )


def protect_bare(request: Request, response: Response) -> None:
    """For answers that belong to no project."""
    for name, value in _FIXED.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", content_policy(request.nonce))
    response.headers.setdefault("Cache-Control", "no-cache, private")


def protect(project: Project, request: Request, response: Response) -> None:
    """Add what the view has not set itself."""
    headers = response.headers
    if "Cache-Control" not in headers and not auth.may_be_answered_alike(request):
        headers["Cache-Control"] = "private, no-store"
    protect_bare(request, response)
    headers.add("Vary", "Cookie")
    for name, value in project.config.items("http-headers").items():
        if name not in _REFUSED and _NAME.fullmatch(name) and _VALUE.fullmatch(value):
            headers.setdefault(name, value)
