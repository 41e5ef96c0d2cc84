"""The lists of the Cython project's Trac: reports, roadmap, timeline and search say what Trac 1.6 says."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from werkzeug.test import Client

from tests.cython import adopted, browser
from tests.house.test_cython_beside_trac import read, trac_serving

pytestmark = [pytest.mark.slow, pytest.mark.trac]


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return adopted(tmp_path_factory.mktemp("lists"))


@pytest.fixture(scope="module")
def trac(trac_admin: Path, env: Path) -> Iterator[str]:
    with trac_serving(trac_admin, env) as address:
        yield address


@pytest.fixture
def ours(env: Path) -> Client:
    return browser(env)


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("number", range(1, 9))
def test_it_works(trac: str, ours: Client, number: int) -> None:
    """Every report has the same rows in the same order; only the guard against formulas differs."""
    theirs = rows(read(f"{trac}/report/{number}?format=csv").decode())
    assert rows(ours.get(f"/report/{number}?format=csv&raw=1").text) == theirs
    guarded = rows(ours.get(f"/report/{number}?format=csv").text)
    assert [[cell.removeprefix("'") for cell in row] for row in guarded] == [
        [cell.removeprefix("'") for cell in row] for row in theirs
    ]


def test_the_saved_query_leads_to_the_query_page(ours: Client) -> None:
    answer = ours.get("/report/9")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(
        "/query?status=assigned&status=new&status=reopened&group=milestone"
    )
    assert answer.headers["Location"].endswith("report=9")


def test_the_roadmap_counts_alike(trac: str, ours: Client) -> None:
    page = read(f"{trac}/roadmap?show=completed").decode()
    theirs = {}
    for part in page.split('<div class="milestone">')[1:]:
        name = re.search(r"<em>(.*?)</em>", part)
        percent, total = (
            re.search(r'class="percent">(\d+)%', part),
            re.search(r"number of tickets: (\d+)", part),
        )
        if name and percent and total:
            theirs[name[1]] = (int(percent[1]), int(total[1]))
    mine = {}
    for part in ours.get("/roadmap?show=completed").text.split('<article class="milestone">')[1:]:
        name, percent = re.search(r"<h2><a[^>]*>(.*?)</a>", part), re.search(r"(\d+)% closed</b>", part)
        total = re.search(r"(\d+) tickets?</a>", part)
        if name and percent and total:
            mine[name[1]] = (int(percent[1]), int(total[1]))
    assert len(mine) > 30 and mine == theirs


@pytest.mark.parametrize(
    "span", ["from=2008-09-12&daysback=90", "from=2012-03-01&daysback=60", "from=2016-05-12&daysback=90"]
)
def test_the_timeline_tells_alike(trac: str, ours: Client, span: str) -> None:
    def events(feed: bytes) -> list[tuple[str | None, ...]]:
        dc = "{http://purl.org/dc/elements/1.1/}creator"
        found = [
            (
                item.findtext("pubDate"),
                item.findtext("category"),
                item.findtext("author") or item.findtext(dc),
            )
            for item in ElementTree.fromstring(feed).iter("item")
        ]
        return sorted(found, key=str)

    address = f"/timeline?format=rss&max=5000&{span}"
    theirs = events(read(trac + address))
    assert len(theirs) > 5 and events(ours.get(address).data) == theirs


@pytest.mark.parametrize(
    "words", ["buffer", '"closure variable"', "robertwb", "100%", "cdef_class", "memory leak"]
)
def test_the_search_finds_alike(trac: str, ours: Client, words: str) -> None:
    address = f"/search?noquickjump=1&ticket=on&wiki=on&milestone=on&q={quote(words)}"
    theirs = re.findall(r'<dt><a href="([^"]+)"', read(trac + address).decode())
    assert re.findall(r'<h2><a href="([^"]+)"', ours.get(address).text) == theirs
