"""Texts made to be slow: what rendering costs grows with the length, and never fails."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.markup.world import PAGE, World, make_work
from trackside.markup import render as door
from trackside.markup.render import oneliner, plain, render

UNITS = (
    *(
        "[",
        "[[",
        "{{{",
        "||",
        "'''",
        "!",
        "`",
        "<",
        "a:",
        "a@",
        "a@b.",
        "[a:",
        '[a:"',
        "[a:'",
        "[[a|",
        '[[a|"',
    ),
    *(
        "WikiStart",
        "Wiki",
        "Aa",
        "a__",
        "#1,",
        "{1",
        "::",
        " a:: ",
        " `",
        "{{{ ",
        "[=#a",
        "[=#a ",
        "!!",
        "\\\\",
    ),
    *("http://", "http://a b ", "x:y:", 'x:"', "<a:", "''", "'''''", "[./", "[#", "../", "@a", "a.b", "|-"),
    *(
        "|- a=b ",
        '|- a="',
        "||a",
        "[[Image(",
        "[[TitleIndex]]",
        "[[span([[span(",
        "{{{#!div\n",
        "{{{\n",
        "> ",
    ),
    *(
        ">",
        "= ",
        " * a\n",
        "= a =\n",
        "= a #",
        "- a\n \n",
        " a:: b\n",
        "\n",
        "||a||\n",
        "||a|| \\\n",
        "{{{#!td\n",
    ),
    *("{{{#!td\na\n}}}\n", "\t", "a\u2028", "É", "=||", "1.", "&", "[AbCd ", "[[html(<b>", "style='", "/*"),
    *(
        "{{{#!html\n<b>\n}}}\n",
        "{{{#!python\n'''\n",
        "[[Image(a,",
        '{{{#!div a="',
        "#other1",
        "{other ",
        "[other 1",
    ),
)
NAMES = "p a br code strong em table tr td th span ul li blockquote pre div h1 h2 del sub sup dl dt dd"
KNOWN = frozenset(NAMES.split(" "))
GROWING: dict[str, Callable[[int], str]] = {
    "lists": lambda n: "\n".join(" " * i + "* a" for i in range(int((2 * n) ** 0.5))),
    "quotes": lambda n: "\n".join(" " * i + "a" for i in range(int((2 * n) ** 0.5))),
    "citations": lambda n: "\n".join(">" * i + "a" for i in range(int((2 * n) ** 0.5))),
    "one citation": lambda n: ">" * n + "a",
    "alternating": lambda n: "{{{#!div\n> \n * a\n" * (n // 16),
}
SHORT, LONG = 25_000, 100_000


def text_of(unit: str, length: int) -> str:
    if unit in GROWING:
        return GROWING[unit](length)
    return (unit * (length // len(unit) + 1))[:length]


@pytest.fixture(autouse=True)
def only_ours() -> Iterator[None]:
    """What other tests left in memory must not be looked through again and again at our cost."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def cost(unit: str, length: int) -> float:
    """Seconds of this process for the slowest of three renderings of a text that was never seen before."""
    text = text_of(unit, length)
    work = make_work(World())
    door._compiled = type(door._compiled)(32 * 1024 * 1024)  # type: ignore[misc]
    start = time.process_time()
    render(work, text, PAGE)
    oneliner(work, text, PAGE)
    return time.process_time() - start


def test_it_works() -> None:
    assert cost("[[", LONG) < 2


@pytest.mark.slow
@pytest.mark.parametrize("unit", [*UNITS, *GROWING])
def test_time_grows_with_the_length(unit: str) -> None:
    """Four times the text in at most eight times the time, where the clock can tell."""
    short, long = cost(unit, SHORT), cost(unit, LONG)
    assert long < 2, f"{long:.2f} s for 100 KB twice"
    assert long < max(0.2, short * 8), f"{short:.3f} s, then {long:.3f} s"


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["||=", "- a\n \n", "{{{#!div\n", "^", "|-", "ticket:1 "])
def test_a_megabyte_is_rendered_in_seconds(unit: str) -> None:
    work = make_work(World())
    text = text_of(unit, 1_000_000)
    start = time.process_time()
    html = render(work, text, PAGE)
    assert time.process_time() - start < 5
    assert len(html) <= 8 * 1024 * 1024


MARKS = st.sampled_from(
    [
        *UNITS,
        "a",
        " ",
        "\n",
        "}}}",
        "]]",
        "]",
        "'",
        '"',
        "#!html",
        "<script>",
        "style=",
        "é",
        "\x00",
        "\ud800",
    ]
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(MARKS, max_size=40))
def test_nothing_makes_rendering_fail(parts: list[str]) -> None:
    text = "".join(parts)
    work = make_work(World())
    html = render(work, text, PAGE, keep_newlines=True)
    assert "<script" not in html
    plain(text)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="<>\"'&ab =/![]|:`{}", max_size=60))
def test_text_is_always_escaped(text: str) -> None:
    """Outside of tags of ours there is no sign of the author's that a browser would read as one."""
    html = render(make_work(World()), f"x {text}", PAGE)
    for tag in html.split("<")[1:]:
        name = tag.lstrip("/").split(">")[0].split(" ")[0]
        assert name in KNOWN, f"<{tag}"
