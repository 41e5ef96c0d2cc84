"""reStructuredText to HTML, with nothing that reads files or passes HTML through."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Any, Final

MAX_SIZE: Final = 64 * 1024
# Private signs around the number of a link that is put there after the HTML has been cleaned.
_START, _END = "\ue000", "\ue001"
_MARK: Final = re.compile(f"{_START}([0-9]+){_END}")
_ROLE: Final = re.compile(r":trac:`([^`]*)`")
_DIRECTIVE: Final = re.compile(r"^\.\. trac:: (.*)$", re.MULTILINE)
_SETTINGS: Final = {
    "_disable_config": True,
    "doctitle_xform": False,
    "file_insertion_enabled": False,
    "halt_level": 5,
    "id_prefix": "rst-",
    "initial_header_level": 2,
    "input_encoding": "unicode",
    "line_length_limit": 10_000,
    "math_output": "MathML",
    "output_encoding": "unicode",
    "raw_enabled": False,
    "report_level": 5,
    "smart_quotes": False,
    "syntax_highlight": "short",
    "warning_stream": False,
}
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rst:
    """HTML still to be cleaned, with places for `links`, which are wiki text."""

    html: str
    links: tuple[str, ...]

    def split(self, cleaned: str) -> list[str]:
        """HTML and numbers of links in turn."""
        return _MARK.split(cleaned)


def rst_html(text: str) -> Rst | None:
    """The body of the document; None for what cannot be rendered."""
    if len(text) > MAX_SIZE:
        return None
    links: list[str] = []

    def kept(match: re.Match[str]) -> str:
        links.append(_as_link(match[1]))
        return f"{_START}{len(links) - 1}{_END}"

    text = _ROLE.sub(kept, _DIRECTIVE.sub(kept, text.replace(_START, "").replace(_END, "")))
    parts = _publish(text)
    if parts is None:
        return None
    return Rst(parts["fragment"], tuple(links))


def _as_link(text: str) -> str:
    target, _, label = text.strip().partition(" ")
    if ":" not in target and not target.startswith(("#", "{", "[")):
        target = f"wiki:{target}"
    return f"[{target} {label}]" if label and not target.startswith("[") else target


def _publish(text: str) -> Any:
    # Heavy, and needed by few pages: loaded when the first one asks for it.
    from docutils.core import publish_parts

    try:
        return publish_parts(text, writer="html4", settings_overrides=_SETTINGS)
    except Exception:
        _log.exception("A text is no reStructuredText that can be shown")
        return None
