"""The roadmap, milestones and the calendar, from outside."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from werkzeug.test import Client

from tests.features import sights
from tests.features.sights import Seats
from trackside.features.roadmap import hooks, views
from trackside.features.roadmap.model import milestone_ref
from trackside.kernel.project import Project
from trackside.kernel.ref import Ref


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return sights.make(tmp_path, seats=Seats(denied=frozenset({"MILESTONE_CREATE"})))


@pytest.fixture
def client(project: Project) -> Client:
    return sights.client(project)


def test_it_works(client: Client) -> None:
    page = client.get("/roadmap")
    assert page.status_code == 200
    assert 'href="/milestone/0.9/x"' in page.text and 'href="/milestone/0.5"' not in page.text
    assert 'width="20%"' in page.text and "20% closed" in page.text
    assert "style=" not in page.text
    assert "<em>first</em>" in page.text and 'href="/ticket/2"' in page.text
    link = "/query?group=resolution&amp;milestone=1.0&amp;status=closed"
    assert link in page.text
    assert 'href="/milestone/0.5"' in client.get("/roadmap?show=completed").text
    assert "some day" not in client.get("/roadmap?show=noduedate").text


def test_statements(project: Project, client: Client) -> None:
    for address in ("/roadmap", "/milestone/1.0"):
        with sights.counted(project) as statements:
            assert client.get(address).status_code == 200
        assert len(statements) <= 8, statements


def test_milestone(client: Client) -> None:
    page = client.get("/milestone/1.0?by=owner")
    assert page.status_code == 200
    assert '<option value="owner" selected>' in page.text
    assert "/query?owner=dora&amp;group=status&amp;milestone=1.0" in page.text
    assert client.get("/milestone/0.9/x").status_code == 200
    assert client.get("/milestone/none").status_code == 404
    assert client.get("/milestone").headers["Location"] == "/roadmap"


def test_calendar(client: Client) -> None:
    answer = client.get("/roadmap?format=ics&user=dora")
    assert answer.headers["Content-Type"] == "text/calendar;charset=utf-8"
    lines = answer.data.decode().split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-2:] == ["END:VCALENDAR", ""]
    assert lines.count("BEGIN:VEVENT") == 2 and lines.count("BEGIN:VTODO") == 1
    assert "UID:</milestone/1.0@localhost>" in lines
    assert "SUMMARY:Ticket #4: Summary <4>" in lines and "RELATED-TO:</milestone/1.0@localhost>" in lines
    assert "PRIORITY:5" in lines or "PRIORITY:1" in lines
    assert "STATUS:NEEDS-ACTION" in lines
    assert all(len(line) <= 75 for line in lines)


def test_priorities_of_a_calendar() -> None:
    assert [views._priority({str(v): v for v in range(1, 6)}, str(v)) for v in range(1, 6)] == [1, 3, 5, 7, 9]
    assert views._priority({"only": 1}, "only") == 1
    assert views._priority({}, "gone") is None


def test_links(project: Project) -> None:
    with sights.begin(project) as work:
        refs = [milestone_ref(name) for name in ("1.0", "0.5", "none", "some day")]
        found = hooks.describe(work, refs)
    assert [found[ref].css for ref in refs] == [
        "milestone",
        "closed milestone",
        "milestone missing",
        "milestone",
    ]
    assert [found[ref].href for ref in refs[:3]] == ["/milestone/1.0", "/milestone/0.5", None]
    assert re.match(r"Due in .* \(Dec 12, 2026", found[refs[0]].title)
    assert found[refs[1]].title.startswith("Completed 3 days ago")
    assert found[refs[3]].title == "No date set"
    target = hooks.refer("milestone", "1.0?by=owner#x", Ref("wiki", "Start"))
    assert target is not None and (target.ref, target.query, target.fragment) == (refs[0], "by=owner", "x")
    assert hooks.refer("milestone", "", Ref("wiki", "Start")) is None
