"""What the beginning of a line says: headings, list items, terms, openers of code blocks."""

from __future__ import annotations

import re
from typing import Final, Literal

from trackside.markup.inline import ANCHOR_ID

OPENER: Final = re.compile(r"(\s*)\{\{\{\s*(?:#!([\w+-][\w+,\-./]*)(.*))?$", re.DOTALL)
NAME: Final = re.compile(r"(\s*)#!([\w+-][\w+,\-./]*)(.*)$", re.DOTALL)
HEADING: Final = re.compile(r"\s*(={1,6})\s+")
_HEADING_ID: Final = re.compile(rf"#({ANCHOR_ID})$")
LIST: Final = re.compile(r"(\s*)([-*\u2022]|(?:[0-9]+|[a-zA-Z]|[ivxIVX]{2,5})\.)\s")
INDENT: Final = re.compile(r"\s+(?=\S)")
_NO_ID: Final = re.compile(r"[^\w:.-]+")
_BAD_ID_START: Final = re.compile(r"[\d.-]")
ListKind = Literal["ul", "ol"]


def column_of(blanks: str) -> int:
    return len(blanks.replace("\t", " " * 8))


def list_kind(marker: str) -> tuple[ListKind, str, str]:
    """Element, class and start of a list that begins with this marker."""
    if len(marker) == 1:
        return "ul", "", ""
    sign = marker[:-1]
    if sign.isdigit():
        return "ol", "", "" if sign == "1" else str(int(sign[:9]))
    case = "lower" if sign[0].islower() else "upper"
    if sign[0] in "iI":
        return "ol", f"{case}roman", ""
    start = ord(sign.lower()) - ord("a") + 1 if len(sign) == 1 else 1
    return "ol", f"{case}alpha", str(start) if start > 1 else ""


def heading_parts(line: str, match: re.Match[str]) -> tuple[str, str]:
    """The text of a heading and the id that was given to it."""
    text, id = line[match.end() :].rstrip(), ""
    at = text.rfind("#")
    if at >= 0 and (found := _HEADING_ID.match(text, at)) is not None:
        text, id = text[:at].rstrip(), found[1]
    run = match[1]
    if text.endswith(run):
        text = text[: -len(run)].rstrip()
    return text, id


def made_id(text: str) -> str:
    """The id of a heading that was given none."""
    id = _NO_ID.sub("", text)
    return f"a{id}" if not id or _BAD_ID_START.match(id) else id


def definition_term(line: str) -> tuple[str, int] | None:
    """The term that a line defines, and where its definition begins."""
    if line[:1] != " " or "::" not in line:
        return None
    start = at = len(line) - len(line.lstrip())
    while at < len(line):
        sign = line[at]
        if sign == ":" and line[at + 1 : at + 2] == ":":
            break
        at = _after_span(line, at, sign)
        if at < 0:
            return None
    end = at + 2
    if (at == start and start < 2) or at >= len(line) or (end < len(line) and not line[end].isspace()):
        return None
    return line[start : line.find("::", start)].strip(), len(line) - len(line[end:].lstrip())


def _after_span(line: str, at: int, sign: str) -> int:
    """The place behind a code span or a sign of a term; -1 for a sign that no term has."""
    if sign == "`":
        close = line.find("`", at + 1)
        return close + 1 if close >= 0 else -1
    if sign == "{":
        close = line.find("}}}", at + 3) if line.startswith("{{{", at) else -1
        return close + 3 if close >= 0 else -1
    if sign == ":":
        return at + 2 if at + 1 < len(line) else -1
    return at + 1
