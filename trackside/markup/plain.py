"""The tree as plain text: for ids of headings, search and mail."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from trackside.markup.interwiki import split_target
from trackside.markup.nodes import (
    Block,
    Break,
    Call,
    Cell,
    Code,
    Definition,
    Email,
    Heading,
    Item,
    LineEnd,
    Link,
    Node,
    Nodes,
    Paragraph,
    Relative,
    Rule,
    Short,
    Text,
    Verbatim,
)
from trackside.markup.syntax import Syntax

_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")
_SILENT_BLOCKS: Final = frozenset({"comment", "htmlcomment"})
_HIDING: Final = frozenset({"comment", "htmlcomment", "BR"})


def text_of(nodes: Nodes, syntax: Syntax) -> str:
    """What a reader of the rendered tree sees."""
    return "".join(_pieces(nodes, syntax))


def _pieces(nodes: Nodes, syntax: Syntax) -> Iterable[str]:
    for node in nodes:
        match node:
            case Text(text) | Verbatim(text) | Code(text):
                yield text
            case LineEnd() | Rule() | Break():
                yield " " if isinstance(node, Break) else "\n"
            case Email(address):
                yield address
            case Link() | Relative() | Short():
                yield label_of(node, syntax)
            case Call() | Block():
                yield _call(node) if isinstance(node, Call) else _block(node)
            case _:
                yield from _inside(node, syntax)


def _inside(node: Node, syntax: Syntax) -> Iterable[str]:
    if isinstance(node, Definition):
        yield from _pieces(node.term, syntax)
        yield ": "
    children: Nodes = getattr(node, "children", ()) or getattr(node, "items", ())
    yield from _pieces(children, syntax)
    if isinstance(node, Paragraph | Heading | Item | Cell):
        yield "\n" if not isinstance(node, Cell) else " "


def _block(block: Block) -> str:
    return "" if block.name in _SILENT_BLOCKS else block.body


def _call(call: Call) -> str:
    if call.name in _HIDING or call.name.upper() == "BR":
        return ""
    if call.name in ("span", "Span"):
        return call.text or ""
    return f"[[{call.name}{'' if call.text is None else '(...)'}]]" if call.parameters is None else ""


def label_of(link: Link | Relative | Short, syntax: Syntax) -> str:
    """What a link shows as far as that is known without asking for the thing."""
    match link:
        case Short(source=source):
            return source
        case Relative(target, label, _):
            return label or page_label(target, syntax.settings.split_page_names)
        case Link(form="bare", source=source):
            return source
    if link.label:
        return link.label
    target = link.target
    if link.scheme == "wiki":
        return page_label(target, syntax.settings.split_page_names)
    if target.startswith("//"):
        return f"{link.scheme}:{target}"
    return target.lstrip("/") or link.scheme


def page_label(target: str, splits: bool) -> str:
    """What a link to a page without a label shows: the name without leading dots, query and fragment."""
    path, query, fragment = split_target(target)
    if not path:
        return target
    parts = path.split("/")
    while parts and parts[0] in ("", ".", ".."):
        parts.pop(0)
    label = "/".join(parts) or path
    return split_words(label) if splits else label


def split_words(name: str) -> str:
    """`Wiki Start` for `WikiStart`."""
    return _HUMP.sub(" ", name)
