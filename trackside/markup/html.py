"""The tree to safe HTML: the only place that makes Markup, and where every text is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from trackside.kernel.i18n import ENGLISH, N_, Locale
from trackside.markup.links import ZERO_WIDTH_SPACE, AnyLink, Resolved
from trackside.markup.nodes import Call, Heading

_BLOCK: Final = re.compile(r"\s*<(?:div|table)\b")
_CODE: Final = re.compile(r'\s*<div class="[^"]*\bcode\b[^"]*">')
_CODE_END: Final = re.compile(r"</div>\s*$")


@dataclass(frozen=True, slots=True)
class CallSlot:
    """Where the result of a macro goes. Blocks in a paragraph stand between `before` and `after`."""

    call: Call
    before: str
    after: str
    is_oneliner: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """A message to the reader, in the reader's language."""

    message: str
    arguments: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LinkSlot:
    link: AnyLink


Chunk = str | LinkSlot | CallSlot | Words


@dataclass(frozen=True, slots=True)
class Compiled:
    """A text as far as it can be rendered once for all readers."""

    chunks: tuple[Chunk, ...]
    links: tuple[AnyLink, ...]
    headings: tuple[Heading, ...]
    size: int


def text(value: str) -> str:
    """Escaped for running text."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def attribute(value: str) -> str:
    """Escaped for an attribute in double quotes."""
    return text(value).replace('"', "&#34;")


def element(tag: str, pairs: Iterable[tuple[str, str]]) -> str:
    """A start tag; attributes without a value are left out."""
    given = "".join([f' {name}="{attribute(value)}"' for name, value in pairs if value])
    return f"<{tag}{given}>"


def markup(pieces: Iterable[str]) -> Markup:
    """Declares escaped pieces safe."""
    return Markup("".join(pieces))  # noqa: S704


def anchor(link: Resolved, locale: Locale = ENGLISH) -> str:
    """A link as HTML, or its text."""
    if not link.is_link:
        return attribute(link.label)
    if link.href is None and link.css == "error":
        return f'<em class="error">{text(link.title)}</em>'
    start = f'<a class="{attribute(link.css)}"' if link.css else "<a"
    if link.href:
        start += f' href="{attribute(link.href)}"'
        if link.css and "missing" in link.css.split():
            start += ' rel="nofollow"'
    start += f' title="{attribute(link.title)}">' if link.title else ">"
    icon = f'<span class="icon">{ZERO_WIDTH_SPACE}</span>' if link.is_external else ""
    suffix = link.suffix if isinstance(link.suffix, Markup) else text(link.suffix)
    if link.raw:
        suffix += raw_link(link.raw, locale.gettext(N_("Download")))
    return f"{start}{icon}{text(link.label)}</a>{suffix}"


def raw_link(href: str, title: str, css: str = "trac-rawlink") -> Markup:
    """The small link behind another one that downloads what it shows."""
    return markup(
        (element("a", [("class", css), ("href", href), ("title", title)]), ZERO_WIDTH_SPACE, "</a>")
    )


def message_box(title: str, details: str = "") -> str:
    """The box that stands for what could not be shown."""
    more = f"<pre>{text(details)}</pre>" if details else ""
    return f'<div class="system-message"><strong>{text(title)}</strong>{more}</div>'


def words(locale: Locale, slot: Words) -> str:
    return text(locale.gettext(slot.message, **dict(slot.arguments)))


def is_block(result: str) -> bool:
    return _BLOCK.match(result) is not None


def fitted(result: str, before: str, after: str) -> str:
    """The result of a macro where it was called; a block in a paragraph splits it."""
    if not before or _BLOCK.match(result) is None:
        return result
    if (code := _CODE.match(result)) is not None:
        return f'<span class="code-block">{_CODE_END.sub("", result[code.end() :])}</span>'
    return f"{before}{result}{after}"
