"""The page of a list, its form, downloads and feed."""

from __future__ import annotations

import pytest

from tests.features.ticket.conftest import Opener, Visitor, database_of
from tests.features.ticket.test_index import add_tickets
from trackside.db.engine import count_statements


@pytest.fixture
def visitor(begin: Opener, dev: Visitor) -> Visitor:
    add_tickets(begin)
    return dev


def test_it_works(visitor: Visitor) -> None:
    page = visitor.get("/query?status=!closed&order=id").text
    assert "4 match" in page and "<b>Status</b> is not closed" in page
    assert [page.index(f'href="/ticket/{n}">#{n}<') for n in (1, 3, 4, 13)]
    assert "#2<" not in page


def test_filters_read_as_sentences_and_can_be_taken_away(visitor: Visitor) -> None:
    page = visitor.get("/query?summary=~a&owner=!&or&has_patch=1&time=2020-01-01..&keywords=").text
    for sentence in (
        "<b>Summary</b> contains a",
        "<b>Owner</b> is set",
        "<b>Has patch</b> is set",
        "<b>Created</b> is since 2020-01-01",
        "<b>Keywords</b> is empty",
    ):
        assert sentence in page, sentence
    assert 'href="/query?owner=%21&amp;or&amp;' in page or 'href="/query?owner=!&amp;or&amp;' in page


def test_unknown_fields_are_told(visitor: Visitor) -> None:
    page = visitor.get("/query?nonsense=1&id=").text
    assert "There is no field “nonsense”" in page and "5 match" in page


def test_what_cannot_be_read_is_told(visitor: Visitor) -> None:
    for address in ("/query?time=someday", "/query?id=x"):
        page = visitor.get(address)
        assert page.status_code == 200 and 'role="alert"' in page.text and "No tickets match" in page.text
    for address in ("/query?max=-1", "/query?page=0&id=", "/query?max=x"):
        assert visitor.get(address).status_code == 400
    assert visitor.get("/query?status=new&max=1&page=9").status_code == 404


def test_the_default_list(visitor: Visitor, guest: Visitor) -> None:
    mine = visitor.get("/query").text
    assert "<b>Owner</b> is $USER" in mine and "1 match" in mine
    assert "4 match" in guest.get("/query").text
    assert "4 match" in guest.get("/query?order=time&nonsense=1").text
    everything = guest.get("/query?id=").text
    assert "5 match" in everything and 'class="filter"' not in everything


def test_groups_pages_and_full_rows(visitor: Visitor) -> None:
    page = visitor.get("/query?id=&group=status&order=id&max=2&row=summary").text
    assert '<tr class="group">' in page and "1 to 2 of 5" in page and "page=2" in page
    assert "fullrow" in page


def test_the_form_leads_to_the_address_that_says_the_same(visitor: Visitor) -> None:
    answer = visitor.post(
        "/query",
        **{"0_status": ["new", "closed"], "0_summary": "a", "0_summary_mode": "~"},
        order="priority",
        max="",
        update="1",
    )
    assert answer.status_code == 303
    assert answer.location.endswith("/query?status=new&status=closed&summary=~a")
    more = visitor.post("/query", **{"0_status": "new", "add_filter_0": "owner", "add_0": "1"})
    assert more.location.endswith("/query?owner=~&status=new")
    less = visitor.post("/query", **{"0_status": "new", "rm_filter_0_status_all": "1"})
    assert less.location.endswith("/query?id=")


def test_columns_that_were_not_touched_stay_the_lists_own(visitor: Visitor) -> None:
    columns = ["summary", "owner", "id"]
    same = visitor.post("/query", **{"0_status": "new", "col": columns, "own_columns": "id,summary,owner"})
    assert same.location.endswith("/query?status=new")
    other = visitor.post("/query", **{"0_status": "new", "col": columns, "own_columns": "id,summary"})
    assert other.location.endswith("/query?status=new&col=id&col=summary&col=owner")


def test_the_form_shows_what_is_asked(visitor: Visitor) -> None:
    page = visitor.get("/query?time=2020-01-01..now&status=new&has_patch=1&id=1-3&stage=gone").text
    for name in ("0_time", "0_time_end", "0_status", "0_has_patch", "0_id", "0_stage"):
        assert f'name="{name}"' in page
    assert "<option selected>gone</option>" in page


def test_downloads(visitor: Visitor) -> None:
    answer = visitor.get("/query?id=1,2&order=id&col=id&col=summary&col=owner&col=time&format=csv")
    lines = answer.data.decode("utf-8-sig").split("\r\n")
    assert lines[0] == "id,Summary,Owner,Created"
    assert lines[1].startswith("1,Alpha,joe,") and "query.csv" in answer.headers["Content-Disposition"]
    assert visitor.get("/query?id=1&format=tab").data.decode("utf-8-sig").startswith("id\tSummary")


def test_the_feed(visitor: Visitor) -> None:
    answer = visitor.get("/query?id=1&format=rss")
    assert answer.mimetype == "application/rss+xml"
    assert (
        "<title>#1: Alpha</title>" in answer.text and "<link>http://localhost/ticket/1</link>" in answer.text
    )


def test_a_long_list_takes_few_statements(visitor: Visitor, guest: Visitor) -> None:
    guest.get("/query?id=")
    with count_statements(database_of(guest)) as statements:
        guest.get("/query?id=&group=milestone&row=description")
    assert len(statements) <= 8


def test_strangers_see_nothing(visitor: Visitor, project_stranger: Visitor) -> None:
    assert project_stranger.get("/query?status=new").status_code == 403
