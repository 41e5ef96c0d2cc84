"""One pass over a line: everything that is not a block, as tokens; no construct is scanned twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from trackside.markup.nodes import (
    Break,
    Call,
    Code,
    Email,
    Link,
    Node,
    Parameters,
    Relative,
    Short,
    Text,
    Verbatim,
)
from trackside.markup.syntax import Syntax

_CORE: Final = re.compile(
    r"(?=[!'*/_~,^{`\\<\[|=])!?"
    r"(?:'''''|'''|''|\*\*|//|__|~~|,,|\^|\{\{\{|`|\\\\|<(?=[a-zA-Z])|\[|\|-+|=?(?:\|\|)+=?)"
)
_SCHEME: Final = re.compile(r"[a-zA-Z][-a-zA-Z0-9+._]*")
_SCHEME_CHARS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-._"
_LOCAL_CHARS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.'+_-"
_LETTER: Final = re.compile(r"[a-zA-Z]")
_DOMAIN: Final = re.compile(r"@(?:[a-zA-Z0-9_-]++\.)+[a-zA-Z](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?")
_BARE: Final = re.compile(r"[^\W_/?!#@]|[/?!#@]")
# Groups are never possessive here: Python before 3.11.5 gets those wrong that hold a choice.
_RUN: Final = re.compile(r"(?:[^|<>\s]++|\|(?![|\s]))*")
_BARE_END: Final = re.compile(r"[^\W_]|[/=]")
_BRACKET_TARGET: Final = re.compile(r"[^\]\s\u200b]*+")
_BLANKS: Final = re.compile(r"\s*+")
_GAP: Final = re.compile(r"[\s\u200b]*+")
_RELATIVE: Final = re.compile(r"(?:[/?#]|\.\.?(?=[/?#\s\u200b\]]))[^\]\s\u200b]*+")
_CREOLE_RELATIVE: Final = re.compile(r"(?:[/?#]|\.\.?(?=[/?#]|$))[^\]]*$")
ANCHOR_ID: Final = r"(?:[^\W\d]|:)[\w:.-]*"
_ANCHOR: Final = re.compile(rf"=#({ANCHOR_ID})(?:[\s\u200b]+|$|(?=\]))")
_CREOLE_ANCHOR: Final = re.compile(rf"=#({ANCHOR_ID})(?:\|(.*))?$", re.DOTALL)
_CALL: Final = re.compile(r"([\w/+-]+)(\?)?(?:\((.*)\))?$|\?$")
PAIR: Final = re.compile(r"""\s*+(?<![\w-])([\w-]++)=("[^"]*"|'[^']*'|[-,\w]+)\s*+""")
_FLAG: Final = re.compile(r"(-)?([\w-]+)")
_CELL: Final = re.compile(r"(=?)((?:\|\|)+)(=?)")
_CELL_END: Final = re.compile(r"\s*(\\?)$")

STYLES: Final = {
    "'''": "strong",
    "**": "strong",
    "''": "em",
    "//": "em",
    "__": "underline",
    "~~": "del",
    "^": "sup",
    ",,": "sub",
}
BOTH: Final = "'''''"


@dataclass(frozen=True, slots=True)
class Mark:
    """A font style begins or ends."""

    mark: str


@dataclass(frozen=True, slots=True)
class CellMark:
    """`pairs` of bars; `is_final` where the row ends, `is_continued` where the next line goes on with it."""

    pairs: int
    is_header: bool
    align: str
    is_final: bool
    is_continued: bool
    source: str


@dataclass(frozen=True, slots=True)
class RowMark:
    parameters: tuple[tuple[str, str | bool], ...]


@dataclass(frozen=True, slots=True)
class Angle:
    """A link in angle brackets, which stay visible."""

    link: Link


@dataclass(frozen=True, slots=True)
class Labelled:
    """An anchor with the wiki text of its label."""

    id: str
    label: str


Token = Node | Mark | CellMark | RowMark | Angle | Labelled
Ending = tuple[int, Token]
Found = tuple[int, int, Token]
_PASSED: Final = (-1, -1, Mark(""))


class _Finder:
    """`str.find` that looks at every character once, for questions that move forward."""

    __slots__ = ("_known", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._known: dict[str, tuple[int, int]] = {}

    def __call__(self, what: str, at: int) -> int:
        start, found = self._known.get(what, (0, -2))
        if found != -2 and start <= at and (found == -1 or at <= found):
            return found
        found = self._text.find(what, at)
        self._known[what] = (at, found)
        return found


class Scanner:
    """Cuts one line, or a whole text that is shown on one line, into tokens."""

    def __init__(self, syntax: Syntax, line: str) -> None:
        self.syntax = syntax
        self.line = line
        self.find = _Finder(line)
        # What comes next of each kind; looked for again once it has been passed.
        self._core: Found | None = _PASSED
        self._shape: Found | None = _PASSED
        self._email: Found | None = _PASSED
        self._scheme: Found | None = _PASSED

    def tokens(self, pos: int = 0) -> Iterator[Token]:
        line = self.line
        while (found := self._first(pos)) is not None:
            start, end, token = found
            if start > pos:
                yield Text(line[pos:start])
            yield Verbatim(line[start + 1 : end]) if line[start] == "!" else token
            pos = end
        if pos < len(line):
            yield Text(line[pos:])

    def _first(self, pos: int) -> Found | None:
        """The construct that starts first; of two at one place the one that is asked first."""
        self._look(pos)
        best = self._core
        if self._shape is not None and (best is None or self._wins(best)):
            best = self._shape
        for other in (self._email, self._scheme):
            if other is not None and (best is None or other[0] < best[0]):
                best = other
        return best

    def _look(self, pos: int) -> None:
        if self._core is not None and self._core[0] < pos:
            self._core = self._next_core(pos)
        if self._shape is not None and self._shape[0] < pos:
            self._shape = self._next_shape(pos)
        if self._email is not None and self._email[0] < pos:
            self._email = self._next_email(pos)
        if self._scheme is not None and self._scheme[0] < pos:
            self._scheme = self._next_scheme(pos)

    def _wins(self, core: Found) -> bool:
        """Shorthands are asked after font styles and code, before everything else."""
        assert self._shape is not None
        start = self._shape[0]
        if start != core[0]:
            return start < core[0]
        sign = start + 1 if self.line[start] == "!" else start
        return self.line[sign] in "[<|\\="

    def _escaped(self, start: int, pos: int) -> int:
        return start - 1 if start > pos and self.line[start - 1] == "!" else start

    def _next_core(self, pos: int) -> Found | None:
        at = pos
        while (match := _CORE.search(self.line, at)) is not None:
            start = match.start()
            sign = start + 1 if self.line[start] == "!" else start
            found = self._construct(sign, match.end())
            if found is not None:
                return start, found[0], found[1]
            at = start + 1
        return None

    def _construct(self, at: int, end: int) -> Ending | None:
        """What begins with the sign at `at`, and where it ends."""
        sign = self.line[at:end]
        match sign[0]:
            case "{" | "`":
                return self._code(at, "}}}" if sign[0] == "{" else "`", len(sign))
            case "[":
                return self._bracket(at)
            case "<":
                return self._angle(at)
            case "\\":
                return end, Break()
            case "|" if sign[1] == "-":
                return self._row(end)
            case "|" | "=":
                return self._cell(at, end)
        return end, Mark(sign)

    def _code(self, at: int, closer: str, length: int) -> Ending | None:
        close = self.find(closer, at + length)
        if close < 0 or 0 <= self.find("\n", at) < close:
            return None
        return close + len(closer), Code(self.line[at + length : close])

    def _angle(self, at: int) -> Ending | None:
        """`<scheme:any text>`; the brackets stay visible, so they are part of a group of three."""
        close = self.find(">", at)
        scheme = _SCHEME.match(self.line, at + 1)
        if (
            close < 0
            or scheme is None
            or not self.line.startswith(":", scheme.end())
            or close == scheme.end() + 1
        ):
            return None
        target = self.line[scheme.end() + 1 : close]
        return close + 1, Angle(Link(scheme[0], unquoted(target), None, self.line[at + 1 : close], "bare"))

    def _row(self, end: int) -> Ending:
        start = end
        while (pair := PAIR.match(self.line, end)) is not None:
            end = pair.end()
        parameters = parameters_of(self.line[start:end])
        blanks = _BLANKS.match(self.line, end)
        return blanks.end() if blanks is not None else end, RowMark(parameters)

    def _cell(self, at: int, end: int) -> Ending:
        match = _CELL.match(self.line, at)
        final = _CELL_END.match(self.line, end)
        assert match is not None
        align = "" if final else self._align(end)
        goes_on = bool(final and final[1])
        mark = CellMark(len(match[2]) // 2, bool(match[3]), align, bool(final), goes_on, match[0])
        return final.end() if final is not None else end, mark

    def _align(self, end: int) -> str:
        line = self.line
        close = self.find("||", end)
        while close > 0 and line[close - 1] == "!":
            close = self.find("||", close + 1)
        before = close - 1 if close > 0 and line[close - 1] == "=" else close
        has_left = line[end] != " "
        has_right = close > end and line[max(before - 1, 0)] != " "
        if has_left != has_right:
            return "left" if has_left else "right"
        if not has_left and close >= 0 and line[end : end + 2] == "  " == line[before - 2 : before]:
            return "center"
        return ""

    def _bracket(self, at: int) -> Ending | None:
        found = self._scheme_link(at) or self._relative(at) or self._page(at)
        if found is None and self.line.startswith("[=#", at):
            found = self._anchor(at)
        if found is None and self.line.startswith("[[", at):
            found = self._double(at)
        return found

    def _scheme_link(self, at: int) -> Ending | None:
        line = self.line
        scheme = _SCHEME.match(line, at + 1)
        if scheme is None or not line.startswith(":", scheme.end()) or self.find("]", at) < 0:
            return None
        start = scheme.end() + 1
        quoted = self._quoted(start, is_nested=True)
        ending = self._label(quoted) if quoted is not None else None
        if ending is None:
            plain = _BRACKET_TARGET.match(line, start)
            assert plain is not None
            quoted = plain.end()
            ending = self._label(quoted)
        if ending is None:
            return None
        end, label = ending
        return end, Link(scheme[0], unquoted(line[start:quoted]), label, line[at:end])

    def _relative(self, at: int) -> Ending | None:
        target = _RELATIVE.match(self.line, at + 1) if self.find("]", at) >= 0 else None
        ending = self._label(target.end()) if target is not None else None
        if target is None or ending is None:
            return None
        return ending[0], Relative(target[0], ending[1], self.line[at : ending[0]])

    def _page(self, at: int) -> Ending | None:
        """`["page name" label]`"""
        end = self._quoted(at + 1)
        ending = self._label(end) if end is not None else None
        if end is None or ending is None:
            return None
        target = unquoted(self.line[at + 1 : end])
        return ending[0], Link("wiki", target, ending[1], self.line[at : ending[0]])

    def _label(self, at: int) -> tuple[int, str | None] | None:
        """The end of a link in single brackets whose target ends at `at`, and its label."""
        gap = _GAP.match(self.line, at)
        assert gap is not None
        start = gap.end()
        if self.line.startswith("]", start):
            return start + 1, None
        if start == at:
            return None
        quoted = self._quoted(start)
        if quoted is not None and self.line.startswith("]", quoted):
            return quoted + 1, unquoted(self.line[start:quoted]) or None
        close = self.find("]", start)
        return (close + 1, unquoted(self.line[start:close])) if close >= 0 else None

    def _quoted(self, at: int, is_nested: bool = False) -> int | None:
        """The end of a text in quotes, which a second scheme may precede."""
        if is_nested and (scheme := _SCHEME.match(self.line, at)) is not None:
            at = scheme.end() + 1 if self.line.startswith(":", scheme.end()) else at
        sign = self.line[at : at + 1]
        if sign not in ('"', "'"):
            return None
        close = self.find(sign, at + 1)
        return close + 1 if close > at + 1 else None

    def _anchor(self, at: int) -> Ending | None:
        match = _ANCHOR.match(self.line, at + 1)
        close = self.find("]", at)
        if match is None or close < 0:
            return None
        return close + 1, Labelled(match[1], self.line[match.end() : close])

    def _double(self, at: int) -> Ending | None:
        close = self.find("]]", at + 2)
        if close < 0 or close == at + 2:
            return None
        body = self.line[at + 2 : close]
        return close + 2, double_brackets(self.syntax, body)

    def _next_shape(self, pos: int) -> Found | None:
        match = self.syntax.shapes.search(self.line, pos) if self.syntax.shapes is not None else None
        if match is None:
            return None
        assert match.lastgroup is not None
        return self._escaped(match.start(), pos), match.end(), Short(int(match.lastgroup[1:]), match[0])

    def _next_email(self, pos: int) -> Found | None:
        at = self.find("@", pos)
        while at >= 0:
            start = pos + len(self.line[pos:at].rstrip(_LOCAL_CHARS)) if at - pos < 255 else at - 254
            domain = _DOMAIN.match(self.line, at)
            if start < at and domain is not None:
                address = self.line[start : domain.end()]
                return self._escaped(start, pos), domain.end(), Email(address)
            at = self.find("@", at + 1)
        return None

    def _next_scheme(self, pos: int) -> Found | None:
        line = self.line
        floor, colon = pos, self.find(":", pos)
        while colon >= 0:
            run = floor + len(line[floor:colon].rstrip(_SCHEME_CHARS))
            letter = _LETTER.search(line, run, colon)
            end = self._target_end(colon + 1) if letter is not None else None
            if letter is not None and end is not None:
                start = letter.start()
                target = unquoted(line[colon + 1 : end])
                link = Link(line[start:colon], target, None, line[start:end], "bare")
                return self._escaped(start, pos), end, link
            floor, colon = colon + 1, self.find(":", colon + 1)
        return None

    def _target_end(self, at: int) -> int | None:
        quoted = self._quoted(at, is_nested=True)
        if quoted is not None:
            return quoted
        if _BARE.match(self.line, at) is None:
            return None
        run = _RUN.match(self.line, at)
        assert run is not None
        end = run.end()
        while end > at + 1 and _BARE_END.match(self.line, end - 1) is None:
            end -= 1
        return end


def double_brackets(syntax: Syntax, body: str) -> Token:
    """What stands between `[[` and `]]`: an anchor, a macro, or a link."""
    if (anchor := _CREOLE_ANCHOR.match(body)) is not None:
        return Labelled(anchor[1], anchor[2] or "")
    if (call := _CALL.match(body)) is not None:
        name = call[1] or ""
        if body.endswith("?") and not call[3] or call[2]:
            return Call("MacroList", name or "*", f"[[{body}]]")
        if syntax.knows(name):
            return Call(name, call[3], f"[[{body}]]")
    return _creole_link(body)


def _creole_link(body: str) -> Token:
    source = f"[[{body}]]"
    scheme = _SCHEME.match(body)
    start = scheme.end() + 1 if scheme is not None and body.startswith(":", scheme.end()) else 0
    target, label = _creole_parts(body, start)
    if start and scheme is not None:
        return Link(scheme[0], unquoted(target), label, source)
    if _CREOLE_RELATIVE.match(target):
        return Relative(target, label, source)
    page = unquoted(target)
    return Link("wiki", page, page if label is None else label, source)


def _creole_parts(body: str, start: int) -> tuple[str, str | None]:
    """Target and label, told apart at the first bar that is not in quotes."""
    inner = _SCHEME.match(body, start)
    at = inner.end() + 1 if start and inner is not None and body.startswith(":", inner.end()) else start
    sign = body[at : at + 1]
    bar = body.find("|", start)
    if sign and sign in "\"'":
        close = body.find(sign, at + 1)
        if close > 0 and (close + 1 == len(body) or body[close + 1] == "|"):
            bar = close + 1 if close + 1 < len(body) else -1
    if bar < 0:
        return body[start:], None
    return body[start:bar], unquoted(body[bar + 1 :]) or None


def unquoted(text: str) -> str:
    """The text without one pair of matching quotes around it."""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    return text


def parameters_of(text: str) -> Parameters:
    """`name=value` pairs, flags and `-flags` behind the name of a processor."""
    found: dict[str, str | bool] = {}
    rest: list[str] = []
    end = 0
    for pair in PAIR.finditer(text):
        rest.append(text[end : pair.start()])
        end = pair.end()
        found[pair[1]] = unquoted(pair[2])
    for word in " ".join((*rest, text[end:])).split():
        if (flag := _FLAG.fullmatch(word)) is not None:
            found[flag[2]] = not flag[1]
    return tuple(found.items())
