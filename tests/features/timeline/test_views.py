"""The timeline as page and feed, from outside."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from sqlalchemy import insert, select
from werkzeug.test import Client

from tests.features import sights
from tests.features.sights import Seats
from trackside.db.schema import session, session_attribute
from trackside.features.timeline import actions, hooks
from trackside.kernel.project import Project
from trackside.kernel.ref import Ref

SPAN = "from=2026-11-22&daysback=30"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return sights.make(tmp_path)


@pytest.fixture
def client(project: Project) -> Client:
    return sights.client(project)


def test_it_works(client: Client) -> None:
    page = client.get(f"/timeline?{SPAN}")
    assert page.status_code == 200
    assert 'href="/ticket/6"' in page.text and "Milestone 0.5 completed" in page.text
    assert page.text.index('href="/ticket/6"') < page.text.index('href="/ticket/3"')
    assert "Summary <6>" not in page.text


def test_statements(project: Project, client: Client) -> None:
    with sights.counted(project) as statements:
        client.get(f"/timeline?{SPAN}")
    assert len(statements) <= 8, statements


def test_filters(client: Client) -> None:
    page = client.get(f"/timeline?{SPAN}&milestone=on").text
    assert "Milestone 0.5" in page and 'href="/ticket/6"' not in page
    assert client.get(f"/timeline?{SPAN}&authors=carl").text.count('<li class="') < page.count("<li") + 9


def test_choices_are_remembered_for_those_who_have_a_session(project: Project, client: Client) -> None:
    sid = "0123456789abcdef01234567"
    with project.database.begin("write") as db:
        db.execute(insert(session).values(sid=sid, authenticated=0, last_visit=0))
        named = {"sid": sid, "authenticated": 0, "name": "tz", "value": "UTC"}
        db.execute(insert(session_attribute).values(named))
    client.set_cookie("trac_session", sid)
    client.get(f"/timeline?{SPAN}&milestone=on&update=1")
    page = client.get("/timeline?from=2026-11-22").text
    assert 'name="milestone" checked' in page and 'name="ticket" checked' not in page
    assert 'name="daysback" min="1" value="30"' in page


def test_a_stranger_leaves_nothing_behind(project: Project, client: Client) -> None:
    client.get(f"/timeline?{SPAN}&milestone=on&update=1")
    with project.database.begin("read") as db:
        assert db.execute(select(session.c.sid)).all() == []


def test_an_empty_span_says_where_to_look(client: Client) -> None:
    page = client.get("/timeline?from=2026-12-31&daysback=2").text
    assert "Nothing happened" in page and "/timeline?from=2026-11-18&amp;daysback=2" in page
    page = client.get("/timeline?from=1999-12-31&daysback=2").text
    assert "Nothing happened" in page and "Show that time" not in page


def test_feed(client: Client) -> None:
    answer = client.get(f"/timeline?{SPAN}&format=rss")
    assert answer.headers["Content-Type"] == "application/rss+xml;charset=utf-8"
    items = list(ElementTree.fromstring(answer.data).iter("item"))
    first = next(item for item in items if item.findtext("category") == "closedticket" or True)
    assert (first.findtext("link") or "").startswith("http://localhost/")
    assert (first.findtext("guid") or "").startswith(first.findtext("link") or "?")
    assert (
        len(ElementTree.fromstring(client.get(f"/timeline?{SPAN}&format=rss&max=2").data)[0].findall("item"))
        == 2
    )


@pytest.mark.parametrize(
    "query", ["from=never", "daysback=x", "max=x", "from=0001-01-01", "daysback=99999999999"]
)
def test_bad_input_is_a_page(client: Client, query: str) -> None:
    assert client.get(f"/timeline?{query}").status_code == 200


def test_only_what_may_be_seen(tmp_path: Path) -> None:
    project = sights.make(
        tmp_path, seats=Seats(hidden=frozenset({"6"}), denied=frozenset({"MILESTONE_VIEW"}))
    )
    page = sights.client(project).get(f"/timeline?{SPAN}").text
    assert 'href="/ticket/5"' in page and 'href="/ticket/6"' not in page and "Milestone 0.5" not in page


def test_links() -> None:
    def pairs(target: str) -> tuple[tuple[str, str], ...]:
        found = hooks.refer("timeline", target, Ref("wiki", "Start"))
        return found.pairs if found else ()

    assert pairs("2024-02-03T10:11Z") == (("from", "2024-02-03T10:11:00Z"), ("precision", "minutes"))
    assert pairs("2024-02-03") == (("from", "2024-02-03T00:00:00Z"),)
    assert pairs("2024-02-03T10:11:12Z")[1] == ("precision", "seconds")
    missing = hooks.refer("timeline", "soon", Ref("wiki", "Start"))
    assert missing is not None and missing.css == "timeline missing"


def test_newest(project: Project) -> None:
    with sights.begin(project) as work:
        newest = actions.find_newest(work, sights.NOW, ["ticket", "milestone"])
        assert newest is not None and newest.isoformat() == "2026-11-18T12:00:00+00:00"
