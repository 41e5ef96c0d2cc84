"""What somebody may not see is not told through any other door; what is not offered cannot be set."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, insert
from werkzeug.test import Client, TestResponse

from tests.hosting.served import client as make_client
from trackside.db.schema import permission
from trackside.hosting import environment
from trackside.hosting.opening import open_project

TOKEN = "a" * 24
ADMIN, READER, HELPER = "admin", "reader", "helper"
SECRET = "kingfisher"
VIEWS = ("WIKI_VIEW", "TICKET_VIEW", "MILESTONE_VIEW", "REPORT_VIEW", "ROADMAP_VIEW", "TIMELINE_VIEW")
WITHHELD = ("WIKI_VIEW", "TICKET_VIEW", "MILESTONE_VIEW", "REPORT_VIEW")


class Visitor:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.client: Client = make_client(env_path=str(path))
        self.client.set_cookie("trac_form_token", TOKEN)

    def get(self, address: str, user: str) -> TestResponse:
        return self.client.get(address, environ_overrides={"REMOTE_USER": user}, buffered=True)

    def post(self, address: str, user: str, **fields: object) -> TestResponse:
        data = {"__FORM_TOKEN": TOKEN, **fields}
        return self.client.post(address, data=data, environ_overrides={"REMOTE_USER": user}, buffered=True)

    def allow(self, **rights: tuple[str, ...]) -> None:
        with open_project(self.path).database.begin("write") as db:
            db.execute(delete(permission))
            rows = [{"username": user, "action": name} for user, names in rights.items() for name in names]
            db.execute(insert(permission), rows)
        # Rights are remembered until the counter of their cache moves; a new site knows nothing yet.
        self.client = make_client(env_path=str(self.path))
        self.client.set_cookie("trac_form_token", TOKEN)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """A project with one secret thing of every kind: each holds the word of its kind."""
    path = tmp_path_factory.mktemp("secrets") / "env"
    environment.create(path, name="Pond")
    visitor = Visitor(path)
    visitor.allow(admin=("TRAC_ADMIN",))
    made = [
        visitor.post("/milestone?action=new", ADMIN, action="new", name="m1",
                     description=f"{SECRET}-milestone"),
        visitor.post(
            "/newticket",
            ADMIN,
            action="create",
            field_summary=f"{SECRET}-ticket summary",
            field_description=f"{SECRET}-ticket text",
            field_keywords=f"{SECRET}-ticket",
            field_milestone="m1",
        ),
        visitor.post("/wiki/Hidden", ADMIN, action="edit", text=f"{SECRET}-wiki", comment=f"{SECRET}-wiki",
                     version="0", save="1"),
        visitor.post("/report?action=new", ADMIN, action="new", title=f"{SECRET}-report",
                     query="SELECT id, summary, description, milestone FROM ticket",
                     description=f"{SECRET}-report"),
    ]  # fmt: skip
    assert [answer.status_code for answer in made] == [303, 303, 303, 303]
    for place, kind in (("ticket/1", "ticket"), ("wiki/Hidden", "wiki"), ("milestone/m1", "milestone")):
        file = (io.BytesIO(f"{SECRET}-{kind}".encode()), f"{SECRET}-{kind}.txt")
        answer = visitor.post(
            f"/attachment/{place}/?action=new",
            ADMIN,
            action="new",
            attachment=file,
            description=f"{SECRET}-{kind}",
        )
        assert answer.status_code == 303
    yield visitor


def _addresses(report: str) -> list[str]:
    files = [
        f"/{door}/{thing}/{SECRET}-{kind}.txt"
        for door in ("attachment", "raw-attachment")
        for thing, kind in (("ticket/1", "ticket"), ("wiki/Hidden", "wiki"), ("milestone/m1", "milestone"))
    ]
    return [
        *("/ticket/1", "/ticket/1?format=csv", "/ticket/1?format=rss", "/ticket/1?action=history"),
        *("/ticket/1?action=diff&version=1", "/ticket/1?version=0", "/query?id=1", "/query?id=1&format=csv"),
        *("/query?id=1&format=rss", "/query?group=milestone&id=!0", "/query?keywords=~king", "/newticket"),
        *("/wiki/Hidden", "/wiki/Hidden?format=txt", "/wiki/Hidden?action=history", "/wiki/TitleIndex"),
        *("/wiki/Hidden?action=diff&version=1", "/wiki/Hidden?version=1", "/wiki/RecentChanges", "/wiki"),
        *("/milestone/m1", "/roadmap", "/roadmap?show=all", "/roadmap?format=ics", "/milestone"),
        *(report, f"{report}?format=csv", f"{report}?format=rss", f"{report}?format=sql", "/report"),
        *("/report?format=rss", "/report?format=csv", "/timeline", "/timeline?format=rss", "/"),
        *(
            f"/search?q={SECRET}&noquickjump=1",
            "/search?q=%231",
            "/search?q=wiki:Hidden",
            "/search?q=%7B9%7D",
        ),
        *("/attachment/ticket/1/", "/attachment/wiki/Hidden/", "/attachment/milestone/m1/", *files),
    ]


TEXT = """
#1 ticket:1 comment:1:ticket:1 wiki:Hidden Hidden milestone:m1 report:9 {9} [[TitleIndex]] [[RecentChanges]]
[[TicketQuery(id=1)]] [[TicketQuery(id=1,format=table)]] [[TicketQuery(id=1,format=table,row=description)]]
[[Image(ticket:1:a.png)]] attachment:a.txt:ticket:1 [[TicketQuery(id=1,format=compact)]]
"""


@pytest.mark.parametrize("right", WITHHELD)
def test_no_door_tells_what_may_not_be_seen(site: Visitor, right: str) -> None:
    given = tuple(name for name in (*VIEWS, "SEARCH_VIEW", "WIKI_CREATE", "TICKET_CREATE") if name != right)
    site.allow(admin=("TRAC_ADMIN",), reader=given)
    word = f"{SECRET}-{right.partition('_')[0].lower()}"
    report = max(re.findall(r"/report/\d+", site.get("/report", ADMIN).text), key=lambda a: (len(a), a))
    assert word in "".join(site.get(address, ADMIN).text for address in _addresses(report))
    for address in _addresses(report):
        answer = site.get(address, READER)
        assert answer.status_code < 500
        is_echo = word in address and answer.status_code in (403, 404)
        assert word not in answer.text or is_echo, address
    for realm, id in (("wiki", "WikiStart"), ("ticket", "1"), ("wiki", "Hidden")):
        source = {"text": TEXT, "realm": realm, "id": id}
        assert SECRET in site.post("/wiki_render", ADMIN, **source).text
        assert word not in site.post("/wiki_render", READER, **source).text


@pytest.mark.parametrize("address", ["/query?id=1&max=1", "/roadmap", "/milestone/m1"])
def test_no_count_tells_of_tickets(site: Visitor, address: str) -> None:
    site.allow(admin=("TRAC_ADMIN",), reader=("MILESTONE_VIEW", "ROADMAP_VIEW", "WIKI_VIEW"))
    text = re.sub(r"<[^>]+>", " ", site.get(address, READER).text)
    assert not re.search(r"\b1\s+(open|active|ticket)", text, re.I)
    counted = site.post(
        "/wiki_render", READER, text="[[TicketQuery(id=1,format=rawcount)]]", realm="wiki", id="X"
    )
    assert ">1<" not in counted.text


Sent = dict[str, str]
SMUGGLED: list[tuple[str, Sent, Callable[[str], bool]]] = [
    ("status", {"field_status": "closed", "field_resolution": "fixed"}, lambda row: "closed" in row),
    ("owner", {"field_owner": "mallory", "comment": "x"}, lambda row: "mallory" in row),
    ("reporter", {"field_reporter": "mallory", "comment": "x"}, lambda row: "mallory" in row),
    ("time", {"field_time": "1", "field_changetime": "1", "comment": "x"}, lambda row: "1970" in row),
    ("id", {"field_id": "7", "id": "7", "comment": "x"}, lambda row: row.lstrip("\ufeff").startswith("7")),
    ("summary", {"field_summary": "mallory", "comment": "x"}, lambda row: "mallory" in row),
    ("step", {"action": "resolve", "action_resolve_resolve_resolution": "fixed"}, lambda r: "closed" in r),
    ("owner", {"action": "reassign", "action_reassign_reassign_owner": "mallory"}, lambda r: "mallory" in r),
    ("unknown step", {"action": "_reset", "comment": "x"}, lambda row: "_reset" in row),
    ("author", {"author": "mallory", "comment": "signed by another"}, lambda row: "mallory" in row),
]  # fmt: skip


@pytest.mark.parametrize(("name", "sent", "is_done"), SMUGGLED, ids=[case[0] for case in SMUGGLED])
def test_what_is_not_offered_cannot_be_set(
    site: Visitor, name: str, sent: Sent, is_done: Callable[[str], bool]
) -> None:
    """A helper may look and comment, and nothing else."""
    site.allow(admin=("TRAC_ADMIN",), helper=("TICKET_VIEW", "TICKET_APPEND"))
    view = re.search(r'name="view_time"[^>]*value="(\d+)"', site.get("/ticket/1", HELPER).text)
    assert view is not None
    answer = site.post("/ticket/1", HELPER, submit="1", view_time=view[1], **sent)
    assert answer.status_code in (303, 400, 403, 409)
    assert not is_done(site.get("/ticket/1?format=csv", ADMIN).text.split("\n", 1)[1])
    assert "mallory" not in site.get("/ticket/1", ADMIN).text


REFUSED = [
    ("/newticket", {"field_summary": "x", "action": "create"}),
    ("/wiki/Hidden", {"action": "edit", "text": "x", "version": "1", "save": "1"}),
    ("/wiki/Hidden", {"action": "delete"}),
    ("/wiki/Hidden", {"action": "rename", "new_name": "Seen"}),
    ("/wiki/Hidden", {"action": "edit_comment", "new_comment": "x", "version": "1"}),
    ("/milestone/m1", {"action": "delete"}),
    ("/milestone/m1", {"action": "edit", "name": "m2"}),
    ("/milestone", {"action": "new", "name": "m3"}),
    ("/report", {"action": "new", "title": "x", "query": "SELECT 1"}),
    ("/report/1", {"action": "delete"}),
    ("/report/1", {"action": "edit", "title": "x", "query": "SELECT 1"}),
    (f"/attachment/ticket/1/{SECRET}-ticket.txt", {"action": "delete"}),
    ("/ticket/1", {"edited_comment": "x", "cnum_edit": "0", "edit_comment": "1"}),
    ("/ticket/1", {"comment": "x", "action": "leave", "submit": "1"}),
]


@pytest.mark.parametrize(("address", "form"), REFUSED, ids=[f"{a} {f.get('action', '')}" for a, f in REFUSED])
def test_who_may_only_look_changes_nothing(site: Visitor, address: str, form: Sent) -> None:
    site.allow(admin=("TRAC_ADMIN",), reader=VIEWS)
    assert site.post(address, READER, **form).status_code == 403
