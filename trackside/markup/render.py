"""The public door: wiki texts to HTML, many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from markupsafe import Markup

from trackside.kernel.ref import Ref
from trackside.kernel.work import Work
from trackside.markup import html, links
from trackside.markup.blocks import parse
from trackside.markup.builder import inline_nodes
from trackside.markup.cache import Cache
from trackside.markup.html import CallSlot, Compiled, LinkSlot, Words
from trackside.markup.links import Place, Resolved
from trackside.markup.macros import MAX_CALLS, call_macro, too_many
from trackside.markup.nodes import Email, Link, Relative, Short
from trackside.markup.oneliner import prepared
from trackside.markup.plain import text_of
from trackside.markup.syntax import CORE, Syntax
from trackside.markup.writer import Writer

MAX_OUTPUT: Final = 4 * 1024 * 1024
MAX_NESTING: Final = 10
Flavor = Literal["html", "oneliner"]
Key = tuple[int, str, bool, bool, str]
_compiled: Final[Cache[Key, Compiled]] = Cache(32 * 1024 * 1024)


@dataclass(frozen=True, slots=True)
class Piece:
    """A text of `source`, and how it is to be shown."""

    text: str
    source: Ref
    flavor: Flavor = "html"
    keep_newlines: bool = False
    shorten: bool = False


@dataclass(slots=True)
class _Budget:
    """What one page may still cost."""

    calls: int = MAX_CALLS
    depth: int = 0
    output: int = MAX_OUTPUT


def render(work: Work, text: str, source: Ref, *, keep_newlines: bool = False) -> Markup:
    """A whole text as HTML blocks."""
    return render_all(work, [Piece(text, source, keep_newlines=keep_newlines)])[0]


def oneliner(work: Work, text: str, source: Ref, *, shorten: bool = False) -> Markup:
    """A text on one line, without an element around it."""
    return render_all(work, [Piece(text, source, "oneliner", shorten=shorten)])[0]


def render_all(work: Work, pieces: Sequence[Piece]) -> list[Markup]:
    """The texts of one page; all their links are resolved together."""
    return [html.markup((text,)) for text in _render(work, pieces)]


def _render(work: Work, pieces: Sequence[Piece], budget: _Budget | None = None) -> list[str]:
    syntax = work.project.part(Syntax)
    texts = [compiled(syntax, piece) for piece in pieces]
    found = links.resolve(
        work,
        syntax,
        ((link, piece.source) for piece, text in zip(pieces, texts, strict=True) for link in text.links),
    )
    return [
        _joined(work, syntax, piece, text, found, budget or _Budget())
        for piece, text in zip(pieces, texts, strict=True)
    ]


def compiled(syntax: Syntax, piece: Piece) -> Compiled:
    """The text with all that does not depend on the reader done; kept for the next time."""
    key = (syntax.serial, piece.flavor, piece.keep_newlines, piece.shorten, piece.text)
    known = _compiled.get(key)
    if known is None:
        known = _compile(syntax, piece)
        _compiled.put(key, known, known.size + 2 * len(piece.text) + 500)
    return known


def _compile(syntax: Syntax, piece: Piece) -> Compiled:
    try:
        if piece.flavor == "oneliner":
            writer = Writer(syntax, is_oneliner=True)
            writer.nodes(inline_nodes(syntax, prepared(piece.text, piece.shorten)))
        else:
            writer = Writer(syntax, piece.keep_newlines)
            writer.nodes(parse(syntax, piece.text))
        found = writer.compiled()
    except RecursionError:
        return _as_typed(piece.text)
    return found if found.size <= MAX_OUTPUT else _as_typed(piece.text)


def _as_typed(text: str) -> Compiled:
    """For a text that is nested, or grows, beyond all reason."""
    shown = html.text(text[: MAX_OUTPUT // 8])
    return Compiled((f'<pre class="wiki">{shown}</pre>',), (), (), len(shown))


def _joined(
    work: Work,
    syntax: Syntax,
    piece: Piece,
    text: Compiled,
    found: Mapping[Place, Resolved],
    budget: _Budget,
) -> str:
    pieces: list[str] = []
    for chunk in text.chunks:
        if isinstance(chunk, str):
            pieces.append(chunk)
        elif isinstance(chunk, LinkSlot):
            pieces.append(html.anchor(found[chunk.link, piece.source], work.locale))
        elif isinstance(chunk, Words):
            pieces.append(html.words(work.locale, chunk))
        else:
            pieces.append(_call(work, syntax, piece, chunk, budget))
    return "".join(pieces)


def _call(work: Work, syntax: Syntax, piece: Piece, slot: CallSlot, budget: _Budget) -> str:
    budget.calls -= 1
    if budget.calls < 0 or budget.depth >= MAX_NESTING or budget.output < 0:
        return too_many(work) if budget.calls == -1 else ""

    def nested(text: str, flavor: Flavor) -> Markup:
        inner = Piece(text, piece.source, flavor, piece.keep_newlines)
        return html.markup(_render(work, [inner], budget))

    budget.depth += 1
    try:
        result = call_macro(work, syntax, slot, piece.source, piece.text, nested)
    finally:
        budget.depth -= 1
    budget.output -= len(result)
    return result


def joined(work: Work, text: Compiled, source: Ref) -> Markup:
    """What was compiled by other means than as a wiki text, for one reader."""
    syntax = work.project.part(Syntax)
    found = links.resolve(work, syntax, ((link, source) for link in text.links))
    return html.markup((_joined(work, syntax, Piece("", source), text, found, _Budget()),))


def plain(text: str, syntax: Syntax = CORE) -> str:
    """What a reader sees of a text, without markup."""
    return text_of(parse(syntax, text), syntax)


def first_link(work: Work, text: str, source: Ref) -> Resolved | None:
    """The link that the text begins with, when it leads somewhere."""
    syntax = work.project.part(Syntax)
    nodes = inline_nodes(syntax, text)
    link = nodes[0] if nodes else None
    if not isinstance(link, Link | Relative | Short | Email):
        return None
    found = links.resolve(work, syntax, [(link, source)])[link, source]
    return found if found.is_link and found.href else None
