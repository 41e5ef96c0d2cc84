"""Terms, excerpts, marks and pages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackside.features.search.model import excerpt, is_too_short, marked, page_of, terms_of
from trackside.kernel.feature import SearchResult


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("one two", ["one", "two"]),
        ("\"one two\" 'three four' five", ["one two", "three four", "five"]),
        ("it's", ["it's"]),
        ('"open', ['"open']),
        ("a a  a", ["a"]),
        ("  ", []),
        ('""', []),
    ],
)
def test_it_works(query: str, terms: list[str]) -> None:
    assert terms_of(query) == terms


def test_short_queries() -> None:
    assert is_too_short(["ab"], 3) and not is_too_short(["abc"], 3) and not is_too_short(["a", "b"], 3)


def test_excerpt() -> None:
    text = "start " * 100 + "the NEEDLE here " + "end " * 100
    found = excerpt(text, ["needle"])
    assert "NEEDLE" in found and found.startswith("… ") and found.endswith(" …") and len(found) < 260
    assert excerpt("a\r\n  b", ["x"]) == "a b"


@given(st.text(max_size=300), st.lists(st.text(min_size=1, max_size=5), max_size=4))
def test_marks_change_no_text(text: str, terms: list[str]) -> None:
    assert "".join(piece for piece, _ in marked(text, terms)) == text


def test_marks() -> None:
    assert marked("a.b A.B axb", ["a.b"]) == [("a.b", True), (" ", False), ("A.B", True), (" axb", False)]


def test_pages() -> None:
    results = [SearchResult(str(n), "", None, "", "", "") for n in range(25)]
    assert [r.title for r in page_of(results, 3).results] == ["20", "21", "22", "23", "24"]
    assert (page_of(results, 4).page, page_of([], 1).last_page) == (1, 1)
