"""Source code to HTML, with Pygments' short class names and no styles of its own."""

from __future__ import annotations

import html
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import pygments
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound, OptionError

MAX_SIZE: Final = 256 * 1024
SECONDS: Final = 3.0
_formatter: Final[HtmlFormatter[str]] = HtmlFormatter(nowrap=True)


class _TooSlowError(Exception):
    pass


def highlighted(code: str, language: str, options: Mapping[str, str] | None = None) -> str:
    """Escaped HTML of a text in a language that Pygments knows by that name; plain where it does not."""
    if language and len(code) <= MAX_SIZE:
        try:
            tokens = _tokens(_lexer(language, tuple(sorted((options or {}).items()))), code)
            return pygments.format(tokens, _formatter)
        except (ClassNotFound, OptionError, ValueError, _TooSlowError):
            pass
    return html.escape(code, quote=False)


def _tokens(lexer: Lexer, code: str) -> list[tuple[Any, str]]:
    """The tokens of a text, as long as finding them takes no longer than a page may wait."""
    found = []
    end = time.monotonic() + SECONDS
    for number, token in enumerate(lexer.get_tokens(code)):
        if not number % 256 and time.monotonic() > end:
            raise _TooSlowError
        found.append(token)
    return found


@lru_cache(maxsize=64)
def _lexer(language: str, options: tuple[tuple[str, str], ...]) -> Lexer:
    return get_lexer_by_name(language, **{"stripnl": False, **dict(options)})


def split_lines(markup: str) -> list[str]:
    """Highlighted text in lines, each with its spans closed and opened again on the next one."""
    lines: list[str] = []
    open_spans: list[str] = []
    for line in markup.splitlines():
        start = "".join(open_spans)
        at = 0
        while (at := line.find("<", at)) >= 0:
            end = line.find(">", at)
            if line.startswith("</", at):
                open_spans.pop()
            else:
                open_spans.append(line[at : end + 1])
            at = end
        lines.append(start + line + "</span>" * len(open_spans))
    return lines
