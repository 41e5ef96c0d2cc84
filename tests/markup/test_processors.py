"""Code blocks: source code, diffs, reStructuredText, and what the name behind `#!` leads to."""

from __future__ import annotations

import pytest

from tests.markup.world import PAGE, make_work
from trackside.markup.highlight import highlighted, split_lines
from trackside.markup.mime import decode, mime_types
from trackside.markup.render import render
from trackside.markup.rst import rst_html
from trackside.markup.settings import MimeSettings
from trackside.markup.udiff import diff_html

DIFF = """Index: a.py
=====
--- trunk/a.py\t(revision 3)
+++ branch/a.py\t(working copy)
@@ -1,4 +1,4 @@ def f
 one
-two <x>
+two <y>
 three
-four
+five
@@ -20 +20,2 @@
 \ttab
+new
"""


def shown(text: str, ini: str = "") -> str:
    return str(render(make_work(ini=ini), text, PAGE))


def test_it_works() -> None:
    assert shown("{{{#!python\nx = '<'\n}}}") == (
        '<div class="wiki-code"><div class="code"><pre><span class="n">x</span> <span class="o">=</span> '
        "<span class=\"s1\">'&lt;'</span>\n</pre></div></div>"
    )


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "{{{#!text\n<a>\n}}}",
            '<div class="wiki-code"><div class="code"><pre>&lt;a&gt;\n</pre></div></div>',
        ),
        ("{{{#!pdf\nx\n}}}", '<div class="wiki-code"></div>'),
        ("{{{#!htmlcomment\nx\n}}}", "<!--\nx\n-->\n"),
        ("{{{#!div class=a\nx\n}}}", '<div class="a"><p>\nx\n</p>\n</div>'),
        ("{{{#!rtl\nx\n}}}", '<div class="rtl"><p>\nx\n</p>\n</div>'),
        ("{{{#!span style=\"color:red\"\n''x''\n}}}", '<span style="color:red"><em>x</em></span>'),
        ("{{{#!text/x-trac-wiki\n''x''\n}}}", '<div class="wiki-code"><p>\n<em>x</em>\n</p>\n</div>'),
    ],
)
def test_what_a_name_leads_to(text: str, html: str) -> None:
    assert shown(text) == html


@pytest.mark.parametrize("text", ["{{{#!nosuch\nx\n}}}", "{{{#!htmlcomment\nx --> y\n}}}", "{{{#!tr\nx\n}}}"])
def test_what_cannot_be_shown_is_told(text: str) -> None:
    assert shown(text).startswith('<div class="system-message"><strong>')


def test_the_ids_of_lines_are_unique() -> None:
    html = shown("{{{#!text lineno\nx\n}}}\n{{{#!text lineno=5 marks=5\ny\n}}}\n= a =")
    assert '<th id="a-L1"><a href="#a-L1">1</a></th>' in html
    assert '<tr class="hilite"><th id="a1-L5">' in html
    assert '<h1 class="section" id="a2">' in html


def test_lines_of_highlighted_text_are_complete() -> None:
    markup = highlighted('"""a\nb"""\n', "python")
    lines = split_lines(markup)
    assert len(lines) == 2
    assert all(line.count("<span") == line.count("</span>") for line in lines)


def test_an_unknown_language_is_plain_and_escaped() -> None:
    assert highlighted("<x>", "no such language") == "&lt;x&gt;"
    assert highlighted("<x>", "python", {"encoding": "nonsense"}) != "<x>"


def test_a_diff_is_a_table() -> None:
    html = shown("{{{#!diff\n" + DIFF + "}}}")
    assert '<h2><a>a.py</a></h2><table class="trac-diff inline"' in html
    assert '<th title="File trunk/a.py (revision 3)">old</th>' in html
    assert "<span>two &lt;<del>x</del>&gt;</span>" in html
    assert "<span>two &lt;<ins>y</ins>&gt;</span>" in html
    assert '<tbody class="add"><tr class="first last"><th>&nbsp;</th><th>21</th>' in html


def test_what_only_looks_like_a_diff_is_source_code() -> None:
    assert diff_html("--- a\n+++ b\n@@ -1,9 +1,9 @@\n one\n") == ""
    assert diff_html("just text") == ""
    assert '<div class="code">' in shown("{{{#!diff\n-a\n+b\n}}}")


def test_restructured_text() -> None:
    html = shown("{{{#!rst\nTitle\n=====\n\nsee :trac:`WikiStart` and\n\n.. trac:: #9 nine\n}}}")
    assert '<a class="wiki" href="/wiki/WikiStart">WikiStart</a>' in html
    assert "<h2>Title</h2>" in html


@pytest.mark.parametrize(
    "text",
    [
        ".. include:: /etc/passwd\n",
        ".. raw:: html\n\n   <script>x</script>\n",
        ".. csv-table::\n   :file: /etc/passwd\n",
        "`a <javascript:alert(1)>`_\n",
        ".. raw:: html\n   :file: /etc/passwd\n",
    ],
)
def test_restructured_text_reads_no_files_and_passes_nothing_through(text: str) -> None:
    html = shown("{{{#!rst\n" + text + "}}}")
    assert "root:" not in html
    assert "<script" not in html
    assert "javascript:" not in html


def test_an_image_of_restructured_text_has_no_unsafe_address() -> None:
    assert "src" not in shown("{{{#!rst\n.. image:: javascript:alert(1)\n}}}")


def test_much_restructured_text_is_source_code() -> None:
    assert rst_html("x" * 100_000) is None


def test_types() -> None:
    types = mime_types(MimeSettings(pygments_modes=("text/x-own:python:9",), mime_map=("text/x-own:own:ow",)))
    assert types.of_keyword("own") == "text/x-own"
    assert types.lexers["text/x-own"] == "python"
    assert types.of_name("README") == "text/plain"
    assert types.of_name("README.rst") == "text/x-rst"
    assert types.of("tool", b"#!/usr/bin/env python\n") == "text/x-python3"
    assert types.of("data", b"a\0b") == "application/octet-stream"
    assert types.of("data", b"\xff\xfea\0") is None
    assert types.of("a.PNG", b"") == "image/png"
    assert types.of("data", b"plain") is None


def test_bad_patterns_of_trac_ini_are_left_out() -> None:
    assert mime_types(MimeSettings(mime_map_patterns=("text/plain:(",))).patterns == ()


def test_decoding_never_fails() -> None:
    assert decode("é".encode()) == "é"
    assert decode("é".encode("latin-1")) == "é"
    assert decode(b"\xef\xbb\xbfa") == "a"
    assert decode("é".encode("utf-16")) == "é"
    assert decode(b"\xe9", "no-such-charset") == "é"


def test_what_takes_too_long_to_highlight_is_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trackside.markup.highlight.SECONDS", -1.0)
    assert highlighted("x = 1", "python") == "x = 1"
