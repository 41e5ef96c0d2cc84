"""Tables, feeds and calendars as other programs read them."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackside.web import formats
from trackside.web.formats import Channel, Item

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_it_works() -> None:
    answer = formats.table("csv", "list", ("a", "b"), [(1, 'x "y", z'), (None, "two\r\nlines")])
    assert answer.get_data() == '\ufeffa,b\r\n1,"x ""y"", z"\r\n,"two\r\nlines"\r\n'.encode()
    assert answer.headers["Content-Type"] == "text/csv;charset=utf-8"
    assert answer.headers["Content-Disposition"] == "attachment; filename=list.csv"


@given(
    st.lists(st.lists(st.text(alphabet='ab,"\t\r\n=+-@é', max_size=6), min_size=2, max_size=2), max_size=4)
)
def test_a_raw_table_gives_back_what_went_in(rows: list[list[str]]) -> None:
    answer = formats.table("tab", "x", ("a", "b"), rows, is_raw=True)
    read = csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"), newline=""), delimiter="\t")
    assert list(read) == [["a", "b"], *rows]
    assert "x.raw.tsv" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("cell", ["=1", "+a", "-a", "@a", "\tx", "\rx", "＝1", "-2+3", "=", "-"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert formats.harmless(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["-5", "+1.25", "a=1", "", 7, -3.5])
def test_numbers_and_texts_stay(cell: object) -> None:
    assert formats.harmless(cell) == str(cell)


def test_names_of_files() -> None:
    header = formats.download("", "text/plain", 'a"b\r\n é.txt').headers["Content-Disposition"]
    assert header == "attachment; filename=a_b____.txt; filename*=UTF-8''a%22b%0D%0A%20%C3%A9.txt"


def test_feed() -> None:
    item = Item("<&>\x00", "https://x/1?a=1&b=2", "g", AT, "joe", "<p>a & b</p>", "wiki")
    root = ElementTree.fromstring(formats.rss(Channel("T", "https://x/", "D"), [item]).get_data())
    found = root[0].find("item")
    assert found is not None
    assert (found.findtext("title"), found.findtext("description")) == ("<&>", "<p>a & b</p>")
    assert found.findtext("link") == "https://x/1?a=1&b=2"
    assert found.findtext("pubDate") == "Sun, 22 Nov 2026 12:00:00 GMT"
    assert found.findtext("{http://purl.org/dc/elements/1.1/}creator") == "joe"


@given(st.text(max_size=200))
def test_a_feed_is_always_well_formed(text: str) -> None:
    feed = formats.rss(Channel(text, "x", text), [Item(text, text, text, None, text, text)])
    ElementTree.fromstring(feed.get_data())


def test_calendar() -> None:
    entry = [("BEGIN", "VEVENT"), ("SUMMARY", formats.ics_text("a;b,c\\d\r\ne" * 9)), ("END", "VEVENT")]
    text = formats.calendar("N", "D", "UTC", [entry]).get_data(as_text=True)
    lines = text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-1] == "" and all(len(line) <= 75 for line in lines)
    assert "SUMMARY:" + "a\\;b\\,c\\\\d\\ne" * 9 in text.replace("\r\n ", "")
    assert formats.ics_moment(AT) == "20261122T120000Z" and formats.ics_day(AT) == "20261122"
