"""Whole texts to HTML through the public door."""

from __future__ import annotations

from tests.markup.world import PAGE, World, make_work
from trackside.markup.render import Piece, oneliner, plain, render, render_all


def test_it_works() -> None:
    work = make_work()
    text = "= A ''title'' =\nSome '''bold''' WikiStart and <script>\n * one\n * two\n"
    assert render(work, text, PAGE) == (
        '<h1 class="section" id="Atitle">A <em>title</em></h1>\n'
        '<p>\nSome <strong>bold</strong> <a class="wiki" href="/wiki/WikiStart">WikiStart</a>'
        " and &lt;script&gt;\n</p>\n"
        "<ul><li>one\n</li><li>two\n</li></ul>"
    )


def test_all_links_of_all_pieces_are_asked_for_at_once() -> None:
    world = World(tickets={"1": ("Broken", "new")})
    work = make_work(world)
    pieces = [Piece(f"#1 #{n} WikiStart OtherPage", PAGE) for n in range(50)]
    render_all(work, pieces)
    assert sorted(world.asked) == [("ticket", 50), ("wiki", 2)]


def test_a_failing_macro_leaves_a_box_and_the_rest() -> None:
    html = render(make_work(), "a [[Bang]] b", PAGE)
    assert 'class="system-message"' in html
    assert html.startswith("<p>\na ") and html.endswith(" b\n</p>\n")


def test_a_text_on_one_line() -> None:
    assert oneliner(make_work(), " * ''a''\\\\b [[TitleIndex(x)]]\n{{{\ncode\n}}}", PAGE) == (
        "* <em>a</em> b [[TitleIndex(...)]]\n […]"
    )


def test_plain_text() -> None:
    assert plain("= A =\n''b'' [ticket:1 label] {{{code}}}").split() == ["A", "b", "label", "code"]
