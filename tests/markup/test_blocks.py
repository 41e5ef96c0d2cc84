"""Blocks: what opens and closes what, and the deliberate differences from Trac's output."""

from __future__ import annotations

import pytest

from tests.markup.world import PAGE, make_work
from trackside.markup.blocks import parse
from trackside.markup.nodes import Heading, Item, LineEnd, List, Paragraph, Text
from trackside.markup.render import oneliner, render
from trackside.markup.syntax import CORE


def shown(text: str, keep_newlines: bool = False) -> str:
    return render(make_work(), text, PAGE, keep_newlines=keep_newlines).removesuffix("\n")


def test_it_works() -> None:
    assert parse(CORE, "= A =\nb\n * c") == (
        Heading(1, "A", "A", (Text("A"),)),
        Paragraph((Text("b"), LineEnd())),
        List("ul", "", "", (Item((Text("c"), LineEnd())),)),
    )


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a\n  \nb", "<p>\na\n  \nb\n</p>"),
        (" * a\n b", "<ul><li>a\nb\n</li></ul>"),
        (
            "     a\n  b",
            "<blockquote>\n<p>\na\n</p>\n</blockquote>\n<blockquote>\n<p>\nb\n</p>\n</blockquote>",
        ),
        ("||a|| \\\n||b||", '<table class="wiki">\n<tr><td>a\n</td><td>b\n</td></tr></table>'),
        ("||", '<table class="wiki">\n<tr>\n</tr></table>'),
        ("||||", '<table class="wiki">\n<tr><td>\n</td></tr></table>'),
        ("|| a ||||||", '<table class="wiki">\n<tr><td> a </td><td colspan="2">\n</td></tr></table>'),
        ("= ", '<h1 class="section" id="a"></h1>'),
        ("= =", '<h1 class="section" id="a"></h1>'),
        ("  > a\n  b", None),
        ("\t> a", '<blockquote class="citation">\n<p>\na\n</p>\n</blockquote>'),
        ("a {{{x", "<p>\na {{{x\n</p>"),
        ("{{{#!table\n}}}", '<table class="wiki"></table>'),
        ("a\r\nb\rc\u2028d", "<p>\na\nb\nc\nd\n</p>"),
        ("", ""),
    ],
)
def test_as_trac_does(text: str, html: str | None) -> None:
    if html is not None:
        assert shown(text) == html
    else:
        assert shown(text).count("<blockquote") == 2


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a || b", '<table class="wiki">\n<tr><td>a </td><td> b\n</td></tr></table>'),
        (
            " a:: ''b\n c:: d",
            '<dl class="wiki"><dt>a</dt><dd><em>b\n</em></dd><dt>c</dt><dd>d\n</dd></dl>',
        ),
        (" a::\n- b", '<dl class="wiki"><dt>a</dt><dd>\n</dd></dl>\n<ul><li>b\n</li></ul>'),
    ],
    ids=["text before the first cell", "style left open in a definition", "list behind a definition"],
)
def test_tags_are_always_nested(text: str, html: str) -> None:
    """Where Trac's own output is no valid HTML."""
    assert shown(text) == html


def test_newlines_are_kept_in_paragraphs_only() -> None:
    assert shown("a\n[[BR]]\n \n * b\n   c", True) == (
        "<p>\na<br />\n<br />\n <br />\n</p>\n<ul><li>b\nc\n</li></ul>"
    )


def test_ids_of_headings_are_unique() -> None:
    html = shown("= a =\n= a1 =\n= a =\n= a =\n= b #a =\n= b = #a")
    assert [part.split('"')[0] for part in html.split('id="')[1:]] == ["a", "a1", "a2", "a3", "ba", "a4"]


def test_nesting_ends_somewhere() -> None:
    html = shown("\n".join(" " * n + "* x" for n in range(300)))
    assert html.count("<ul>") <= 101
    assert shown(">" * 300 + "x").count("<blockquote") <= 101
    assert html.count("x\n") == 300


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{{{\ncode\n}}}", "[…]"),
        ("a\n{{{#!comment\nx\n}}}\nb", "a\n […]\nb"),
        ("{{{\n#!comment\nx\n}}}\nb", "b"),
        ("= ''a'' =", "= ''a'' ="),
        ("= ''a'' =\nb", "= <em>a</em> =\nb"),
        ("more...", "more…"),
        ("''open", "<em>open</em>"),
        ("a\\\\b", "a b"),
        ("|| a ||", "|| a ||"),
    ],
)
def test_on_one_line(text: str, line: str) -> None:
    assert oneliner(make_work(), text, PAGE) == line


def test_a_long_line_is_cut_at_a_blank() -> None:
    text = "word " * 30
    assert oneliner(make_work(), text, PAGE, shorten=True) == "word " * 13 + "word …"
    assert oneliner(make_work(), "x" * 75, PAGE, shorten=True) == "x" * 75
    assert oneliner(make_work(), "x" * 76, PAGE, shorten=True) == "x" * 71 + " …"
