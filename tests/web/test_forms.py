"""Fields of a form to typed values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import create_environ

from trackside.kernel.errors import Invalid
from trackside.web import forms
from trackside.web.request import Request


def request(method: str = "GET", **fields: str) -> Request:
    if method == "POST":
        return Request(create_environ(method="POST", data=fields))
    return Request(create_environ(query_string=fields))


def test_it_works() -> None:
    sent = request(a="text", b="")
    assert (forms.text(sent, "a"), forms.text(sent, "c", "other")) == ("text", "other")
    assert forms.flag(sent, "b")
    assert not forms.flag(sent, "c")


def test_a_post_is_read_from_its_body_only() -> None:
    sent = Request(create_environ("/?a=query", method="POST", data={"b": "body"}))
    assert (forms.text(sent, "a"), forms.text(sent, "b")) == ("", "body")


@given(st.integers(-(10**17), 10**17))
def test_whole_numbers_are_read(number: int) -> None:
    assert forms.integer(request(n=f" {number} "), "n") == number


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_anything_else_is_refused(text: str) -> None:
    try:
        number = forms.integer(request("POST", n=text), "n", default=-7)
    except Invalid as problem:
        assert "n" in problem.fields
    else:
        assert number == -7 if not text.strip() else int(text.strip()) == number


def test_huge_numbers_are_refused() -> None:
    with pytest.raises(Invalid):
        forms.integer(request(n="9" * 20), "n")


@pytest.mark.parametrize("key", ["short", "x" * 65, "with space and more", "a" * 16 + "\n"])
def test_a_key_that_we_never_gave_is_refused(key: str) -> None:
    with pytest.raises(Invalid):
        forms.key_of(request("POST", **{forms.KEY_FIELD: key}))


def test_keys_and_tokens_are_our_own_and_new_each_time() -> None:
    assert len({forms.new_key() for _ in range(100)}) == len({forms.new_token() for _ in range(100)}) == 100
    key = forms.new_key()
    assert forms.key_of(request("POST", **{forms.KEY_FIELD: key})) == key
    held = Request(create_environ(headers={"Cookie": f"{forms.TOKEN_COOKIE}=<script>"}))
    assert forms.token_of(held) != "<script>"
