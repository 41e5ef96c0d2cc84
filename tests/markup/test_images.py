"""Images: where they come from, and how they are shaped."""

from __future__ import annotations

import pytest

from tests.markup.world import PAGE, make_work
from trackside.markup.render import render

LINK = ' style="padding:0; border:none">'


def shown(arguments: str, ini: str = "") -> str:
    html = str(render(make_work(ini=ini), f"[[Image({arguments})]]", PAGE))
    return html.removeprefix("<p>\n").removesuffix("\n</p>\n")


def test_it_works() -> None:
    assert shown("f.txt, 100px, right") == (
        f'<a href="/attachment/wiki/WikiStart/f.txt"{LINK}<img alt="d"'
        ' src="/raw-attachment/wiki/WikiStart/f.txt" style="float:right; width:100px" title="d" /></a>'
    )


@pytest.mark.parametrize(
    ("arguments", "html"),
    [
        (
            "/a/b.png?x=1, nolink, class=c, id=d",
            '<img alt="/a/b.png" class="c" id="d" src="/a/b.png?x=1" title="/a/b.png" />',
        ),
        ("//a/b.png, link=", '<img alt="/a/b.png" src="/a/b.png" title="/a/b.png" />'),
        ("htdocs:a.png, nolink, title=, alt=", '<img src="/chrome/site/a.png" />'),
        (
            "shared:a.png, nolink, 50%, title=, alt=x",
            '<img alt="x" src="/chrome/shared/a.png" width="50%" />',
        ),
        ('/a.png, nolink, title="a, b", alt=', '<img src="/a.png" title="a, b" />'),
        ("", ""),
    ],
)
def test_forms(arguments: str, html: str) -> None:
    assert shown(arguments) == html


def test_foreign_images_are_fetched_anonymously() -> None:
    assert 'crossorigin="anonymous"' in shown("https://x.test/a.png")
    assert "crossorigin" not in shown("https://x.test/a.png", "[wiki]\nsafe_origins = https://x.test\n")


def test_styles() -> None:
    html = shown("/a.png, nolink, alt=, title=, center, margin=3, margin-top=-2, border=1")
    style = "border:1px solid; display:block; margin-left:auto; margin-right:auto; margin-top:1px"
    assert html == f'<img src="/a.png" style="{style}" />'


@pytest.mark.parametrize("arguments", ["a:b:c:d:e", "/a.png, border=expression(x)", "/a.png, margin=1;x:y"])
def test_what_is_no_image_or_no_length_is_told(arguments: str) -> None:
    assert "system-message" in shown(arguments)


@pytest.mark.parametrize(
    "arguments", ["javascript:alert(1)", "vbscript:x", '/a.png, class="><script>', "/a.png, 9px;x:y"]
)
def test_nothing_gets_out_of_its_attribute(arguments: str) -> None:
    html = shown(arguments)
    assert "<script" not in html
    assert 'href="javascript' not in html and 'src="javascript' not in html and 'src="vbscript' not in html
    assert "x:y" not in html


def test_a_missing_file_says_so() -> None:
    html = shown("none.png")
    assert 'src="/chrome/common/attachment.png"' in html and "none.png" in html and "<a " not in html
