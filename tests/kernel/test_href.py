"""Addresses as Trac encodes them, which can be taken apart again and never lead to another host."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackside.kernel.href import Href

HREF = Href("/x", "https://example.org")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)


def test_it_works() -> None:
    assert HREF("ticket", 1, version=2, fragment="comment:3") == "/x/ticket/1?version=2#comment:3"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (HREF(), "/x"),
        (Href()(), "/"),
        (Href()("wiki"), "/wiki"),
        (HREF("wiki", "A B/c d+e&f?g#h%"), "/x/wiki/A%20B/c%20d%2Be%26f%3Fg%23h%25"),
        (HREF("~u(1)*'!:@,;=$"), "/x/~u(1)*'!%3A%40%2C%3B%3D%24"),
        (HREF("x", q="~u(1)*'!:@,;=$/?"), "/x/x?q=~u(1)*'!%3A%40%2C%3B%3D%24%2F%3F"),
        (HREF("ü", b="a b&c"), "/x/%C3%BC?b=a+b%26c"),
        (HREF("x", b=2, a="", c=None), "/x/x?a=&b=2"),
        (HREF("x", query=[("b", 1), ("a", 2), ("b", 3), ("c", None)]), "/x/x?b=1&a=2&b=3&c"),
        (HREF("wiki/", "/a/", "b/"), "/x/wiki/a/b"),
        (HREF("a/b//c"), "/x/a/b/c"),
        (HREF("wiki", ""), "/x/wiki/"),
        (HREF("wiki", "A", fragment="a b"), "/x/wiki/A#a%20b"),
    ],
)
def test_addresses_are_encoded_as_trac_encodes_them(address: str, expected: str) -> None:
    assert address == expected


def test_absolute_addresses_have_scheme_and_host() -> None:
    absolute = HREF.absolute()
    assert absolute("ticket", 1) == "https://example.org/x/ticket/1"
    assert absolute() == "https://example.org/x"
    assert absolute.absolute().origin == "https://example.org"


@given(st.lists(TEXTS, max_size=4), st.sampled_from([Href(), HREF]))
def test_no_path_is_taken_for_a_host(segments: list[str], href: Href) -> None:
    address = href(*segments)
    assert address.startswith("/")
    assert not address.startswith("//")
    assert urlsplit(address).netloc == ""


@given(TEXTS.filter(lambda name: name and "/" not in name), TEXTS)
def test_names_and_values_are_found_again(name: str, value: str) -> None:
    parts = urlsplit(HREF("wiki", name, q=value, fragment=name))
    assert unquote(parts.path) == f"/x/wiki/{name}"
    assert dict(parse_qsl(parts.query, keep_blank_values=True)) == {"q": value}
    assert unquote(parts.fragment) == name
