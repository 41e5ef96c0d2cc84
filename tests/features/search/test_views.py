"""Searching and jumping, from outside."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from werkzeug.test import Client

from tests.features import sights
from tests.features.sights import Seats, add_report
from trackside.kernel.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = sights.make(tmp_path)
    add_report(made, "SELECT 1", "First")
    return made


@pytest.fixture
def client(project: Project) -> Client:
    return sights.client(project)


def test_it_works(client: Client) -> None:
    page = client.get("/search?q=needle")
    assert page.status_code == 200
    assert "6 matches" in page.text and "<mark>needle</mark>" in page.text
    assert "Summary &lt;6&gt;" in page.text


def test_all_terms_must_occur(client: Client) -> None:
    assert "1 match<" in client.get("/search?q=needle+zebra").text
    assert "Nothing was found" in client.get("/search?q=needle+nothing").text
    assert "1 match<" in client.get('/search?q="number+3"').text


@pytest.mark.parametrize("words", ["%25%25%25", "___", "n_edle", "100%25", "%5C%5C%5C"])
def test_no_letter_has_a_meaning_of_its_own(client: Client, words: str) -> None:
    page = client.get(f"/search?noquickjump=1&q={words}")
    assert page.status_code == 200 and "<ol" in page.text and "matches" not in page.text


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("%232", "/ticket/2"),
        ("ticket:3", "/ticket/3"),
        ("%232 and more", "/ticket/2"),
        ("{1}", "/report/1"),
        ("report:1", "/report/1"),
        ("milestone:1.0", "/milestone/1.0"),
    ],
)
def test_a_name_leads_there(client: Client, query: str, place: str) -> None:
    answer = client.get(f"/search?q={query}")
    assert (answer.status_code, answer.headers.get("Location")) == (302, place)


@pytest.mark.parametrize(
    "query", ["%2399", "!%232", "//evil.example/", "/\\evil", "javascript:alert(1)", "{99}"]
)
def test_what_leads_nowhere_is_searched_for(client: Client, query: str) -> None:
    assert client.get(f"/search?q={query}").status_code == 200


def test_no_jump_out_of_the_project(client: Client) -> None:
    page = client.get("/search?q=https://example.org/x")
    assert page.status_code == 200 and 'href="https://example.org/x"' in page.text


def test_no_jump_when_words_are_meant(client: Client) -> None:
    assert client.get("/search?q=%232&noquickjump=1").status_code == 200


def test_filters(client: Client) -> None:
    page = client.get("/search?noquickjump=1&q=first&ticket=on").text
    assert "Nothing was found" in page and 'name="ticket" checked' in page
    assert "Milestone 1.0" in client.get("/search?noquickjump=1&q=first&milestone=on").text


def test_short_words_are_told(client: Client) -> None:
    assert "at least 3 letters" in client.get("/search?q=ab").text
    assert "first one" in client.get("/search?q=needle&page=77").text


def test_statements(project: Project, client: Client) -> None:
    with sights.counted(project) as statements:
        client.get("/search?q=needle")
    assert len(statements) <= 8


def test_only_what_may_be_seen(tmp_path: Path) -> None:
    project = sights.make(
        tmp_path, seats=Seats(hidden=frozenset({"2"}), denied=frozenset({"MILESTONE_VIEW"}))
    )
    client = sights.client(project)
    page = client.get("/search?q=needle").text
    assert "5 matches" in page and "Summary &lt;2&gt;" not in page
    assert client.get("/search?q=%232").status_code == 200
    assert 'name="milestone"' not in page


def test_description_for_browsers(client: Client) -> None:
    answer = client.get("/search/opensearch")
    assert answer.headers["Content-Type"] == "application/opensearchdescription+xml;charset=utf-8"
    root = ElementTree.fromstring(answer.data)
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    url = root.find(f"{space}Url")
    assert root.findtext(f"{space}ShortName") == "Search Sample" and url is not None
    assert url.get("template") == "http://localhost/search?q={searchTerms}&page={startPage?}"
