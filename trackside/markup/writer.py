"""Writer: compiles a tree into escaped chunks, with slots for what differs between readers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from trackside.markup import html, processors
from trackside.markup.html import CallSlot, Chunk, Compiled, LinkSlot, Words
from trackside.markup.inline import STYLES
from trackside.markup.links import AnyLink
from trackside.markup.macros import is_inline
from trackside.markup.nodes import (
    Anchor,
    Block,
    Break,
    Call,
    Cell,
    Citation,
    Code,
    Container,
    Definition,
    Definitions,
    Email,
    Failed,
    Heading,
    Item,
    LineEnd,
    Link,
    List,
    Node,
    Nodes,
    Paragraph,
    Quote,
    Relative,
    Row,
    Rule,
    Short,
    Styled,
    Table,
    Text,
    Verbatim,
)
from trackside.markup.sanitize import attributes
from trackside.markup.syntax import PROCESSORS, Syntax

_TAGS: Final = {"underline": ('<span class="underline">', "</span>")}
_CHUNK_COST: Final = 120


class Writer:
    """Collects chunks. In a paragraph it knows which tags are open, for blocks that split it."""

    def __init__(self, syntax: Syntax, keeps_newlines: bool = False, is_oneliner: bool = False) -> None:
        self.syntax = syntax
        self.keeps_newlines = keeps_newlines
        self.is_oneliner = is_oneliner
        self._chunks: list[Chunk] = []
        self._pieces: list[str] = []
        self._headings: list[Heading] = []
        self._open: list[tuple[str, str]] | None = None

    def compiled(self) -> Compiled:
        self._flush()
        chunks = tuple(_ellipses(self._chunks) if self.is_oneliner else self._chunks)
        links = tuple(chunk.link for chunk in chunks if isinstance(chunk, LinkSlot))
        size = sum(len(chunk) if isinstance(chunk, str) else _CHUNK_COST for chunk in chunks)
        return Compiled(chunks, links, tuple(self._headings), size)

    def write(self, piece: str) -> None:
        """Put HTML that is already safe."""
        self._pieces.append(piece)

    def slot(self, chunk: Chunk) -> None:
        self._flush()
        self._chunks.append(chunk)

    def nodes(self, nodes: Nodes) -> None:
        for node in nodes:
            _WRITERS[type(node)](self, node)

    def _flush(self) -> None:
        if self._pieces:
            self._chunks.append("".join(self._pieces))
            self._pieces = []

    def wrapped(self, start: str, nodes: Nodes, end: str) -> None:
        self.write(start)
        self.nodes(nodes)
        self.write(end)

    # Inline

    def _text(self, node: Text) -> None:
        self._pieces.append(html.text(node.text))

    def _verbatim(self, node: Verbatim) -> None:
        self.write(html.attribute(node.text))

    def _line_end(self, _: LineEnd) -> None:
        shows = self.keeps_newlines and self._open is not None
        line = "".join(self._pieces[-3:]).rsplit("\n", 1)[-1]
        if shows and not line.rstrip().endswith("<br />"):
            self.write("<br />")
        self.write("\n")

    def _break(self, node: Break) -> None:
        self.write(" " if self.is_oneliner else "<br />")

    def _code(self, node: Code) -> None:
        self.write(f"<code>{html.text(node.text)}</code>")

    def _styled(self, node: Styled) -> None:
        style = STYLES[node.mark]
        start, end = _TAGS.get(style, (f"<{style}>", f"</{style}>"))
        if self._open is not None:
            self._open.append((start, end))
        self.wrapped(start, node.children, end)
        if self._open is not None:
            self._open.pop()

    def _anchor(self, node: Anchor) -> None:
        self.wrapped(
            html.element("span", [("class", "wikianchor"), ("id", node.id)]), node.children, "</span>"
        )

    def _link(self, node: AnyLink) -> None:
        self.slot(LinkSlot(node))

    def _call(self, call: Call) -> None:
        if call.name.upper() == "BR":
            self.write(" " if self.is_oneliner else processors.line_break(call.text))
        elif self.is_oneliner and not is_inline(self.syntax, call):
            self.write(html.text(f"[[{call.name}{'' if call.text is None else '(...)'}]]"))
        elif call.name in self.syntax.macros and call.name not in PROCESSORS:
            self.slot(CallSlot(call, *self._split(), self.is_oneliner))
        else:
            self._processor(call)

    def _processor(self, call: Call) -> None:
        """A processor between double brackets: the whole argument is its text."""
        inner = Writer(self.syntax, self.keeps_newlines, self.is_oneliner)
        inner.nodes(processors.as_nodes(self.syntax, call))
        chunks = list(inner.compiled().chunks)
        before, after = self._split()
        if before and chunks and isinstance(chunks[0], str):
            if len(chunks) == 1:
                chunks[0] = html.fitted(chunks[0], before, after)
            elif html.is_block(chunks[0]):
                chunks = [before, *chunks, after]
        for chunk in chunks:
            if isinstance(chunk, str):
                self.write(chunk)
            else:
                self.slot(chunk)

    def _split(self) -> tuple[str, str]:
        if self._open is None:
            return "", ""
        closing = "".join(end for _, end in reversed(self._open))
        return closing + "</p>", "<p>" + "".join(start for start, _ in self._open)

    # Blocks

    def _paragraph(self, node: Paragraph) -> None:
        self._open = []
        self.wrapped("<p>\n", node.children, "</p>\n")
        self._open = None

    def _heading(self, node: Heading) -> None:
        self._headings.append(node)
        tag = f"h{node.level}"
        start = html.element(tag, [("class", "section"), ("id", node.id)])
        self._one_line(start, node.children, f"</{tag}>\n")

    def _one_line(self, start: str, nodes: Nodes, end: str) -> None:
        """Nodes as they are shown on one line, within a text that is not."""
        inner = Writer(self.syntax, is_oneliner=True)
        inner.nodes(nodes)
        self.write(start)
        for chunk in inner.compiled().chunks:
            if isinstance(chunk, str):
                self.write(chunk)
            else:
                self.slot(chunk)
        self.write(end)

    def _rule(self, _: Rule) -> None:
        self.write("<hr />\n")

    def _list(self, node: List) -> None:
        start = html.element(node.kind, [("class", node.css), ("start", node.start)])
        self.wrapped(start, node.items, f"</{node.kind}>")

    def _item(self, node: Item) -> None:
        self.wrapped("<li>", node.children, "</li>")

    def _definitions(self, node: Definitions) -> None:
        self.wrapped('<dl class="wiki">', node.children, "</dl>\n")

    def _definition(self, node: Definition) -> None:
        self._one_line("<dt>", node.term, "</dt><dd>")
        self.wrapped("", node.children, "</dd>")

    def _quote(self, node: Quote) -> None:
        self.wrapped("<blockquote>\n", node.children, "</blockquote>\n")

    def _citation(self, node: Citation) -> None:
        self._nested('<blockquote class="citation">\n', node.children, "</blockquote>\n")

    def _nested(self, start: str, nodes: Nodes, end: str) -> None:
        """A text within the text: its headings are not the page's."""
        kept = len(self._headings)
        self.wrapped(start, nodes, end)
        del self._headings[kept:]

    def _table(self, node: Table) -> None:
        if node.parameters is None:
            self.wrapped('<table class="wiki">\n', node.children, "</table>\n")
            return
        given = attributes(tuple({"class": "wiki", **dict(node.parameters)}.items()), self.syntax)
        self._nested(html.element("table", given), node.children, "</table>")

    def _row(self, node: Row) -> None:
        self.wrapped(html.element("tr", attributes(node.parameters, self.syntax)), node.children, "</tr>")

    def _cell(self, node: Cell) -> None:
        start = html.element(node.tag, attributes(node.parameters, self.syntax))
        self._nested(start, node.children, f"</{node.tag}>")

    def _container(self, node: Container) -> None:
        start = html.element(node.tag, attributes(node.parameters, self.syntax))
        if node.tag == "span":
            self._one_line(start, node.children, "</span>")
        else:
            self._nested(start, node.children, "</div>")

    def _block(self, node: Block) -> None:
        processors.write_block(self, node)

    def _failed(self, node: Failed) -> None:
        self.failure(node.message, **node.arguments)

    def failure(self, message: str, **arguments: str) -> None:
        self.write('<div class="system-message"><strong>')
        self.slot(Words(message, tuple(arguments.items())))
        self.write("</strong></div>")


def _ellipses(chunks: list[Chunk]) -> list[Chunk]:
    """Three dots that stand for something left out become one sign."""
    found: list[Chunk] = [c.replace("[...]", "[…]") if isinstance(c, str) else c for c in chunks]
    if found and isinstance(found[-1], str) and found[-1].endswith("..."):
        found[-1] = found[-1][:-3] + "…"
    return found


_WRITERS: Final[dict[type[Node], Callable[[Writer, Any], None]]] = {
    Text: Writer._text,
    Verbatim: Writer._verbatim,
    LineEnd: Writer._line_end,
    Break: Writer._break,
    Code: Writer._code,
    Styled: Writer._styled,
    Anchor: Writer._anchor,
    Email: Writer._link,
    Link: Writer._link,
    Relative: Writer._link,
    Short: Writer._link,
    Call: Writer._call,
    Paragraph: Writer._paragraph,
    Heading: Writer._heading,
    Rule: Writer._rule,
    Item: Writer._item,
    List: Writer._list,
    Definition: Writer._definition,
    Definitions: Writer._definitions,
    Quote: Writer._quote,
    Citation: Writer._citation,
    Cell: Writer._cell,
    Row: Writer._row,
    Table: Writer._table,
    Block: Writer._block,
    Container: Writer._container,
    Failed: Writer._failed,
}
