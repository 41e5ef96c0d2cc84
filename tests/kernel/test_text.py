"""Small string helpers: shortening, names, sorting, hiding, sizes, file names."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackside.kernel import text


def test_it_works() -> None:
    assert text.shorten("one two three", 12) == "one two ..."
    assert text.split_names("joe, ann;joe  bob") == ["joe", "ann", "bob"]


def test_line_ends_become_one_kind() -> None:
    assert text.unix_lines("a\r\nb\rc\nd") == "a\nb\nc\nd"


@given(st.text(max_size=200), st.integers(1, 100))
def test_a_short_text_stays_and_a_long_one_is_cut(value: str, limit: int) -> None:
    shortened = text.shorten(value, limit)
    if len(value) <= limit:
        assert shortened == value
    else:
        assert shortened.endswith(" ...")
        assert len(shortened) <= max(limit, 4)
        assert value.startswith(shortened[:-4])


def test_a_long_word_goes_as_a_whole_unless_it_is_the_only_one() -> None:
    assert text.shorten("a " + "b" * 100, 20) == "a ..."
    assert text.shorten("b" * 100, 20) == "b" * 16 + " ..."


def test_numbers_in_names_sort_by_value() -> None:
    names = ["1.10", "1.9", "b", "A", "1.9.1", "2", "a10", "a9", ""]
    assert sorted(names, key=text.natural_key) == ["", "1.9", "1.9.1", "1.10", "2", "A", "a9", "a10", "b"]


@given(st.lists(st.text(max_size=6)))
def test_any_names_can_be_sorted(names: list[str]) -> None:
    assert sorted(sorted(names, key=text.natural_key)) == sorted(names)


@pytest.mark.parametrize(
    ("person", "shown"),
    [
        ("joe", "joe"),
        ("joe@example.org", "joe@…"),
        ("Joe <joe@example.org>", "Joe <joe@…>"),
        ("@x", "@…"),
        ("a@b c@d", "a@…"),
    ],
)
def test_addresses_are_hidden(person: str, shown: str) -> None:
    assert text.obfuscate(person) == shown


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (0, "0 bytes"),
        (1023, "1023 bytes"),
        (1024, "1.0 KB"),
        (1536, "1.5 KB"),
        (10**6, "976.6 KB"),
        (10**9, "953.7 MB"),
        (5 * 10**12, "4656.6 GB"),
    ],
)
def test_sizes_are_told_in_units(size: int, shown: str) -> None:
    assert text.readable_size(size) == shown


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("C:\\My Documents\\plan.txt", "plan.txt"),
        ("../../etc/passwd", "passwd"),
        ("a\tb\x00c.txt ", "a b c.txt"),
        ("u\u0308ber.txt", "über.txt"),
        ("dir/", ""),
    ],
)
def test_a_file_name_is_made_safe_to_store(name: str, stored: str) -> None:
    assert text.clean_file_name(name) == stored


@given(st.text(max_size=20))
def test_no_file_name_leads_elsewhere(name: str) -> None:
    stored = text.clean_file_name(name)
    assert not set(stored) & set("/\\")
    assert all(unicodedata.category(character) != "Cc" for character in stored)
    assert text.clean_file_name(stored) == stored
