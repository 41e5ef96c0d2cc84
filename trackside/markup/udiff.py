"""Unified diffs as tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

_FILE: Final = re.compile(r"(?:---|\+\+\+) ([^\t\n]*)(?:\t(.*))?$")
_HUNK: Final = re.compile(r"@@ -([0-9]{1,9})(?:,([0-9]{1,9}))? \+([0-9]{1,9})(?:,([0-9]{1,9}))? @@(.*)$")
_BLANKS: Final = re.compile(r" (?= )|^ | $")
_GIT_PREFIX: Final = re.compile(r"[ab]/")
MAX_LINES: Final = 20_000

Kind = Literal["unmod", "add", "rem", "mod"]


@dataclass(slots=True)
class _Group:
    kind: Kind
    old: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Hunk:
    old_start: int
    new_start: int
    title: str
    groups: list[_Group]


@dataclass(slots=True)
class _File:
    old: str
    new: str
    old_revision: str
    new_revision: str
    preamble: list[str]
    hunks: list[_Hunk]


class _NotADiffError(Exception):
    pass


def diff_html(text: str, tab_width: int = 8) -> str:
    """The tables of a unified diff, escaped; empty for what is none."""
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        return ""
    try:
        files = _read(lines, tab_width)
    except _NotADiffError:
        return ""
    if not files:
        return ""
    entries = "".join(f'<li class="entry">{_file(file)}</li>' for file in files)
    return f'<div class="diff"><ul class="entries">{entries}</ul></div>'


def _read(lines: Sequence[str], tab_width: int) -> list[_File]:
    files: list[_File] = []
    preamble: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith("--- ") and lines[at + 1 : at + 2] and lines[at + 1].startswith("+++ "):
            files.append(_head(line, lines[at + 1], preamble))
            preamble = []
            at += 2
        elif files and (hunk := _HUNK.match(line)) is not None:
            at = _read_hunk(files[-1], hunk, lines, at + 1, tab_width)
        else:
            preamble.append(line)
            at += 1
    return files


def _head(old: str, new: str, preamble: list[str]) -> _File:
    first, second = _FILE.match(old), _FILE.match(new)
    if first is None or second is None:
        raise _NotADiffError
    kept = [line for line in preamble if line and not line.startswith(("Index:", "====="))]
    return _File(first[1], second[1], first[2] or "", second[2] or "", kept, [])


def _read_hunk(file: _File, match: re.Match[str], lines: Sequence[str], at: int, tab_width: int) -> int:
    """Read the lines that a hunk counts; the place behind them."""
    old, new = int(match[2] or 1), int(match[4] or 1)
    hunk = _Hunk(int(match[1]), int(match[3]), match[5], [])
    while old > 0 or new > 0:
        if at >= len(lines):
            raise _NotADiffError
        line = lines[at]
        sign, rest = line[:1] or " ", line[1:].expandtabs(tab_width)
        if sign not in " +-\\":
            raise _NotADiffError
        old -= sign in " -"
        new -= sign in " +"
        _put(hunk, sign, rest)
        at += 1
    if lines[at : at + 1] and lines[at].startswith("\\"):
        at += 1
    file.hunks.append(hunk)
    return at


def _put(hunk: _Hunk, sign: str, line: str) -> None:
    last = hunk.groups[-1] if hunk.groups else None
    if sign == "\\":
        return
    if sign == " ":
        if last is None or last.kind != "unmod":
            last = _Group("unmod")
            hunk.groups.append(last)
        last.old.append(line)
        last.new.append(line)
        return
    if last is None or last.kind == "unmod" or (sign == "-" and last.new):
        last = _Group("rem" if sign == "-" else "add")
        hunk.groups.append(last)
    (last.old if sign == "-" else last.new).append(line)
    last.kind = "mod" if last.old and last.new else last.kind


def _file(file: _File) -> str:
    path = _common(_plain(file.old), _plain(file.new))
    head = f"<h2><a>{_text(path)}</a></h2>"
    if file.preamble:
        head += f"<pre>{_text(chr(10).join(file.preamble))}</pre>"
    if not file.hunks:
        return head
    old = _text(f"File {file.old} {file.old_revision}".strip()).replace('"', "&#34;")
    new = _text(f"File {file.new} {file.new_revision}".strip()).replace('"', "&#34;")
    return (
        f'{head}<table class="trac-diff inline" cellspacing="0"><colgroup><col class="lineno" />'
        '<col class="lineno" /><col class="content" /></colgroup>'
        f'<thead><tr><th title="{old}">old</th><th title="{new}">new</th>'
        f"<td><em>{_text(file.hunks[0].title)}</em>&nbsp;</td></tr></thead>"
        f"{''.join(_hunks(file.hunks))}</table>"
    )


def _plain(path: str) -> str:
    return _GIT_PREFIX.sub("", path, count=1) if _GIT_PREFIX.match(path) else path


def _common(old: str, new: str) -> str:
    """The part of both paths that is the same at their ends, as what was moved or compared."""
    if "/dev/null" in (old, new):
        return new if old == "/dev/null" else old
    same: list[str] = []
    for left, right in zip(reversed(old.split("/")), reversed(new.split("/")), strict=False):
        if left != right:
            break
        same.insert(0, left)
    return "/".join(same) or new


def _hunks(hunks: Sequence[_Hunk]) -> Iterator[str]:
    for number, hunk in enumerate(hunks):
        if number:
            yield '<tbody class="skipped"><tr><th>&hellip;</th><th>&hellip;</th>'
            yield f"<td><em>{_text(hunk.title)}</em>&nbsp;</td></tr></tbody>"
        old, new = hunk.old_start, hunk.new_start
        for group in hunk.groups:
            yield f'<tbody class="{group.kind}">{"".join(_rows(group, old, new))}</tbody>'
            old += len(group.old)
            new += len(group.new)


def _rows(group: _Group, old: int, new: int) -> list[str]:
    if group.kind == "unmod":
        return [
            f'<tr><th>{old + n}</th><th>{new + n}</th><td class="l"><span>{_shown(line)}</span></td></tr>'
            for n, line in enumerate(group.old)
        ]
    left, right = _marked(group)
    rows = [f'<th>{old + n}</th><th>&nbsp;</th><td class="l">{line}</td></tr>' for n, line in enumerate(left)]
    rows += [
        f'<th>&nbsp;</th><th>{new + n}</th><td class="r">{line}</td></tr>' for n, line in enumerate(right)
    ]
    last = len(rows) - 1
    return [f"<tr{_edge(n == 0, n == last)}>{row}" for n, row in enumerate(rows)]


def _edge(is_first: bool, is_last: bool) -> str:
    names = " ".join(name for name, holds in (("first", is_first), ("last", is_last)) if holds)
    return f' class="{names}"' if names else ""


def _marked(group: _Group) -> tuple[list[str], list[str]]:
    """Both sides of a change; in groups of equal length what differs within the lines is marked."""
    if len(group.old) != len(group.new):
        return (
            [f"<del>{_shown(line)}</del>" for line in group.old],
            [f"<ins>{_shown(line)}</ins>" for line in group.new],
        )
    pairs = [_differing(old, new) for old, new in zip(group.old, group.new, strict=True)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _differing(old: str, new: str) -> tuple[str, str]:
    start, end = 0, 0
    shorter = min(len(old), len(new))
    while start < shorter and old[start] == new[start]:
        start += 1
    while end < shorter - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return _part(old, start, end, "del"), _part(new, start, end, "ins")


def _part(line: str, start: int, end: int, tag: str) -> str:
    stop = len(line) - end
    before, changed, after = line[:start], line[start:stop], line[stop:]
    return f"<span>{_shown(before)}<{tag}>{_shown(changed)}</{tag}>{_shown(after)}</span>"


def _shown(line: str) -> str:
    return _BLANKS.sub("&nbsp;", _text(line))


def _text(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
