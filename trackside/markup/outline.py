"""The headings of a text as nested lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from trackside.kernel.errors import Invalid
from trackside.kernel.feature import MacroCall
from trackside.kernel.ref import Ref
from trackside.kernel.work import Work
from trackside.markup import html
from trackside.markup.nodes import Heading
from trackside.markup.render import Piece, compiled, render_all
from trackside.markup.syntax import Syntax

_LINKS: Final = re.compile(r"</?a\b[^>]*>")
_LEVELS: Final = re.compile(r"\s*([0-9]{1,3})\s*(?:-\s*([0-9]{1,3})\s*)?$")
DEEPEST: Final = 6


def outline(
    work: Work, text: str, source: Ref, *, lowest: int = 1, deepest: int = DEEPEST, shorten: bool = True
) -> Markup:
    """The headings of the levels from `lowest` to `deepest` as links to them."""
    headings = [
        heading
        for heading in compiled(work.project.part(Syntax), Piece(text, source)).headings
        if lowest <= heading.level <= deepest
    ]
    labels = render_all(work, [Piece(h.source, source, "oneliner", shorten=shorten) for h in headings])
    return html.markup(("\n", *_lines(headings, labels, lowest)))


def _lines(headings: Sequence[Heading], labels: Sequence[str], lowest: int) -> list[str]:
    lines: list[str] = []
    depth = lowest - 1
    for heading, label in zip(headings, labels, strict=True):
        if heading.level > depth:
            for level in range(depth, heading.level):
                lines += [_indented(level, 0, "<ol>"), _indented(level, 1, "<li>")]
        else:
            lines += _closed(depth, heading.level)
            lines += [_indented(heading.level - 1, 1, "</li>"), _indented(heading.level - 1, 1, "<li>")]
        depth = heading.level
        link = f'<a href="#{html.attribute(heading.id)}">{_LINKS.sub("", label)}</a>'
        lines.append(_indented(depth - 1, 2, link))
    return lines + _closed(depth, lowest - 1)


def _closed(depth: int, level: int) -> list[str]:
    lines = []
    for at in range(depth - 1, level - 1, -1):
        lines += [_indented(at, 1, "</li>"), _indented(at, 0, "</ol>")]
    return lines


def _indented(depth: int, more: int, line: str) -> str:
    return "  " * (2 * depth + more) + line + "\n"


def page_outline(work: Work, call: MacroCall) -> str:
    """`[[PageOutline(levels, title, inline|pullout, numbered|unnumbered)]]`"""
    parts = [part.strip() for part in (call.text or "").split(",")] + ["", ""]
    lowest, deepest = _levels(parts[0])
    choices = parts[2:]
    is_inline, is_unnumbered = "inline" in choices, "unnumbered" in choices
    page = getattr(call, "page", "")
    body = outline(work, page, call.source, lowest=lowest, deepest=deepest, shorten=not is_inline)
    title = f'<h4 class="section">{html.text(parts[1])}</h4>' if parts[1] else ""
    if is_inline and not is_unnumbered:
        return html.markup((title, body))
    css = "wiki-toc-un" if is_inline else "wiki-toc"
    return html.markup((f'<div class="{css}">', title, body, "</div>"))


def _levels(text: str) -> tuple[int, int]:
    if not text:
        return 1, DEEPEST
    match = _LEVELS.match(text)
    if match is None:
        raise Invalid("“%(levels)s” is no range of heading levels.", levels=text)
    first = min(max(int(match[1]), 1), DEEPEST)
    last = min(max(int(match[2] or match[1]), 1), DEEPEST)
    return min(first, last), max(first, last)
