"""Code blocks and what the name behind `#!` makes of them."""

from __future__ import annotations

import re
from typing import Final, Protocol

from trackside.kernel.i18n import N_
from trackside.markup import html
from trackside.markup.arguments import split_arguments
from trackside.markup.blocks import parse
from trackside.markup.builder import inline_nodes
from trackside.markup.highlight import highlighted, split_lines
from trackside.markup.html import Chunk, Words
from trackside.markup.mime import MimeTypes
from trackside.markup.nodes import Block, Call, Container, Nodes, Parameters
from trackside.markup.oneliner import prepared
from trackside.markup.rst import rst_html
from trackside.markup.sanitize import clean_html
from trackside.markup.syntax import Syntax
from trackside.markup.udiff import diff_html

_CLEAR: Final = re.compile(r"\s*clear\s*(?:[:=]\s*(\w*)\s*)?$")
_RANGE: Final = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?$")
_OWN_PARAMETERS: Final = frozenset({"lineno", "id", "marks"})
MAX_TABLE_LINES: Final = 20_000


class Sink(Protocol):
    """Where HTML is put; the writer is one."""

    syntax: Syntax
    keeps_newlines: bool

    def write(self, piece: str) -> None: ...
    def slot(self, chunk: Chunk) -> None: ...
    def nodes(self, nodes: Nodes) -> None: ...
    def failure(self, message: str, **arguments: str) -> None: ...


def line_break(arguments: str | None) -> str:
    """`[[BR(clear:left)]]`"""
    for argument in (arguments or "").split(","):
        if (match := _CLEAR.match(argument)) is not None:
            side = match[1] if match[1] in ("left", "right") else "both"
            return f'<br style="clear: {side}" />'
    return "<br />"


def as_nodes(syntax: Syntax, call: Call) -> Nodes:
    """A processor that is called between double brackets."""
    body = call.text or ""
    match call.name:
        case "span" | "Span":
            unnamed, named = split_arguments(body)
            children = inline_nodes(syntax, prepared(", ".join(item.strip() for item in unnamed)))
            return (Container("span", tuple(named.items()), children),)
        case "div":
            return (Container("div", (("class", "wikipage"),), parse(syntax, body, 1)),)
        case "rtl":
            return (Container("div", (("class", "rtl"),), parse(syntax, body, 1)),)
        case _:
            return (Block(call.name, (), body),)


def write_block(sink: Sink, block: Block) -> None:
    match block.name:
        case "default":
            _default(sink, block)
        case "comment":
            pass
        case "htmlcomment":
            _comment(sink, block.body)
        case "html":
            cleaned = clean_html(block.body, sink.syntax)
            sink.write(f'<pre class="wiki">{html.text(block.body)}</pre>' if cleaned is None else cleaned)
        case _:
            _source(sink, block)


def _default(sink: Sink, block: Block) -> None:
    if block.id:
        sink.write('<div class="wiki-code">')
        write_numbered(sink, block, "text/plain")
        sink.write("</div>")
    else:
        sink.write(f'<pre class="wiki">{html.text(block.body)}</pre>')


def _comment(sink: Sink, body: str) -> None:
    if "--" in body:
        sink.failure(N_("An HTML comment must not contain “--”."))
    else:
        sink.write(f"<!--\n{body}-->\n")


def _source(sink: Sink, block: Block) -> None:
    """Text of another kind, through the renderer that suits it best."""
    types = sink.syntax.mime
    mime = types.of_keyword(block.name)
    if mime is None:
        sink.write('<div class="system-message"><strong>')
        sink.slot(Words(N_("There is no processor or macro named “%(name)s”."), (("name", block.name),)))
        sink.write("</strong></div>")
        return
    if types.is_binary(mime) or not block.body:
        sink.write('<div class="wiki-code"></div>')
        return
    sink.write('<div class="wiki-code">')
    if render_kind(sink, mime, block.body):
        pass
    elif block.id:
        write_numbered(sink, block, mime)
    else:
        code = _highlighted(types, mime, _tabs(sink, block.body), block.parameters)
        sink.write(f'<div class="code"><pre>{code}</pre></div>')
    sink.write("</div>")


def is_wiki_text(mime: str) -> bool:
    return mime in ("text/x-trac-wiki", "application/x-trac-wiki")


def render_kind(sink: Sink, mime: str, body: str) -> bool:
    """Write a text of a kind that is shown as something else than source code; whether it is one."""
    if is_wiki_text(mime):
        sink.nodes(parse(sink.syntax, body, 1))
        return True
    if mime in ("text/x-diff", "text/x-patch") and (
        table := diff_html(body, max(sink.syntax.mime.settings.tab_width, 1))
    ):
        sink.write(table)
        return True
    if mime in ("text/x-rst", "text/prs.fallenstein.rst"):
        return write_rst(sink, body)
    return False


def write_rst(sink: Sink, body: str) -> bool:
    """reStructuredText, with links of ours where it asks for them."""
    found = rst_html(body)
    cleaned = clean_html(found.html, sink.syntax) if found is not None else None
    if found is None or cleaned is None:
        return False
    for number, piece in enumerate(found.split(cleaned)):
        if number % 2:
            sink.nodes(inline_nodes(sink.syntax, found.links[int(piece)]))
        else:
            sink.write(piece)
    return True


def _highlighted(types: MimeTypes, mime: str, body: str, parameters: Parameters) -> str:
    options = {name: str(value) for name, value in parameters if name not in _OWN_PARAMETERS}
    return highlighted(body, types.lexers.get(mime, ""), options)


def _tabs(sink: Sink, body: str) -> str:
    return body.expandtabs(max(sink.syntax.mime.settings.tab_width, 1))


def write_numbered(sink: Sink, block: Block, mime: str) -> None:
    """A table with a row and an address for each line; `#L1` and so on where the block has no id."""
    code = _highlighted(sink.syntax.mime, mime, _tabs(sink, block.body), block.parameters)
    given = dict(block.parameters)
    first = _number(given.get("lineno"))
    marks = _marks(str(given.get("marks", "")))
    sink.write('<table class="code"><thead><tr><th class="lineno" title="')
    sink.slot(Words(N_("Line numbers")))
    sink.write('">')
    sink.slot(Words(N_("Line")))
    sink.write('</th><th class="content">\u00a0</th></tr></thead><tbody>')
    prefix = f"{html.attribute(block.id)}-L" if block.id else "L"
    for number, line in enumerate(split_lines(code), first):
        css = ' class="hilite"' if any(low <= number <= high for low, high in marks) else ""
        at = f"{prefix}{number}"
        sink.write(f'<tr{css}><th id="{at}"><a href="#{at}">{number}</a></th><td>{line}\n</td></tr>')
    sink.write("</tbody></table>")


def _number(value: str | bool | None) -> int:
    text = value if isinstance(value, str) else ""
    return int(text) if text.isdecimal() and int(text[:9]) > 0 and len(text) < 10 else 1


def _marks(text: str) -> list[tuple[int, int]]:
    found = []
    for part in text.split(",") if text else ():
        match = _RANGE.match(part.strip())
        if match is None:
            return []
        found.append((int(match[1]), int(match[2] or match[1])))
    return found
