"""Lines to blocks: what a line is, what it closes, what it opens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal

from trackside.markup.builder import MAX_DEPTH, Builder, add_token, inline_nodes
from trackside.markup.inline import CellMark, RowMark, Scanner, Token, parameters_of
from trackside.markup.lines import (
    HEADING,
    INDENT,
    LIST,
    NAME,
    OPENER,
    ListKind,
    column_of,
    definition_term,
    heading_parts,
    list_kind,
    made_id,
)
from trackside.markup.nodes import (
    Block,
    Call,
    Cell,
    Citation,
    Container,
    Definition,
    Definitions,
    Failed,
    Heading,
    Item,
    LineEnd,
    List,
    Nodes,
    Paragraph,
    Parameters,
    Quote,
    Row,
    Rule,
    Table,
    Text,
)
from trackside.markup.oneliner import prepared
from trackside.markup.plain import text_of
from trackside.markup.syntax import PROCESSORS, Syntax

# What a block within a block counts for: each of them reads all lines of those inside of it again.
BLOCK_DEPTH: Final = 3
_CELLS: Final = frozenset({"td", "th"})
_ALIGN: Final = {side: f"text-align: {side}" for side in ("left", "right", "center")}
_TABLE_FAILURE: Final = "#!%(name)s must hold the cells of exactly one table, and nothing else."


def parse(syntax: Syntax, text: str, depth: int = 0) -> Nodes:
    """The tree of a wiki text."""
    if depth > MAX_DEPTH:
        return (Paragraph((Text(text),)),)
    parser = _Parser(syntax, depth)
    for line in text.replace("\f", " ").replace("\v", " ").splitlines():
        parser.line(line)
    return parser.finish()


@dataclass(slots=True)
class _Code:
    """A code block while its lines are read. `name` is None until one is found."""

    prefix: str
    name: str | None
    arguments: str
    lines: list[str]
    depth: int = 1


class _Parser:
    def __init__(self, syntax: Syntax, depth: int) -> None:
        self.syntax = syntax
        self.depth = depth
        self.builder = Builder()
        self.lists: list[tuple[ListKind, int]] = []
        self.quotes: list[int] = []
        self.stops: list[int] = []
        self.ids: dict[str, int] = {}
        self.cited: list[tuple[int, str]] = []
        self.code: _Code | None = None
        self.is_paragraph = self.is_definitions = False
        self.is_table = self.is_row = self.is_cell = False

    def finish(self) -> Nodes:
        if self.code is not None:
            self.code.lines += ["}}}"] * (self.code.depth - 1)
            self._close_code()
        self._flush_citation()
        self._close_all()
        return self.builder.finish()

    # Lines

    def line(self, line: str) -> None:
        if self.code is not None:
            self._code_line(line)
            return
        head = line.lstrip()
        if head.startswith(">"):
            self.cited.append((column_of(line[: len(line) - len(head)]), head[1:]))
            return
        self._flush_citation()
        if "{{{" in line and "}}}" not in line and (opener := OPENER.match(line)) is not None:
            self.code = _Code(opener[1], opener[2], opener[3] or "", [])
        elif line.startswith("----"):
            self._close_all()
            self.builder.add(Rule())
        elif not line:
            self._close_all()
        else:
            self._text_line(line.replace("\t", " " * 8))

    def _text_line(self, line: str) -> None:
        if not line.startswith(" "):
            self.stops.clear()
            self._close_quotes()
            if self.is_definitions:
                self._close_definitions()
        if (heading := HEADING.match(line)) is not None:
            self._heading(line, heading)
            return
        start = self._line_start(line)
        tokens = list(Scanner(self.syntax, line).tokens(start))
        if any(isinstance(token, CellMark | RowMark) for token in tokens):
            self._row_line(tokens)
            return
        self._close_table()
        if tokens and not self.lists and not self.is_definitions:
            self._open_paragraph()
        for token in tokens:
            add_token(self.builder, self.syntax, token, self._depth())
        self.builder.add(LineEnd())

    def _line_start(self, line: str) -> int:
        """Open and close what the beginning of the line asks for; the rest of the line begins there."""
        if (item := LIST.match(line)) is not None:
            self._item(len(item[1]), item[2])
            return item.end()
        if (term := definition_term(line)) is not None:
            self._definition(term[0])
            return term[1]
        indent = INDENT.match(line)
        if indent is None or line.startswith("|-", indent.end()):
            self._close_lists()
            self._close_quotes()
            return indent.end() if indent is not None else 0
        width = indent.end()
        if not self._continue_item(width):
            self._close_lists()
            if not self.is_definitions:
                self._quote(width)
        return width

    def _heading(self, line: str, match: re.Match[str]) -> None:
        self._close_all()
        title, id = heading_parts(line, match)
        children = inline_nodes(self.syntax, title, self._depth())
        anchor = self._unique(id or made_id(text_of(children, self.syntax)))
        self.builder.add(Heading(len(match[1]), anchor, title, children))

    def _unique(self, id: str) -> str:
        """The id, with the first number behind it that makes it another one than all before."""
        found, number = id, self.ids.get(id, 0)
        while found in self.ids:
            number += 1
            found = f"{id}{number}"
        self.ids[id] = number
        self.ids.setdefault(found, 0)
        return found

    def _depth(self) -> int:
        return self.depth + self.builder.depth

    # Lists, definitions, quotes

    def _item(self, column: int, marker: str) -> None:
        kind, css, start = list_kind(marker)
        self._close_table()
        self._close_paragraph()
        self._close_quotes()
        if self.lists and column > self.lists[-1][1] and self._depth() < MAX_DEPTH:
            self._open_list(kind, css, start, column)
            return
        self._close_lists(column)
        if self.lists and self.lists[-1][0] == kind:
            self.builder.close()
            self.builder.open(Item)
            self.lists[-1] = (kind, column)
            self._stop(column)
            return
        if self.lists:
            self._close_list()
        self._open_list(kind, css, start, column)

    def _open_list(self, kind: ListKind, css: str, start: str, column: int) -> None:
        self.builder.close_styles()
        self.builder.open(partial(List, kind, css, start))
        self.builder.open(Item)
        self.lists.append((kind, column))
        self._stop(column)

    def _close_list(self) -> None:
        self.builder.close()
        self.builder.close()
        self.lists.pop()

    def _close_lists(self, column: int = -1) -> None:
        while self.lists and self.lists[-1][1] > column:
            self._close_list()

    def _continue_item(self, width: int) -> bool:
        """Whether a line with that indentation goes on with an item; closes the deeper lists."""
        if not self.lists:
            return False
        kind, deepest = self.lists[-1]
        if width < deepest:
            if not any(column < width for _, column in self.lists):
                return False
            self._close_lists(width)
            return True
        return width <= deepest + (2 if kind == "ul" else 3)

    def _definition(self, term: str) -> None:
        self._close_table()
        self._close_paragraph()
        self._close_lists()
        self._close_quotes()
        if self.is_definitions:
            self.builder.close()
        else:
            self.builder.open(Definitions)
        self.is_definitions = True
        self.builder.open(partial(Definition, inline_nodes(self.syntax, term, self._depth())))

    def _close_definitions(self) -> None:
        if self.is_definitions:
            self._close_lists()
            self.builder.close()
            self.builder.close()
            self.is_definitions = False

    def _quote(self, width: int) -> None:
        """Indented text: open the levels up to that column, or go back to the one that has it."""
        if self.quotes and width == self.quotes[-1]:
            return
        self._close_table()
        self._close_paragraph()
        if self.quotes and width < self.quotes[-1]:
            while self.quotes and self.quotes[-1] > width:
                self._close_quote()
            if self.quotes:
                self.quotes[-1] = width
                self._stop(width)
                return
        base = self.quotes[-1] if self.quotes else 0
        for column in (*(stop for stop in self.stops if base < stop < width), width):
            if self._depth() < MAX_DEPTH:
                self.builder.open(Quote)
                self.quotes.append(column)
        self._stop(width)

    def _close_quote(self) -> None:
        self._close_table()
        self._close_paragraph()
        self.builder.close()
        self.quotes.pop()

    def _close_quotes(self) -> None:
        while self.quotes:
            self._close_quote()

    def _stop(self, column: int) -> None:
        self.stops = [stop for stop in self.stops if stop < column] + [column]

    # Paragraphs and tables

    def _open_paragraph(self) -> None:
        if not self.is_paragraph:
            self.builder.open(Paragraph)
            self.is_paragraph = True

    def _close_paragraph(self) -> None:
        self.builder.close_styles()
        if self.is_paragraph:
            self.builder.close()
            self.is_paragraph = False

    def _row_line(self, tokens: Sequence[Token]) -> None:
        self._open_table()
        goes_on = False
        for token in tokens:
            match token:
                case CellMark():
                    self._cell(token)
                    goes_on = goes_on or token.is_continued
                case RowMark(parameters):
                    self._close_row()
                    self._open_row(parameters)
                    goes_on = True
                case _:
                    self._in_cell(token)
        self.builder.add(LineEnd())
        if not goes_on:
            self._close_row()

    def _cell(self, mark: CellMark) -> None:
        self._open_row()
        pairs = mark.pairs - 1 if mark.is_final else mark.pairs
        if pairs:
            self._close_cell()
            found = {"colspan": str(pairs) if pairs > 1 else "", "style": _ALIGN.get(mark.align, "")}
            parameters = tuple((name, value) for name, value in found.items() if value)
            self.builder.open(partial(Cell, "th" if mark.is_header else "td", parameters))
            self.is_cell = True

    def _in_cell(self, token: Token) -> None:
        """Text before the first cell of a row gets a cell of its own."""
        if not self.is_cell:
            if isinstance(token, Text) and not token.text.strip():
                return
            self._open_row()
            self.builder.open(partial(Cell, "td", ()))
            self.is_cell = True
        add_token(self.builder, self.syntax, token, self._depth())

    def _open_table(self) -> None:
        if not self.is_table:
            self._close_paragraph()
            self._close_definitions()
            self._close_lists()
            self.builder.open(Table)
            self.is_table = True

    def _open_row(self, parameters: Parameters = ()) -> None:
        if not self.is_row:
            self.builder.open(partial(Row, parameters))
            self.is_row = True

    def _close_cell(self) -> None:
        if self.is_cell:
            self.builder.close()
            self.is_cell = False

    def _close_row(self) -> None:
        self._close_cell()
        if self.is_row:
            self.builder.close()
            self.is_row = False

    def _close_table(self) -> None:
        if self.is_table:
            self._close_row()
            self.builder.close()
            self.is_table = False

    def _close_all(self) -> None:
        self._close_table()
        self._close_paragraph()
        self._close_quotes()
        self._close_definitions()
        self._close_lists()

    # Citations and code blocks

    def _flush_citation(self) -> None:
        if not self.cited:
            return
        column, lines = self.cited[0][0], [line for _, line in self.cited]
        self.cited = []
        if all(not line or line[0] in " >" for line in lines):
            lines = [line[1:] if line.startswith(" ") else line for line in lines]
        self._close_paragraph()
        self._close_lists(column)
        text = "\n".join(lines)
        self.builder.add(Citation(parse(self.syntax, text, self._depth())))

    def _code_line(self, line: str) -> None:
        assert self.code is not None
        if "}}}" in line and line.strip() == "}}}":
            self.code.depth -= 1
            if not self.code.depth:
                self._close_code()
                return
        elif "{{{" in line and "}}}" not in line and OPENER.match(line):
            self.code.depth += 1
        if not self.code.lines and self.code.name is None and (name := NAME.match(line)) is not None:
            self.code.prefix, self.code.name, self.code.arguments = name[1], name[2], name[3]
            return
        self.code.lines.append(line)

    def _close_code(self) -> None:
        code, self.code = self.code, None
        assert code is not None
        if code.name is None and not code.lines:
            return
        lines = code.lines
        if code.prefix and all(line.startswith(code.prefix) for line in lines if line):
            lines = [line[len(code.prefix) :] for line in lines]
        body = "".join(f"{line}\n" for line in lines)
        name, parameters = code.name or "default", parameters_of(code.arguments)
        if name in _CELLS:
            self._cell_block("th" if name == "th" else "td", parameters, body)
        elif name == "tr":
            self._row_block(parameters, body)
        else:
            self._close_table()
            self._close_paragraph()
            self._block(name, parameters, body)

    def _cell_block(self, tag: Literal["td", "th"], parameters: Parameters, body: str) -> None:
        self._open_table()
        self._open_row()
        self._close_cell()
        children = parse(self.syntax, body, self._depth() + BLOCK_DEPTH)
        self.builder.add(Cell(tag, parameters, children, is_document=True))

    def _row_block(self, parameters: Parameters, body: str) -> None:
        nodes = parse(self.syntax, body, self._depth() + BLOCK_DEPTH)
        rows = _only_table(nodes) if nodes else (Row((), ()),)
        if rows is None:
            self._close_table()
            self._close_paragraph()
            self.builder.add(Failed(_TABLE_FAILURE, {"name": "tr"}))
            return
        self._open_table()
        self._close_row()
        for number, row in enumerate(rows):
            if isinstance(row, Row):
                self.builder.add(Row(parameters, row.children) if not number else row)

    def _block(self, name: str, parameters: Parameters, body: str) -> None:
        depth = self._depth() + BLOCK_DEPTH
        match name:
            case "table":
                rows = _only_table(parse(self.syntax, body, depth)) if body else ()
                failed = Failed(_TABLE_FAILURE, {"name": name})
                self.builder.add(failed if rows is None else Table(rows, parameters))
            case "div" | "rtl":
                css = dict(parameters).get("class", "wikipage" if name == "div" else "")
                given = {**dict(parameters), "class": f"rtl {css}".strip() if name == "rtl" else css}
                children = parse(self.syntax, body, depth)
                self.builder.add(Container("div", tuple(given.items()), children))
            case "span" | "Span":
                self.builder.add(
                    Container("span", parameters, inline_nodes(self.syntax, prepared(body), depth))
                )
            case _ if name in self.syntax.macros and name not in PROCESSORS:
                self.builder.add(Call(name, body, name, parameters))
            case _:
                self.builder.add(Block(name, parameters, body, self._lines_id(parameters)))

    def _lines_id(self, parameters: Parameters) -> str:
        """The prefix of the ids of numbered lines."""
        given = dict(parameters)
        if "lineno" not in given:
            return ""
        return str(given["id"]) if "id" in given else self._unique("a")


def _only_table(nodes: Nodes) -> Nodes | None:
    """The rows of the one table that a text consists of."""
    match nodes:
        case (Table(children=children, parameters=None),):
            return children
    return None
