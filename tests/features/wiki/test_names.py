"""Which words are links, and which page a name means."""

from __future__ import annotations

import re

import pytest

from trackside.features.wiki.hooks import CAMEL_CASE, refer
from trackside.features.wiki.model import check_name, clean_name, page_ref, resolve_name
from trackside.kernel.errors import Invalid
from trackside.kernel.ref import Ref

PAGES = frozenset(
    ("WikiStart", "Top", "Proj", "Proj/Docs", "Proj/Docs/Intro", "Proj/Other", "Proj/Docs/Setup/Linux")
)


def words(text: str) -> list[str]:
    return [match[0] for match in re.finditer(CAMEL_CASE, text)]


def test_it_works() -> None:
    assert words("see FooBar.") == ["FooBar"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "FooBar FooBarBaz, FooBar's FooBars (FooBar) FooBar: FooBar/Baz FooBar/x "
            "./FooBar ../FooBar /FooBar",
            [
                "FooBar",
                "FooBarBaz",
                "FooBar",
                "FooBars",
                "FooBar",
                "FooBar",
                "FooBar/Baz",
                "FooBar",
                "./FooBar",
                "../FooBar",
                "/FooBar",
            ],
        ),
        ("FooBar@2 FooBar#sec FooBar@2#sec. ÉcoleNormale SmÅogstore", None),
        ("FooBAR FOOBar FooB FooBar2 FooBar_ FooBar:x x/FooBar Title Fo fooBar F1oBar", []),
    ],
)
def test_camel_case(text: str, found: list[str] | None) -> None:
    if found is None:
        found = ["FooBar@2", "FooBar#sec", "FooBar@2#sec", "ÉcoleNormale", "SmÅogstore"]
    assert words(text) == found


def test_camel_case_takes_linear_time() -> None:
    for text in ("Aa" * 50_000, "Aa/" * 50_000 + "B", "./" * 50_000, "Aa" * 50_000 + "_"):
        words(text)


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("Other", "Proj/Other"),
        ("Top", "Top"),
        ("Docs/New", "Proj/Docs/New"),
        ("Nowhere", "Proj/Docs/Nowhere"),
        ("/Nowhere", "Nowhere"),
        ("Setup/Linux", "Proj/Docs/Setup/Linux"),
        ("./Sub", "Proj/Docs/Intro/Sub"),
        ("../Sib", "Proj/Docs/Sib"),
        ("..", "Proj/Docs"),
        ("", "WikiStart"),
        ("../../../../X", "X"),
    ],
)
def test_a_name_means_the_nearest_page(name: str, page: str) -> None:
    assert resolve_name(name, "Proj/Docs/Intro", PAGES) == page


def test_outside_of_the_wiki_names_are_absolute() -> None:
    assert resolve_name("Other", "", PAGES) == "Other"
    target = refer("wiki", "Top@3?format=txt#x", Ref("ticket", "1"))
    assert target is not None and target.ref == page_ref("Top")
    assert (target.query, target.fragment) == ("version=3&format=txt", "x")


@pytest.mark.parametrize("name", ["", "a//b", ".", "..", "a/../b", "/a", "a/", "a\nb", "a\x00b", "x" * 600])
def test_bad_names_are_refused(name: str) -> None:
    with pytest.raises(Invalid):
        check_name(name)


def test_slashes_are_cleaned() -> None:
    assert clean_name("//a///b/") == "a/b"
