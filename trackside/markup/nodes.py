"""The tree that a wiki text becomes: frozen values that know nothing of HTML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Nodes = tuple["Node", ...]
Parameters = tuple[tuple[str, str | bool], ...]


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Verbatim:
    """What an exclamation mark kept from being markup."""

    text: str


@dataclass(frozen=True, slots=True)
class LineEnd:
    """The end of a source line; in a paragraph that keeps its newlines it shows."""


@dataclass(frozen=True, slots=True)
class Break:
    clear: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    text: str


@dataclass(frozen=True, slots=True)
class Styled:
    mark: str
    children: Nodes


@dataclass(frozen=True, slots=True)
class Anchor:
    id: str
    children: Nodes


@dataclass(frozen=True, slots=True)
class Email:
    address: str


@dataclass(frozen=True, slots=True)
class Link:
    """`scheme:target`. `source` is what was typed; `label` is None where the author gave none.

    A `form` of `bare` shows what was typed, `bracket` a label made of the target.
    """

    scheme: str
    target: str
    label: str | None
    source: str
    form: Literal["bare", "bracket"] = "bracket"


@dataclass(frozen=True, slots=True)
class Relative:
    """`[/path]`, `[#fragment]`, `[../sibling]`."""

    target: str
    label: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Short:
    """A link by its shape: the shorthand of that number in the syntax."""

    index: int
    source: str


@dataclass(frozen=True, slots=True)
class Call:
    """A macro between double brackets, or as a block when there are `parameters`."""

    name: str
    text: str | None
    source: str
    parameters: Parameters | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    children: Nodes


@dataclass(frozen=True, slots=True)
class Heading:
    """`source` is the wiki text of it, for outlines."""

    level: int
    id: str
    source: str
    children: Nodes


@dataclass(frozen=True, slots=True)
class Rule:
    pass


@dataclass(frozen=True, slots=True)
class Item:
    children: Nodes


@dataclass(frozen=True, slots=True)
class List:
    kind: Literal["ul", "ol"]
    css: str
    start: str
    items: Nodes


@dataclass(frozen=True, slots=True)
class Definition:
    term: Nodes
    children: Nodes


@dataclass(frozen=True, slots=True)
class Definitions:
    children: Nodes


@dataclass(frozen=True, slots=True)
class Quote:
    children: Nodes


@dataclass(frozen=True, slots=True)
class Citation:
    children: Nodes


@dataclass(frozen=True, slots=True)
class Cell:
    """`is_document`: made by a block, so that there are paragraphs in it."""

    tag: Literal["td", "th"]
    parameters: Parameters
    children: Nodes
    is_document: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    parameters: Parameters
    children: Nodes


@dataclass(frozen=True, slots=True)
class Table:
    """`parameters` is None for one made of pipes."""

    children: Nodes
    parameters: Parameters | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A code block: the processor's name, what stood behind it, its body as it is."""

    name: str
    parameters: Parameters
    body: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Container:
    """`#!div`, `#!rtl` and `#!span`: wiki text in an element."""

    tag: Literal["div", "span"]
    parameters: Parameters
    children: Nodes


@dataclass(frozen=True, slots=True)
class Failed:
    """A box that tells what could not be shown."""

    message: str
    arguments: Mapping[str, str]


Node = (
    Text
    | Verbatim
    | LineEnd
    | Break
    | Code
    | Styled
    | Anchor
    | Email
    | Link
    | Relative
    | Short
    | Call
    | Paragraph
    | Heading
    | Rule
    | Item
    | List
    | Definition
    | Definitions
    | Quote
    | Citation
    | Cell
    | Row
    | Table
    | Block
    | Container
    | Failed
)
