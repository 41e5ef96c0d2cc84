"""Text differences: hunks of lines, changed words within lines, three-way merges."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "removed", "added"]
Opcode = tuple[str, int, int, int, int]

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
MOST_WORD_LINES = 400
LONGEST_WORD_LINE = 2000


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line; `is_changed` where the other side has something else."""

    text: str
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a hunk. Numbers count from 1; None on the side where the line is not."""

    kind: Kind
    old_number: int | None
    new_number: int | None
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Hunk:
    """Neighbouring changes with the lines around them. Starts count from 1, 0 for an empty side."""

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    lines: tuple[Line, ...]


def hunks(old: Sequence[str], new: Sequence[str], context: int = 3) -> list[Hunk]:
    """How `old` becomes `new`, both as lines without their ends; no hunk when they are equal."""
    matcher = SequenceMatcher(None, old, new, autojunk=len(old) > 2000)
    return [_hunk(old, new, group) for group in matcher.get_grouped_opcodes(context)]


def _hunk(old: Sequence[str], new: Sequence[str], group: Sequence[Opcode]) -> Hunk:
    first, last = group[0], group[-1]
    old_count, new_count = last[2] - first[1], last[4] - first[3]
    lines = tuple(line for opcode in group for line in _lines(old, new, opcode))
    return Hunk(
        first[1] + (1 if old_count else 0),
        old_count,
        first[3] + (1 if new_count else 0),
        new_count,
        lines,
    )


def _lines(old: Sequence[str], new: Sequence[str], opcode: Opcode) -> Iterator[Line]:
    tag, i1, i2, j1, j2 = opcode
    if tag == "equal":
        for offset, text in enumerate(old[i1:i2]):
            yield Line("same", i1 + offset + 1, j1 + offset + 1, (Part(text),))
        return
    removed, added = _words(old[i1:i2], new[j1:j2])
    for number, parts in enumerate(removed, i1 + 1):
        yield Line("removed", number, None, parts)
    for number, parts in enumerate(added, j1 + 1):
        yield Line("added", None, number, parts)


def _words(old: Sequence[str], new: Sequence[str]) -> tuple[list[tuple[Part, ...]], list[tuple[Part, ...]]]:
    """Lines that stand for one another, with the words marked that differ."""
    removed: list[tuple[Part, ...]] = [(Part(text),) for text in old]
    added: list[tuple[Part, ...]] = [(Part(text),) for text in new]
    if len(old) == len(new) and len(old) <= MOST_WORD_LINES:
        for place, (before, after) in enumerate(zip(old, new, strict=True)):
            if max(len(before), len(after)) <= LONGEST_WORD_LINE:
                removed[place], added[place] = _marked(before, after)
    return removed, added


def _marked(before: str, after: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    left, right = _WORDS.findall(before), _WORDS.findall(after)
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if matcher.quick_ratio() < 0.3:
        return (Part(before),), (Part(after),)
    old_parts: list[Part] = []
    new_parts: list[Part] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        is_changed = tag != "equal"
        if i2 > i1:
            old_parts.append(Part("".join(left[i1:i2]), is_changed))
        if j2 > j1:
            new_parts.append(Part("".join(right[j1:j2]), is_changed))
    return tuple(old_parts) or (Part(""),), tuple(new_parts) or (Part(""),)


def unified(found: Sequence[Hunk], old_name: str, new_name: str) -> str:
    """As `diff -u` writes it."""
    if not found:
        return ""
    signs = {"same": " ", "removed": "-", "added": "+"}
    out = [f"--- {old_name}", f"+++ {new_name}"]
    for hunk in found:
        out.append(f"@@ -{hunk.old_start},{hunk.old_count} +{hunk.new_start},{hunk.new_count} @@")
        out += [signs[line.kind] + "".join(part.text for part in line.parts) for line in hunk.lines]
    return "\n".join(out) + "\n"


def merge(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]) -> list[str] | None:
    """Both changes of `base` put together, as lines; None where they touch the same place."""
    changes = sorted([*_edits(base, mine), *_edits(base, theirs)], key=lambda edit: (edit[0], edit[1]))
    merged: list[str] = []
    place = 0
    previous: tuple[int, int, tuple[str, ...]] | None = None
    for edit in changes:
        start, stop, lines = edit
        if edit == previous:
            continue
        if previous is not None and (start < place or start == previous[0]):
            return None
        merged += base[place:start]
        merged += lines
        place, previous = stop, edit
    return [*merged, *base[place:]]


def _edits(base: Sequence[str], changed: Sequence[str]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """(start, stop, lines instead) for each place where `changed` departs from `base`."""
    matcher = SequenceMatcher(None, base, changed, autojunk=len(base) > 2000)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal":
            yield i1, i2, tuple(changed[j1:j2])
