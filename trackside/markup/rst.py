"""reStructuredText to HTML, with nothing that reads files or passes HTML through."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import Any, Final

MAX_SIZE: Final = 32 * 1024
# Private signs around the number of a link that is put there after the HTML has been cleaned.
_START, _END = "\ue000", "\ue001"
_MARK: Final = re.compile(f"{_START}([0-9]+){_END}")
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
    try:
        body = _publish(text.replace(_START, "").replace(_END, ""), links)
    except Exception as error:
        _log.warning("A text is no reStructuredText that can be shown: %s", error)
        return None
    return Rst(body, tuple(links))


def _publish(text: str, links: list[str]) -> str:
    # Heavy, and needed by few pages: loaded when the first one asks for it.
    from docutils import nodes
    from docutils.core import publish_parts
    from docutils.parsers.rst import Directive, directives, roles

    def kept(link: str, document: Any) -> Any:
        found = document.settings.links_of_wiki
        found.append(_as_link(link))
        return nodes.Text(f"{_START}{len(found) - 1}{_END}")

    def role(name: str, raw: str, text: str, line: int, inliner: Any, *_: Any) -> Any:
        return [kept(text, inliner.document)], []

    class Trac(Directive):
        required_arguments = 1
        final_argument_whitespace = True

        def run(self) -> Any:
            document = self.state.document
            link = kept(self.arguments[0], document)
            is_inline = isinstance(self.state_machine.node, nodes.substitution_definition)
            return [link] if is_inline else [nodes.paragraph("", "", link)]

    roles.register_local_role("trac", role)
    directives.register_directive("trac", Trac)
    overrides = {**_SETTINGS, "links_of_wiki": links}
    return str(publish_parts(text, writer="html4", settings_overrides=overrides)["fragment"])


def _as_link(text: str) -> str:
    target, _, label = text.strip().partition(" ")
    if target.startswith(("[", "{", "#")) or not label:
        return target
    return f"[{target if ':' in target else 'wiki:' + target} {label}]"
