"""The orders of page names, as Trac 1.6 puts the same names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from trackside.features.wiki.titles import Title, groups, hierarchy

NAMES = re.findall(
    r"\S+",
    "A A/B A/B/C A/B/D A/E/F Foo FooBar FooBar/Sub FooBar/Sub2 FooBar/Sub3 FooBarBaz Release0.1 Release0.2 "
    "V1.0 V1.1 V1.10 V2 Zed/One Zed/Two",
)


def written(entries: Sequence[Title]) -> str:
    """`page`, `[group]` and what is `(below)`."""
    return " ".join(
        (f"[{e.label}]" if e.is_group else e.label) + (f"({written(e.below)})" if e.below else "")
        for e in entries
    )


def test_it_works() -> None:
    assert written(hierarchy(NAMES)) == (
        "A(B(C D) [E](F)) Foo FooBar(Sub Sub2 Sub3) FooBarBaz Release0.1 Release0.2 V1.0 V1.1 V1.10 V2 "
        "[Zed](One Two)"
    )


def test_hierarchy_of_a_few() -> None:
    names = [name for name in NAMES if name.startswith("A")]
    assert written(hierarchy(names, least=2)) == "A(B(C D) E/F)"
    assert written(hierarchy(names, least=3)) == "A(B B/C B/D E/F)"
    (top,) = hierarchy(names)
    assert [t.name for t in top.below] == ["A/B", "A/E"]
    assert written(hierarchy(names[1:], "A/")) == "B(C D) [E](F)"


def test_groups() -> None:
    found = written(groups(NAMES))
    assert "[Release](Release0.1 Release0.2)" in found
    assert found.startswith("[A](A ") and "V2" in found
    assert written(groups(["A", "B"])) == "A B"
    assert written(groups(["Foo/A", "Foo/B"])) == "[Foo](Foo/A Foo/B)"
    assert written(groups(["OneTwoAx", "OneTwoBx"])) == "[OneTwo](OneTwoAx OneTwoBx)"


def test_nothing_is_lost() -> None:
    for least in range(5):
        for order in (hierarchy, groups):
            text = written(order(NAMES, "", least))
            assert len(re.findall(r"[^\s()\[\]]+", text)) >= len(NAMES)
    assert hierarchy([]) == [] and groups([]) == []


def test_deep_names() -> None:
    name = "/".join("ab" * 120)
    assert hierarchy([name])[0].label
    assert groups([name, name + "/c"])
