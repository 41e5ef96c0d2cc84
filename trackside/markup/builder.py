"""Builder: open and close the nested parts of a tree; font styles toggle inside of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from trackside.markup.inline import BOTH, Angle, CellMark, Labelled, Mark, RowMark, Scanner, Token
from trackside.markup.lines import HEADING
from trackside.markup.nodes import Anchor, Break, Node, Nodes, Styled, Text
from trackside.markup.syntax import Syntax

Make = Callable[[Nodes], Node]
BOLD: Final = "'''"
ITALIC: Final = "''"
MAX_DEPTH: Final = 100


class Builder:
    """A stack of parts that are still open. A font style is always inside of everything else."""

    def __init__(self) -> None:
        self._children: list[list[Node]] = [[]]
        self._makers: list[tuple[Make | None, str]] = [(None, "")]

    @property
    def depth(self) -> int:
        return len(self._children)

    def open(self, make: Make) -> None:
        self._children.append([])
        self._makers.append((make, ""))

    def close(self) -> None:
        """Close the innermost part, with the font styles that are open in it."""
        self.close_styles()
        make, _ = self._makers.pop()
        children = tuple(self._children.pop())
        assert make is not None
        self._children[-1].append(make(children))

    def add(self, node: Node) -> None:
        self._children[-1].append(node)

    def finish(self) -> Nodes:
        self.close_styles()
        return tuple(self._children[0])

    def toggle(self, mark: str) -> None:
        """A font style begins, or ends; those that began inside of it begin anew behind it."""
        if mark == BOTH:
            self._toggle_both()
            return
        styles = self._styles()
        if mark not in styles:
            self._open_style(mark)
            return
        inner = styles[styles.index(mark) + 1 :]
        for _ in range(len(inner) + 1):
            self._close_style()
        for style in inner:
            self._open_style(style)

    def close_styles(self) -> None:
        while self._makers[-1][1]:
            self._close_style()

    def _toggle_both(self) -> None:
        styles = self._styles()
        is_bold, is_italic = BOLD in styles, ITALIC in styles
        if is_bold and is_italic:
            first = max(BOLD, ITALIC, key=styles.index)
        else:
            first = ITALIC if is_italic else BOLD
        self.toggle(first)
        self.toggle(ITALIC if first == BOLD else BOLD)

    def _styles(self) -> list[str]:
        styles = []
        for _, style in reversed(self._makers):
            if not style:
                break
            styles.append(style)
        return styles[::-1]

    def _open_style(self, mark: str) -> None:
        self._children.append([])
        self._makers.append((None, mark))

    def _close_style(self) -> None:
        _, mark = self._makers.pop()
        children = tuple(self._children.pop())
        self._children[-1].append(Styled(mark, children))


def add_token(builder: Builder, syntax: Syntax, token: Token, depth: int) -> None:
    """Put one token of a line into the tree; markers of cells and rows are not for here."""
    match token:
        case Mark(mark):
            builder.toggle(mark)
        case Angle(link):
            builder.add(Text("<"))
            builder.add(link)
            builder.add(Text(">"))
        case Labelled(id, label):
            builder.add(Anchor(id, inline_nodes(syntax, label.strip(), depth + 1)))
        case CellMark() | RowMark():
            pass
        case _:
            builder.add(token)


def inline_nodes(syntax: Syntax, text: str, depth: int = 0) -> Nodes:
    """A text on one line: its inline markup, with block markers as text."""
    if depth > MAX_DEPTH or ("\n" not in text and HEADING.match(text)):
        return (Text(text),)
    builder = Builder()
    for token in _on_one_line(Scanner(syntax, text).tokens()):
        add_token(builder, syntax, token, depth)
    return builder.finish()


def _on_one_line(tokens: Iterable[Token]) -> Iterable[Token]:
    for token in tokens:
        match token:
            case CellMark():
                yield Text(token.source)
            case Break():
                yield Text(" ")
            case RowMark():
                pass
            case _:
                yield token
