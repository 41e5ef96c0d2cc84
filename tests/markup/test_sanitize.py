"""HTML and attributes of authors: what passes, what vanishes."""

from __future__ import annotations

import builtins
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.markup.world import PAGE, make_work
from trackside.markup.render import render
from trackside.markup.sanitize import attributes, clean_html, clean_style, is_safe_origin, is_safe_url
from trackside.markup.syntax import CORE, Syntax


def cleaned(html: str) -> str:
    found = clean_html(html, CORE)
    assert found is not None
    return found


def test_it_works() -> None:
    assert cleaned('<p onclick="x()">hello <script>alert(1)</script></p>') == "<p>hello </p>"


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<b>x", "<b>x</b>"),
        ("a <iframe>b</iframe> c", "a  c"),
        ("a <embed src=x> c", "a  c"),
        ("<!-- x --><i>y</i>", "<i>y</i>"),
        ("<!DOCTYPE html>x", "x"),
        ('<a href="javascript:alert(1)">x</a>', "<a>x</a>"),
        ('<a href="JaVa\tScRiPt:alert(1)">x</a>', "<a>x</a>"),
        ('<a href="mailto:a@b.c">x</a>', "<a>x</a>"),
        ('<a href="http://x.test/">x</a>', '<a href="http://x.test/">x</a>'),
        ('<a href="/wiki/X#a">x</a>', '<a href="/wiki/X#a">x</a>'),
        ('<img src="data:text/html,x" alt="a">', '<img alt="a">'),
        ('<input type="password" name="a">', '<input name="a">'),
        ('<input type=" PASSWORD " name="a">', '<input name="a">'),
        ('<p style="color: red; position: fixed">x</p>', '<p style="color: red">x</p>'),
        ('<p style="behavior: url(x)">x</p>', "<p>x</p>"),
        ("<svg><a xlink:href='javascript:x'>y</a></svg>z", "z"),
        ("<math><mtext><img src=x onerror=y></mtext></math>z", "z"),
        ("<p data-x='1' id='here'>x</p>", '<p id="here">x</p>'),
        ("&amp; &lt;b&gt; &unknown;", "&amp; &lt;b&gt; &amp;unknown;"),
    ],
)
def test_elements_and_attributes(html: str, kept: str) -> None:
    assert cleaned(html) == kept


@pytest.mark.parametrize(
    ("style", "kept"),
    [
        ("color: red; background: url(javascript:x)", "color: red"),
        ("background: url(http://x.test/a.png)", ""),
        ("background: URL('//x.test/a.png')", ""),
        ("background: url(/a.png)", "background: url(/a.png)"),
        ("width: expression(alert(1))", ""),
        ("width: e\\78pression(alert(1))", ""),
        ("width: exp/**/ression(alert(1))", "width: exp ression(alert(1))"),
        ("width: ｅｘｐｒｅｓｓｉｏｎ(alert(1))", ""),
        ("position: static; position: absolute", "position: static"),
        ("margin: -10px; margin-left: 2px", "margin-left: 2px"),
        ("color:red", "color:red"),
        ("-moz-binding: url(x)", ""),
        ("@import 'x'", ""),
    ],
)
def test_styles(style: str, kept: str) -> None:
    assert clean_style(CORE, style) == kept


def test_parameters_become_sorted_attributes() -> None:
    given = (
        ("width", "3"),
        ("class", "x"),
        ("onclick", "y"),
        ("checked", True),
        ("hidden", True),
        ("lang", True),
    )
    assert attributes(given, CORE) == [
        ("checked", "checked"),
        ("class", "x"),
        ("lang", "True"),
        ("width", "3"),
    ]


@pytest.mark.parametrize(
    ("url", "is_safe"),
    [
        ("/x", True),
        ("x#a:b", True),
        ("http://x", True),
        ("javascript:x", False),
        ("java\nscript:x", False),
        ("data:text/html,x", False),
        ("vbscript:x", False),
    ],
)
def test_addresses(url: str, is_safe: bool) -> None:
    assert is_safe_url(CORE, url) is is_safe


def test_origins() -> None:
    assert is_safe_origin(CORE, "/x.png")
    assert is_safe_origin(CORE, "data:image/png;base64,x")
    assert not is_safe_origin(CORE, "//x.test/a")
    assert not is_safe_origin(CORE, "https://x.test/a")
    work = make_work(ini="[wiki]\nsafe_origins = https://x.test\n")
    syntax = work.project.part(Syntax)
    assert is_safe_origin(syntax, "https://x.test/a")
    assert is_safe_origin(syntax, "https://x.test")
    assert not is_safe_origin(syntax, "https://x.test.evil/a")


def test_where_the_sanitiser_cannot_be_loaded_html_is_shown_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    load: Callable[..., object] = builtins.__import__

    def refuse(name: str, *arguments: object) -> object:
        if name == "nh3":
            raise ImportError("PyO3 modules may only be initialized once per interpreter process")
        return load(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", refuse)
    html = render(make_work(), "{{{#!html\n<b onclick='x'>never seen before</b>\n}}}", PAGE)
    assert html == "<pre class=\"wiki\">&lt;b onclick='x'&gt;never seen before&lt;/b&gt;\n</pre>"


def test_trusted_authors_may_write_what_they_want() -> None:
    work = make_work(ini="[wiki]\nrender_unsafe_content = on\n")
    assert render(work, "{{{#!html\n<script>x</script>\n}}}", PAGE) == "<script>x</script>\n"


PIECES = [
    "<b>",
    "</b>",
    "<p ",
    "style=",
    "'",
    '"',
    ">",
    "<script>",
    "</script>",
    "<svg>",
    "onload=",
    "x",
    "<!--",
]
MORE = [
    "-->",
    "href=javascript:x",
    "<math>",
    "<style>",
    "</style>",
    "<![CDATA[",
    "]]>",
    "&#x6a;",
    "\\",
    "<title>",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES + MORE), max_size=25))
def test_what_was_cleaned_stays_as_it_is(pieces: list[str]) -> None:
    once = cleaned("".join(pieces))
    assert cleaned(once) == once
    for bad in ("<script", "<svg", "<style", "<math", "<title"):
        assert bad not in once
