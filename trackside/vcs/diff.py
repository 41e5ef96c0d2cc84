"""Text differences: hunks of lines, changed words within lines, three-way merges."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

Kind = Literal["same", "removed", "added"]
Opcode = tuple[str, int, int, int, int]

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_BLANKS = re.compile(r"\s+")
# What is compared takes time by the product of both sides; beyond these it is only told apart roughly.
MOST_LINES = 5000
MOST_WORD_PAIRS = 4_000_000


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


@dataclass(frozen=True, slots=True)
class Options:
    """How to compare. `context` None shows everything."""

    context: int | None = 3
    ignore_blank_lines: bool = False
    ignore_case: bool = False
    ignore_space: bool = False


def hunks(old: Sequence[str], new: Sequence[str], options: Options = Options()) -> list[Hunk]:
    """How `old` becomes `new`, both as lines without their ends; no hunk when they are equal."""
    opcodes = _opcodes(_comparable(old, options), _comparable(new, options))
    around = max(len(old), len(new)) if options.context is None else max(0, options.context)
    budget = _Budget(MOST_WORD_PAIRS)
    found = [_hunk(old, new, group, budget) for group in _grouped(opcodes, around)]
    return [hunk for hunk in found if not (options.ignore_blank_lines and _is_blank(hunk))]


def _comparable(lines: Sequence[str], options: Options) -> Sequence[str]:
    if options.ignore_space:
        lines = [_BLANKS.sub(" ", line).strip() for line in lines]
    return [line.lower() for line in lines] if options.ignore_case else lines


def _is_blank(hunk: Hunk) -> bool:
    changed = (line for line in hunk.lines if line.kind != "same")
    return not any(part.text.strip() for line in changed for part in line.parts)


def _opcodes(old: Sequence[str], new: Sequence[str]) -> list[Opcode]:
    """What is the same at both ends is set aside; what is left is compared unless there is too much of it."""
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    left, right = old[start : len(old) - end], new[start : len(new) - end]
    middle: list[Opcode] = [("replace", 0, len(left), 0, len(right))] if left or right else []
    if left and right and len(left) + len(right) <= MOST_LINES:
        middle = list(SequenceMatcher(None, left, right).get_opcodes())
    found: list[Opcode] = [("equal", 0, start, 0, start)] if start else []
    found += [(tag, i1 + start, i2 + start, j1 + start, j2 + start) for tag, i1, i2, j1, j2 in middle]
    return [*found, ("equal", len(old) - end, len(old), len(new) - end, len(new))] if end else found


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """How many lines are the same from the start."""
    return next(
        (n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )


def _grouped(opcodes: Sequence[Opcode], around: int) -> Iterator[list[Opcode]]:
    """Changes with `around` lines before and after; those that come nearer than twice that stand together."""
    group: list[Opcode] = []
    has_change = False
    for place, (tag, i1, i2, j1, j2) in enumerate(opcodes):
        if tag != "equal":
            group.append((tag, i1, i2, j1, j2))
            has_change = True
            continue
        is_last = place == len(opcodes) - 1
        if has_change and (is_last or i2 - i1 > 2 * around):
            keep = min(around, i2 - i1)
            yield [*group, (tag, i1, i1 + keep, j1, j1 + keep)]
            group, has_change = [], False
        if not is_last:
            skip = 0 if has_change else max(0, i2 - i1 - around)
            group.append((tag, i1 + skip, i2, j1 + skip, j2))
    if has_change:
        yield group


@dataclass(slots=True)
class _Budget:
    """How much comparing of words may still be done."""

    left: int

    def take(self, amount: int) -> bool:
        self.left -= amount
        return self.left >= 0


def _hunk(old: Sequence[str], new: Sequence[str], group: Sequence[Opcode], budget: _Budget) -> Hunk:
    first, last = group[0], group[-1]
    old_count, new_count = last[2] - first[1], last[4] - first[3]
    lines = tuple(line for opcode in group for line in _lines(old, new, opcode, budget))
    return Hunk(
        first[1] + (1 if old_count else 0),
        old_count,
        first[3] + (1 if new_count else 0),
        new_count,
        lines,
    )


def _lines(old: Sequence[str], new: Sequence[str], opcode: Opcode, budget: _Budget) -> Iterator[Line]:
    tag, i1, i2, j1, j2 = opcode
    if tag == "equal":
        for offset, text in enumerate(new[j1:j2]):
            yield Line("same", i1 + offset + 1, j1 + offset + 1, (Part(text),))
        return
    removed, added = _words(old[i1:i2], new[j1:j2], budget)
    for number, parts in enumerate(removed, i1 + 1):
        yield Line("removed", number, None, parts)
    for number, parts in enumerate(added, j1 + 1):
        yield Line("added", None, number, parts)


Parts = tuple[Part, ...]


def _words(old: Sequence[str], new: Sequence[str], budget: _Budget) -> tuple[list[Parts], list[Parts]]:
    """Lines that stand for one another, with the words marked that differ."""
    removed: list[Parts] = [(Part(text),) for text in old]
    added: list[Parts] = [(Part(text),) for text in new]
    if len(old) == len(new):
        for place, (before, after) in enumerate(zip(old, new, strict=True)):
            removed[place], added[place] = _marked(before, after, budget)
    return removed, added


def _marked(before: str, after: str, budget: _Budget) -> tuple[Parts, Parts]:
    left, right = _WORDS.findall(before), _WORDS.findall(after)
    whole = (Part(before),), (Part(after),)
    if not budget.take(len(left) * len(right)):
        return whole
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if matcher.quick_ratio() < 0.3:
        return whole
    old_parts: list[Part] = []
    new_parts: list[Part] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        is_changed = tag != "equal"
        if i2 > i1:
            old_parts.append(Part("".join(left[i1:i2]), is_changed))
        if j2 > j1:
            new_parts.append(Part("".join(right[j1:j2]), is_changed))
    return tuple(old_parts) or (Part(""),), tuple(new_parts) or (Part(""),)


def sides(hunk: Hunk) -> list[tuple[Line | None, Line | None]]:
    """The lines of a hunk side by side; None where one side has no line."""
    rows: list[tuple[Line | None, Line | None]] = []
    removed: list[Line] = []
    added: list[Line] = []
    for line in hunk.lines:
        if line.kind == "removed" and not added:
            removed.append(line)
        elif line.kind == "added":
            added.append(line)
        else:
            rows += zip_longest(removed, added)
            removed, added = ([line], []) if line.kind == "removed" else ([], [])
            rows += [(line, line)] if line.kind == "same" else []
    return [*rows, *zip_longest(removed, added)]


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
    for tag, i1, i2, j1, j2 in _opcodes(base, changed):
        if tag != "equal":
            yield i1, i2, tuple(changed[j1:j2])
