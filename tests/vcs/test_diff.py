"""Differences and merges of texts."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackside.vcs.diff import Hunk, Line, Options, Part, hunks, merge, sides, unified

TEXTS = st.lists(st.sampled_from(["", "a", "b", "a b", "A  b"]), max_size=12)


def text_of(line: Line) -> str:
    return "".join(part.text for part in line.parts)


def old_lines(found: list[Hunk]) -> list[str]:
    return [text_of(line) for hunk in found for line in hunk.lines if line.kind != "added"]


def new_lines(found: list[Hunk]) -> list[str]:
    return [text_of(line) for hunk in found for line in hunk.lines if line.kind != "removed"]


def test_it_works() -> None:
    (hunk,) = hunks(["one", "two words", "three"], ["one", "two worlds", "three"])
    assert (hunk.old_start, hunk.old_count, hunk.new_start, hunk.new_count) == (1, 3, 1, 3)
    kinds = [(line.kind, line.old_number, line.new_number) for line in hunk.lines]
    assert kinds == [("same", 1, 1), ("removed", 2, None), ("added", None, 2), ("same", 3, 3)]
    assert hunk.lines[2].parts == (Part("two "), Part("worlds", is_changed=True))


def test_equal_texts_have_no_hunk() -> None:
    assert hunks(["a"], ["a"]) == [] and hunks([], []) == []


@given(TEXTS, TEXTS)
def test_nothing_is_lost(old: list[str], new: list[str]) -> None:
    found = hunks(old, new, Options(context=None))
    if old != new:
        assert old_lines(found) == old and new_lines(found) == new
    else:
        assert not found


@given(TEXTS, TEXTS, st.integers(0, 3))
def test_context(old: list[str], new: list[str], context: int) -> None:
    for hunk in hunks(old, new, Options(context=context)):
        same = "".join("s" if line.kind == "same" else "x" for line in hunk.lines)
        assert "x" in same
        assert len(same) - len(same.lstrip("s")) <= context and len(same) - len(same.rstrip("s")) <= context
        assert "s" * (2 * context + 1) not in same
        for line in hunk.lines:
            if line.old_number is not None:
                assert old[line.old_number - 1] == text_of(line) or line.kind == "same"
            if line.new_number is not None:
                assert new[line.new_number - 1] == text_of(line)


def test_distant_changes_stand_apart() -> None:
    old = [str(n) for n in range(40)]
    new = ["x", *old[1:39], "y"]
    first, second = hunks(old, new)
    assert (first.old_start, first.old_count) == (1, 4)
    assert (second.old_start, second.old_count) == (37, 4)


@pytest.mark.parametrize(
    ("old", "new", "options"),
    [
        (["A", "b"], ["a", "B"], Options(ignore_case=True)),
        (["a  b", " c"], ["a b ", "c"], Options(ignore_space=True)),
        (["a", "", "b"], ["a", "b", " "], Options(ignore_blank_lines=True)),
    ],
)
def test_what_may_be_ignored(old: list[str], new: list[str], options: Options) -> None:
    assert hunks(old, new) and not hunks(old, new, options)
    assert hunks([*old, "x"], [*new, "y"], options)


def test_sides() -> None:
    (hunk,) = hunks(["a", "b", "c", "z"], ["a", "B", "z", "new"])
    rows = [
        (left and text_of(left), right and text_of(right), bool(left and left is right))
        for left, right in sides(hunk)
    ]
    assert rows == [
        ("a", "a", True),
        ("b", "B", False),
        ("c", None, False),
        ("z", "z", True),
        (None, "new", False),
    ]


@given(TEXTS, TEXTS)
def test_sides_hold_every_line(old: list[str], new: list[str]) -> None:
    for hunk in hunks(old, new):
        rows = sides(hunk)
        assert [left for left, _ in rows if left] == [n for n in hunk.lines if n.kind != "added"]
        assert [right for _, right in rows if right] == [n for n in hunk.lines if n.kind != "removed"]


def test_unified() -> None:
    text = unified(hunks(["a", "b"], ["a", "c"]), "old", "new")
    assert text == "--- old\n+++ new\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
    assert unified(hunks([], ["x"]), "o", "n").splitlines()[2] == "@@ -0,0 +1,1 @@"
    assert unified([], "o", "n") == ""


def test_merge() -> None:
    base = ["a", "b", "c", "d", "e"]
    assert merge(base, ["a", "B", "c", "d", "e"], ["a", "b", "c", "d", "E"]) == ["a", "B", "c", "d", "E"]
    assert merge(base, ["a", "B", "c", "d", "e"], ["a", "X", "c", "d", "e"]) is None
    assert merge(base, ["a", "B", "c", "d", "e"], ["a", "B", "c", "d", "e"]) == ["a", "B", "c", "d", "e"]
    assert merge(base, ["0", *base], [*base, "f"]) == ["0", *base, "f"]
    assert merge(base, [*base, "g"], [*base, "f"]) is None
    assert merge(base, base, base[1:]) == base[1:]
    assert merge([], ["mine"], ["theirs"]) is None


@given(TEXTS, TEXTS)
def test_merge_with_nobody_elses_change(base: list[str], mine: list[str]) -> None:
    assert merge(base, mine, base) == mine and merge(base, base, mine) == mine
    assert merge(base, mine, mine) == mine


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n" * 130_000, "\n" * 131_000 + "x"),
        ("a b " * 60_000, "b a " * 60_000),
        ("ab\n" * 2400, "a\nb\n" * 1200),
        (
            "\n".join(f"{n % 50} x y z" for n in range(2000)),
            "\n".join(f"{n % 49} x y z" for n in range(2000)),
        ),
    ],
)
def test_hostile_texts_take_no_ages(old: str, new: str) -> None:
    start = time.monotonic()
    found = hunks(old.split("\n"), new.split("\n"))
    merge([], old.split("\n"), new.split("\n"))
    assert found and time.monotonic() - start < 8
