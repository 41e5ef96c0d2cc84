"""The cache of compiled texts: bounded, and quick enough to be worth it."""

from __future__ import annotations

import time

import pytest

from tests.markup.world import PAGE, World, make_work
from trackside.markup.cache import Cache
from trackside.markup.render import Piece, compiled, render
from trackside.markup.syntax import Syntax


def test_it_works() -> None:
    cache: Cache[str, int] = Cache(100)
    cache.put("a", 1, 20)
    assert cache.get("a") == 1
    assert cache.get("b") is None


def test_the_oldest_go_first() -> None:
    cache: Cache[int, int] = Cache(100)
    for number in range(5):
        cache.put(number, number, 25)
        cache.get(0)
    assert [number for number in range(5) if cache.get(number) is not None] == [0, 2, 3, 4]
    assert cache.size == 100


def test_what_is_too_large_is_not_kept() -> None:
    cache: Cache[str, int] = Cache(100)
    cache.put("a", 1, 26)
    assert len(cache) == 0


def test_putting_again_counts_once() -> None:
    cache: Cache[str, int] = Cache(100)
    for _ in range(10):
        cache.put("a", 1, 20)
    assert cache.size == 20


def test_projects_do_not_share_what_differs() -> None:
    text = "FooBar is missing"
    plain = render(make_work(ini="[wiki]\nignore_missing_pages = on\n"), text, PAGE)
    assert "<a" not in plain
    assert "<a" in render(make_work(), text, PAGE)


@pytest.mark.alone
def test_a_known_text_is_rendered_in_a_fraction_of_a_millisecond() -> None:
    work = make_work(World(tickets={"1": ("One", "new")}))
    line = "Some '''bold''' text with enough words for a description, and a few more of them.\n"
    text = "#1 WikiStart [ticket:1 one] https://x.test/ #9\n" + line * 24
    assert len(compiled(work.project.part(Syntax), Piece(text, PAGE)).links) == 5
    best = min(_timed(work, text) for _ in range(20))
    assert best < 0.0004


def _timed(work: object, text: str) -> float:
    start = time.perf_counter()
    for _ in range(20):
        render(work, text, PAGE)  # type: ignore[arg-type]
    return (time.perf_counter() - start) / 20
