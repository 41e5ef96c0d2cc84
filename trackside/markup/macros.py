"""Macros: call contributed ones with what they need, and contain their failures."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from markupsafe import Markup

from trackside.kernel.errors import Failure
from trackside.kernel.ref import Ref
from trackside.kernel.work import Work
from trackside.markup import html
from trackside.markup.arguments import split_arguments
from trackside.markup.html import CallSlot
from trackside.markup.nodes import Call
from trackside.markup.syntax import Syntax

MAX_CALLS: Final = 100
_INLINE_HTML: Final = re.compile(
    r"\s*<(?:a|span|bdo|img|big|small|font|tt|i|b|u|s|strike|em|strong|dfn|code|q|samp|kbd|var|cite|abbr"
    r"|acronym|sub|sup)[\s>]"
)
_INLINE: Final = frozenset({"span", "Span", "comment", "htmlcomment"})
_SHORT_FORMATS: Final = frozenset({"compact", "count", "rawcount"})
_log: Final = logging.getLogger(__name__)

Flavor = Literal["html", "oneliner"]
RenderNested = Callable[[str, Flavor], str]


def is_inline(syntax: Syntax, call: Call) -> bool:
    """Whether the call may stand on one line."""
    if call.name in _INLINE:
        return True
    if call.name == "html":
        return _INLINE_HTML.match(call.text or "") is not None
    macro = syntax.macros.get(call.name)
    if macro is None:
        return False
    return not macro.is_block or _asks_for_one_line(call)


def _asks_for_one_line(call: Call) -> bool:
    unnamed, named = split_arguments(call.text)
    words = {item.strip() for item in unnamed}
    if call.name == "TicketQuery":
        return bool(_SHORT_FORMATS & {*words, named.get("format", "").strip()})
    return "inline" in words


@dataclass(frozen=True, slots=True)
class Called:
    """One call of a macro; `page` is the text that it stands in."""

    name: str
    text: str | None
    parameters: Mapping[str, str]
    arguments: tuple[str, ...]
    source: Ref
    is_inline: bool
    is_processor: bool
    page: str
    nested: RenderNested

    def render(self, text: str, flavor: Flavor = "html") -> str:
        return self.nested(text, flavor)


def call_macro(
    work: Work, syntax: Syntax, slot: CallSlot, source: Ref, page: str, nested: RenderNested
) -> str:
    """The HTML of one call; a failing macro leaves a box and does no other harm."""
    called = _called(slot, source, page, nested)
    try:
        result = syntax.macros[slot.call.name].run(work, called)
    except Failure as failure:
        result = _failed(work, slot.call, work.locale.failure(failure))
    except Exception:
        _log.exception("The macro %s failed", slot.call.name)
        result = _failed(work, slot.call, "")
    if result is None:
        return ""
    safe = result if isinstance(result, Markup) else html.text(result)
    return html.fitted(safe, slot.before, slot.after)


def _called(slot: CallSlot, source: Ref, page: str, nested: RenderNested) -> Called:
    call = slot.call
    unnamed, named = split_arguments(call.text) if call.parameters is None else ((), {})
    given = call.parameters if call.parameters is not None else tuple(named.items())
    parameters = {name: str(value) for name, value in given}
    return Called(
        call.name,
        call.text,
        parameters,
        unnamed,
        source,
        slot.is_oneliner,
        call.parameters is not None,
        page,
        nested,
    )


def _failed(work: Work, call: Call, details: str) -> Markup:
    shown = call.source if call.parameters is None else f"#!{call.name}"
    title = work.locale.gettext("%(macro)s could not be shown.", macro=shown)
    return html.markup((html.message_box(title, details),))


def too_many(work: Work) -> str:
    return html.message_box(work.locale.gettext("There are too many macros on this page."))
