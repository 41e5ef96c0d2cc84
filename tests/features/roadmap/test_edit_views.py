"""Creating, changing, completing and deleting milestones, from outside."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select
from werkzeug.test import Client, TestResponse

from tests.features import sights
from tests.features.sights import Seats
from trackside.db.schema import milestone, ticket, ticket_change
from trackside.features.attachment.actions import attach_file, list_attachments, path_of
from trackside.kernel.dates import to_stamp
from trackside.kernel.project import Project
from trackside.kernel.ref import Ref


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return sights.make(tmp_path)


@pytest.fixture
def client(project: Project) -> Client:
    return sights.client(project)


def send(client: Client, address: str, **values: str) -> TestResponse:
    client.get("/milestone/1.0?action=edit")
    token = client.get_cookie("trac_form_token")
    return client.post(address, data={"__FORM_TOKEN": token.value if token else "", **values})


def milestones(project: Project) -> dict[str, tuple[int, int]]:
    with project.database.begin("read") as db:
        rows = db.execute(select(milestone.c.name, milestone.c.due, milestone.c.completed))
        return {row.name: (row.due, row.completed) for row in rows}


def tickets(project: Project) -> dict[int, str | None]:
    with project.database.begin("read") as db:
        return {row.id: row.milestone for row in db.execute(select(ticket.c.id, ticket.c.milestone))}


def history(project: Project, id: int) -> list[tuple[str | None, ...]]:
    where = ticket_change.c.ticket == id
    with project.database.begin("read") as db:
        columns = (ticket_change.c.field, ticket_change.c.oldvalue, ticket_change.c.newvalue)
        rows = db.execute(select(*columns).where(where).order_by(ticket_change.c.time, ticket_change.c.field))
        return [tuple(row) for row in rows]


def test_it_works(project: Project, client: Client) -> None:
    assert "New milestone" in client.get("/milestone?action=new").text
    sent = {"action": "new", "name": " a  new/one ", "due": "on", "duedate": "2027-01-02T18:00:00"}
    answer = send(client, "/milestone", **sent, description="text")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/milestone/a%20new/one")
    assert milestones(project)["a new/one"][0] == 1798912800000000
    assert client.get("/milestone/a new/one").status_code == 200


def test_a_missing_name_is_an_invitation(client: Client, tmp_path: Path) -> None:
    page = client.get("/milestone/2.0")
    assert page.status_code == 200 and 'name="name" value="2.0"' in page.text
    other = tmp_path / "other"
    other.mkdir()
    closed = sights.client(sights.make(other, seats=Seats(denied=frozenset({"MILESTONE_CREATE"}))))
    assert closed.get("/milestone/2.0").status_code == 404


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"name": " "}, "needs a name"),
        ({"name": "0.5"}, "already"),
        ({"name": "1.0", "due": "on", "duedate": "soon"}, "is not a date"),
        ({"name": "1.0", "completed": "on", "completeddate": "2999-01-01"}, "in the future"),
        ({"name": "1.0", "completed": "on", "retarget": "on", "target": "nowhere"}, "cannot go"),
    ],
)
def test_what_is_refused(project: Project, client: Client, values: dict[str, str], told: str) -> None:
    before = milestones(project), tickets(project)
    answer = send(client, "/milestone/1.0", action="edit", description="kept text", **values)
    assert answer.status_code == 400 and told in answer.text and "kept text" in answer.text
    assert (milestones(project), tickets(project)) == before


def test_a_new_name_goes_to_the_tickets(project: Project, client: Client) -> None:
    answer = send(client, "/milestone/1.0", action="edit", name="1.1", due="on", duedate="2027-01-01")
    assert answer.headers["Location"] == "/milestone/1.1"
    assert [id for id, name in tickets(project).items() if name == "1.1"] == [1, 2, 3, 4, 5]
    assert history(project, 2) == [
        ("comment", "1", "zebra"),
        ("comment", "2", "Milestone renamed"),
        ("milestone", "1.0", "1.1"),
    ]


def test_completing_moves_the_open_tickets(project: Project, client: Client) -> None:
    sent = {"action": "edit", "name": "1.0", "completed": "on", "retarget": "on", "target": "some day"}
    answer = send(client, "/milestone/1.0", **sent, comment="Next time")
    assert answer.status_code == 303
    assert milestones(project)["1.0"][1] > to_stamp(sights.NOW - timedelta(days=900))
    assert tickets(project) == {1: "1.0", **dict.fromkeys((2, 3, 4, 5), "some day"), 6: "0.9/x"}
    assert history(project, 3) == [("comment", "1", "Next time"), ("milestone", "1.0", "some day")]


def test_deleting_moves_all_tickets(project: Project, client: Client) -> None:
    assert "Delete milestone 1.0?" in client.get("/milestone/1.0?action=delete").text
    answer = send(client, "/milestone/1.0", action="delete", target="0.9/x")
    assert answer.headers["Location"] == "/roadmap"
    assert "1.0" not in milestones(project) and set(tickets(project).values()) == {"0.9/x"}
    send(client, "/milestone/0.9/x", action="delete")
    assert set(tickets(project).values()) == {None}


def test_files_go_with_their_milestone(project: Project, client: Client) -> None:
    with sights.begin(project, mode="write") as work:
        attach_file(work, Ref("milestone", "1.0"), "plan.txt", BytesIO(b"plan"))
    send(client, "/milestone/1.0", action="edit", name="1.1")
    with sights.begin(project) as work:
        found = list_attachments(work, Ref("milestone", "1.1"))
        assert [one.name for one in found] == ["plan.txt"]
        assert path_of(work, found[0]).read_bytes() == b"plan"
    assert "plan.txt" in client.get("/milestone/1.1").text
    send(client, "/milestone/1.1", action="delete")
    with sights.begin(project) as work:
        assert list_attachments(work, Ref("milestone", "1.1")) == []


def test_cancel_changes_nothing(project: Project, client: Client) -> None:
    before = milestones(project)
    assert send(client, "/milestone/1.0", action="delete", cancel="1").status_code == 303
    assert send(client, "/milestone/1.0", action="edit", name="x", cancel="1").status_code == 303
    assert milestones(project) == before


def test_who_may_not(tmp_path: Path) -> None:
    denied = frozenset({"MILESTONE_CREATE", "MILESTONE_MODIFY", "MILESTONE_DELETE"})
    client = sights.client(sights.make(tmp_path, seats=Seats(denied=denied)))
    for address in ("/milestone?action=new", "/milestone/1.0?action=edit", "/milestone/1.0?action=delete"):
        assert client.get(address).status_code == 403
    client.get("/roadmap")
    for action in ("edit", "delete"):
        assert client.post("/milestone/1.0", data={"action": action, "name": "x"}).status_code in (400, 403)
