"""Addresses of the site itself, encoded as Trac encodes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, quote_plus

_PATH_SAFE = "/!~*'()"
_QUERY_SAFE = "!~*'()"
_SLASHES = re.compile(r"//+")

QueryValue = str | int | float | None


# Lists ask for the same names and numbers over and over.
@lru_cache(maxsize=16384)
def _segment(text: str) -> str:
    return quote(text.strip("/"), _PATH_SAFE)


@lru_cache(maxsize=16384)
def _parameter(text: str) -> str:
    return quote_plus(text, _QUERY_SAFE)


@dataclass(frozen=True, slots=True)
class Href:
    """Builds addresses below `base` (SCRIPT_NAME, no final slash).

    `origin` is scheme and host (`https://example.org`, no path), or empty when it is not known.
    """

    base: str = ""
    origin: str = ""

    def __call__(
        self,
        *segments: str | int,
        fragment: str = "",
        query: Iterable[tuple[str, QueryValue]] = (),
        **named: QueryValue,
    ) -> str:
        """`href("ticket", 1, version=2)` is `/ticket/1?version=2`.

        Named parameters are sorted and None values dropped; `query` is a sequence of pairs kept in order.
        Slashes never double, so that no path can be taken for a host.
        """
        path = "/".join([_segment(str(segment)) for segment in segments])
        if "//" in path or path[:1] == "/":
            path = _SLASHES.sub("/", path).removeprefix("/")
        address = f"{self.base}/{path}" if path else (self.base or "/")
        pairs = [*query, *((k, v) for k, v in sorted(named.items()) if v is not None)]
        if pairs:
            address += "?" + "&".join(
                _parameter(str(k)) + ("" if v is None else "=" + _parameter(str(v))) for k, v in pairs
            )
        return f"{address}#{quote(fragment, ':' + _PATH_SAFE)}" if fragment else address

    def absolute(self) -> Href:
        """Builds the same addresses with scheme and host, for what leaves the site."""
        return Href(self.origin + self.base, self.origin)
