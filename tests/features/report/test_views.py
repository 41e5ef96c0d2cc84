"""Pages, downloads and feeds of reports, from outside."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from xml.etree import ElementTree

import pytest
from werkzeug.test import Client

from tests.features import sights
from tests.features.sights import Seats, add_report
from trackside.kernel.project import Project

ACTIVE = """SELECT p.value AS __color__, owner AS __group__, id AS ticket, summary, milestone, owner,
  time AS created, reporter, t.description AS _description, 'font-weight: bold' AS __style__
  FROM ticket t LEFT JOIN enum p ON p.name = t.priority AND p.type = 'priority'
  WHERE status <> 'closed' ORDER BY owner, id"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = sights.make(tmp_path, seats=Seats(denied=frozenset({"EMAIL_VIEW"})))
    add_report(made, ACTIVE, "Active", "All that is ''open'' {1}")
    return made


@pytest.fixture
def client(project: Project) -> Client:
    return sights.client(project)


def test_it_works(client: Client) -> None:
    page = client.get("/report/1")
    assert page.status_code == 200
    assert '<a href="/ticket/2">Summary &lt;2&gt;</a>' in page.text
    assert '<a href="/ticket/2">#2</a>' in page.text
    assert '<a href="/milestone/1.0">1.0</a>' in page.text
    assert "rita@…" in page.text and "rita@example.org" not in page.text
    assert "<em>open</em>" in page.text and 'href="/report/1"' in page.text
    assert "Text of number" not in page.text
    assert "4 matches" in page.text and "font-weight: bold" in page.text


def test_statements(project: Project, client: Client) -> None:
    client.get("/report/1?max=2")
    with sights.counted(project) as statements:
        assert client.get("/report/1?max=2&page=2").status_code == 200
    assert len(statements) <= 8


def test_the_list(client: Client) -> None:
    assert '<a href="/report/1">' in client.get("/report").text
    assert client.get("/report?format=csv").text.startswith("\ufeffreport,title,description\r\n1,Active,")
    feed = ElementTree.fromstring(client.get("/report?format=rss").data)
    assert [item.findtext("title") for item in feed.iter("item")] == ["{1}: Active"]


def test_csv(client: Client) -> None:
    answer = client.get("/report/1?format=csv")
    assert answer.headers["Content-Type"] == "text/csv;charset=utf-8"
    assert answer.headers["Content-Disposition"] == "attachment; filename=report_1.csv"
    assert answer.text.startswith(
        "\ufeff__group__,ticket,summary,milestone,owner,created,reporter,_description\r\n"
    )
    rows = list(csv.reader(io.StringIO(answer.text, newline="")))
    assert rows[1][:3] == ["carl", "2", "Summary <2>"] and rows[1][5] == "2026-11-14T12:00:00Z"
    assert rows[1][7] == "Text of number 2\r\nwith a needle"
    assert client.get("/report/1?format=tab").headers["Content-Disposition"].endswith("report_1.tsv")


def test_no_cell_is_a_formula(project: Project, client: Client) -> None:
    id = add_report(project, "SELECT '=1+1' AS a, '-5' AS b, '＝x' AS c, '@x' AS d")
    assert client.get(f"/report/{id}?format=csv").text.splitlines()[1] == "'=1+1,-5,'＝x,'@x"
    raw = client.get(f"/report/{id}?format=csv&raw=1")
    assert raw.text.splitlines()[1].startswith("=1+1") and ".raw.csv" in raw.headers["Content-Disposition"]


def test_feed(client: Client) -> None:
    answer = client.get("/report/1?format=rss")
    assert answer.headers["Content-Type"] == "application/rss+xml;charset=utf-8"
    feed = ElementTree.fromstring(answer.data)
    item = next(feed.iter("item"))
    assert item.findtext("title") == "#2: Summary <2>"
    assert item.findtext("link") == "http://localhost/ticket/2"
    assert item.findtext("author") == "rita@…"
    assert "Text of number 2" in (item.findtext("description") or "")


def test_sql_for_those_who_may_see_it(project: Project, client: Client, tmp_path: Path) -> None:
    for address in ("/report/1?format=sql", "/report?format=sql&id=1"):
        answer = client.get(address)
        assert answer.text.startswith("-- {1} Active\n") and answer.text.endswith(ACTIVE)
        assert answer.headers["Content-Disposition"] == "attachment; filename=report_1.sql"
    other = tmp_path / "other"
    other.mkdir()
    closed = sights.make(other, seats=Seats(denied=frozenset({"REPORT_SQL_VIEW"})))
    id = add_report(closed, "SELECT secret FROM nowhere")
    assert sights.client(closed).get(f"/report/{id}?format=sql").status_code == 403
    page = sights.client(closed).get(f"/report/{id}")
    assert page.status_code == 200 and "cannot be run" in page.text and "SELECT secret" not in page.text


def test_broken_sql_is_told_with_the_sql(project: Project, client: Client) -> None:
    id = add_report(project, "SELECT x\nFROM nowhere")
    page = client.get(f"/report/{id}")
    assert page.status_code == 200
    assert "no such table: nowhere" in page.text and "SELECT x" in page.text
    assert "no column" in client.get("/report/1?sort=nothing").text


def test_saved_queries_lead_to_the_query_page(project: Project, client: Client) -> None:
    id = add_report(project, "query:?status=new\r\n&\r\nmilestone=%21x")
    answer = client.get(f"/report/{id}")
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        f"/query?status=new&milestone=!x&report={id}",
    )
    id = add_report(project, "query:status=new|closed&owner=joe")
    location = client.get(f"/report/{id}").headers["Location"]
    assert location.startswith("/query?owner=joe&status=new&status=closed") and location.endswith(
        f"report={id}"
    )
    id = add_report(project, "query:?report=77")
    assert client.get(f"/report/{id}").headers["Location"].startswith(f"/report/{id}?action=edit&error=")


def test_variables(project: Project, client: Client) -> None:
    id = add_report(project, "SELECT id AS ticket FROM ticket WHERE owner = $WHO", "Of $WHO", "For $WHO")
    page = client.get(f"/report/{id}?WHO=dora")
    assert "Of dora" in page.text and 'name="WHO" value="dora"' in page.text and "#4" in page.text
    assert "Nothing was given for the variable WHO" in client.get(f"/report/{id}").text
    assert "<script>" not in client.get(f"/report/{id}?WHO=<script>x</script>").text.split("<main", 1)[1]


def test_who_asks_can_be_overridden_but_is_not_trusted(project: Project, client: Client) -> None:
    id = add_report(project, "SELECT '$USER' AS name")
    assert "anonymous" in client.get(f"/report/{id}").text
    assert ">dora<" in client.get(f"/report/{id}?USER=dora").text


@pytest.mark.parametrize("address", ["/report/99", "/report/99999999999999999999"])
def test_no_such_report(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_bad_numbers_are_told(client: Client) -> None:
    assert client.get("/report/1?max=many").status_code == 400
    assert client.get("/report/1?page=-3").status_code == 200
    assert client.get("/report/1?page=999999999999").status_code == 200


def test_forms(client: Client) -> None:
    assert 'name="query"' in client.get("/report?action=new").text
    assert "query:?status=new" in client.get("/report?action=new&query=query:?status%3Dnew").text
    edit = client.get("/report/1?action=edit").text
    assert "WHERE status &lt;&gt;" in edit and 'name="__FORM_TOKEN"' in edit
    assert "Delete report" in client.get("/report/1?action=delete").text
    assert "Active (copy)" in client.get("/report/1?action=copy").text


def test_storing_by_form(client: Client) -> None:
    client.get("/report?action=new")
    token = client.get_cookie("trac_form_token")
    assert token is not None
    sent = {"__FORM_TOKEN": token.value, "action": "new", "title": "Mine", "query": "SELECT 7 AS seven"}
    answer = client.post("/report", data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/report/2")
    assert "<h1>" in client.get("/report/2").text and "Mine" in client.get("/report/2").text
    wrong = client.post("/report/2", data={**sent, "action": "edit", "title": "", "query": "SELECT 8"})
    assert wrong.status_code == 400 and "SELECT 8" in wrong.text
    gone = client.post("/report/2", data={**sent, "action": "delete"})
    assert gone.headers["Location"] == "/report" and client.get("/report/2").status_code == 404
