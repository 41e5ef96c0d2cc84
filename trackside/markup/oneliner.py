"""What becomes of a text before it is shown on one line."""

from __future__ import annotations

import re
from typing import Final

from trackside.kernel.text import shorten
from trackside.markup.lines import OPENER

_COMMENT: Final = re.compile(r"\s*#!comment\b")


def prepared(text: str, shortens: bool = False) -> str:
    """Without code blocks and, if asked, not much longer than a line."""
    text = text.replace("\f", " ").replace("\v", " ").strip()
    text = _without_blocks(text).strip() if "{{{" in text or "}}}" in text else "\n".join(text.splitlines())
    text = text.replace("\t", " " * 8)
    return shorten(text) if shortens else text


def _without_blocks(text: str) -> str:
    kept: list[str] = []
    depth = 0
    for line in text.splitlines():
        if "{{{" in line and "}}}" not in line and OPENER.match(line):
            depth += 1
            if depth == 1:
                kept.append(" [...]")
        elif line.strip() == "}}}":
            depth = max(depth - 1, 0)
        elif depth == 1 and kept[-1] == " [...]" and _COMMENT.match(line):
            kept[-1] = ""
        elif not depth:
            kept.append(line)
    return "\n".join(kept)
