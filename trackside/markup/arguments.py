"""The arguments of macros: separated by commas, some of them named."""

from __future__ import annotations

import re
from typing import Final

_COMMA: Final = re.compile(r"(?<!\\),")
_STRICT: Final = re.compile(r"\s*([a-zA-Z_]\w+)\s*=(.*)", re.DOTALL | re.ASCII)
_LAX: Final = re.compile(r"\s*([^=]+?)\s*=(.*)", re.DOTALL)


def split_arguments(text: str | None, is_strict: bool = True) -> tuple[tuple[str, ...], dict[str, str]]:
    r"""Unnamed and named arguments; `\,` is a comma. A strict name is a word of two signs at least."""
    unnamed: list[str] = []
    named: dict[str, str] = {}
    if not text:
        return (), named
    pattern = _STRICT if is_strict else _LAX
    for item in _COMMA.split(text):
        item = item.replace("\\,", ",")
        match = pattern.fullmatch(item)
        if match is not None:
            named[match[1]] = match[2]
        else:
            unnamed.append(item)
    return tuple(unnamed), named
