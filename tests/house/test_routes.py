"""Every address of the product, asked from every seat: who gets what, and what a page of ours always has."""

from __future__ import annotations

import io
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Response

from tests.house.route_table import ROUTES, SEATS
from trackside.db.schema import metadata
from trackside.features.attachment import actions as attachments
from trackside.features.people import actions as people
from trackside.features.ticket import actions as tickets
from trackside.features.ticket.model import Edit
from trackside.features.wiki import actions as wiki
from trackside.features.wiki.model import PageChange
from trackside.hosting import environment
from trackside.hosting.features import FEATURES
from trackside.hosting.opening import open_project
from trackside.jobs.scope import open_system_work
from trackside.kernel.project import Project
from trackside.kernel.ref import Ref
from trackside.web import app
from trackside.web.request import Request

TOKEN = "a" * 24
READER = (
    *("WIKI_VIEW", "TICKET_VIEW", "REPORT_VIEW", "REPORT_SQL_VIEW", "ROADMAP_VIEW", "MILESTONE_VIEW"),
    *("TIMELINE_VIEW", "SEARCH_VIEW"),
)
MEMBER = (*READER, "WIKI_CREATE", "WIKI_MODIFY", "TICKET_CREATE", "TICKET_MODIFY")
GETS = [key for key in ROUTES if key.startswith("GET")]
POSTS = [key for key in ROUTES if key.startswith("POST")]
# Signing in is the one change that an address makes; the way back to a list goes into the visitor's session.
LEFT_BEHIND = {
    "GET /login": {"auth_cookie", "session", "cache"},
    "GET /query": {"session", "session_attribute"},
}


@dataclass(frozen=True, slots=True)
class World:
    project: Project
    client: Client
    path: Path
    saved: Path

    def ask(self, key: str, user: str, data: Mapping[str, str] | None = None) -> TestResponse:
        return self.open(key.split(" ", 1)[0], ROUTES[key].address, user, data)

    def open(
        self, method: str, address: str, user: str, data: Mapping[str, str] | str | None = None
    ) -> TestResponse:
        seat = {"REMOTE_USER": user} if user else {}
        kind = "application/x-www-form-urlencoded" if method == "POST" else None
        return self.client.open(
            address, method=method, data=data, content_type=kind, environ_overrides=seat, buffered=True
        )

    def dump(self) -> Mapping[str, list[tuple[object, ...]]]:
        with closing(sqlite3.connect(self.path)) as db:
            names = sorted(table.name for table in metadata.sorted_tables)
            return {name: sorted(db.execute(f'SELECT * FROM "{name}"'), key=repr) for name in names}

    def restore(self) -> None:
        with closing(sqlite3.connect(self.saved)) as saved, closing(sqlite3.connect(self.path)) as db:
            saved.backup(db)
        self.project.cache.clear()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A closed project with one of each thing: strangers may do nothing in it."""
    path = tmp_path_factory.mktemp("routes") / "env"
    environment.create(path, name="Sample")
    project = open_project(path)
    with open_system_work(project, "the sample of a test") as work:
        for user, names in people.list_permissions(work).items():
            for name in names:
                people.revoke_permission(work, user, name)
        rights = {"reader": READER, "member": MEMBER, "admin": ("TRAC_ADMIN",)}
        for user, actions in rights.items():
            for action in actions:
                people.grant_permission(work, user, action)
        for base, text in enumerate(("One.", "Two.")):
            wiki.change_page(work, "Sample", PageChange(text, "Said", base))
        tickets.create_ticket(work, Edit(values={"summary": "A ticket"}))
        tickets.change_ticket(work, 1, Edit(comment="A comment"))
        tickets.edit_comment(work, 1, 1, "A better comment")
        for thing in (Ref("wiki", "Sample"), Ref("ticket", "1"), Ref("milestone", "milestone1")):
            attachments.attach_file(work, thing, "note.txt", io.BytesIO(b"note"), "A note")
    saved = path / "saved.db"
    file = path / "db" / "trac.db"
    with closing(sqlite3.connect(file)) as db, closing(sqlite3.connect(saved)) as copy:
        db.backup(copy)
    client = Client(lambda environ, start: app.answer(project, Request(environ))(environ, start))
    client.set_cookie("trac_form_token", TOKEN)
    yield World(project, client, file, saved)


def test_it_works(world: World) -> None:
    assert world.open("GET", "/wiki/Sample", "reader").status_code == 200


def test_every_route_is_in_the_table() -> None:
    keys = [
        f"{method} {route.path} {route.when}".strip()
        for feature in FEATURES
        for route in feature.routes
        for method in route.methods
    ]
    assert sorted(keys) == sorted(ROUTES)


@pytest.mark.parametrize("key", GETS)
def test_reading_answers_each_seat_and_writes_nothing(world: World, key: str) -> None:
    row, before = ROUTES[key], world.dump()
    found = tuple(world.ask(key, user).status_code for user in SEATS)
    changed = {name for name, rows in world.dump().items() if rows != before[name]}
    world.restore()
    assert found == row.statuses
    assert changed == LEFT_BEHIND.get(key, set())


@pytest.mark.parametrize("key", POSTS)
def test_sending_answers_each_seat(world: World, key: str) -> None:
    row, found = ROUTES[key], []
    for user in SEATS:
        before = world.dump()
        answer = world.ask(key, user, {"__FORM_TOKEN": TOKEN, **row.sent})
        found.append(answer.status_code)
        if answer.status_code >= 400:
            assert world.dump() == before
        world.restore()
    assert tuple(found) == row.statuses


@pytest.mark.parametrize("key", POSTS)
def test_sending_without_the_token_changes_nothing(world: World, key: str) -> None:
    row, before = ROUTES[key], world.dump()
    for user in SEATS:
        assert world.ask(key, user, row.sent).status_code == 400
    assert world.dump() == before


class Outline(HTMLParser):
    """The headings of a page outside wiki text, its title, and what the content policy would stop."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings = 0
        self.title = ""
        self.inline: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        is_wiki = any(is_text for _, is_text in self._open)
        if tag not in _VOID:
            self._open.append((tag, is_wiki or "wiki" in given.get("class", "").split()))
        self.headings += tag == "h1" and not is_wiki
        if tag in ("script", "style") and not (given.get("nonce") or given.get("src")):
            self.inline.append(tag)
        self.inline += [f"{tag} {name}" for name in given if name.startswith("on")]
        if "style" in given and not is_wiki:
            self.inline.append(f"{tag} style")

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1][0] == "title" and self._open[-2][0] == "head":
            self.title += data.strip()


_VOID = frozenset(("area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"))


def faults(answer: TestResponse) -> list[str]:
    """What a page of ours must have and this one lacks."""
    page, headers = Outline(answer.text), answer.headers
    policy = headers.get("Content-Security-Policy", "")
    found = [
        ("one main heading", page.headings == 1),
        ("a title", bool(page.title)),
        ("the content policy", "default-src 'none'" in policy and "'nonce-" in policy),
        ("nosniff", headers.get("X-Content-Type-Options") == "nosniff"),
        ("no frames", headers.get("X-Frame-Options") == "DENY"),
        ("a referrer policy", headers.get("Referrer-Policy") == "same-origin"),
        ("a caching rule", bool(headers.get("Cache-Control"))),
        ("Vary", "Cookie" in headers.get("Vary", "")),
    ]
    return [name for name, is_there in found if not is_there] + page.inline


def test_faults_are_found() -> None:
    answer = Client(lambda environ, start: _BARE(environ, start)).get("/")
    assert {"one main heading", "a title", "the content policy", "script", "p onclick", "p style"} <= {
        *faults(answer)
    }


_BARE = Response("<script>1</script><p onclick=x style=y><h1>A</h1><h1>B</h1>", mimetype="text/html")


@pytest.mark.parametrize("key", GETS)
@pytest.mark.parametrize("user", SEATS)
def test_every_page_has_what_pages_have(world: World, key: str, user: str) -> None:
    answer = world.ask(key, user)
    if answer.mimetype == "text/html":
        assert faults(answer) == []
    world.restore()


HOSTILE = {
    "nul": b"a\0b",
    "broken": b"\xff\xfe",
    "negative": b"-1",
    "huge": b"9" * 20,
    "sql": b"' OR 1=1 --",
    "script": b'"><script>alert(1)</script>',
    "long": b"x" * 5000,
    "marks": "\u202e\u200f".encode(),
    "dots": b"../../etc/passwd",
}
_PARAMETERS = re.compile(r'(?:request, |args\.get\(|parameters\.get\(|when=)"(?:(\w+)|)(?:=\w+)?"')


def known_parameters() -> list[str]:
    """The names that views read, found in their source."""
    root = Path(environment.__file__).parents[1] / "features"
    texts = (path.read_text() for path in root.rglob("*.py"))
    return sorted({name for text in texts for name in _PARAMETERS.findall(text) if name})


def is_harmless(answer: TestResponse) -> bool:
    return answer.status_code < 500 and "<script>alert" not in answer.text


@pytest.mark.slow
@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("key", GETS)
def test_no_hostile_value_breaks_an_address(world: World, key: str, kind: str) -> None:
    value = quote(HOSTILE[kind], safe="")
    path, _, query = ROUTES[key].address.partition("?")
    parts = path.split("/")
    places = ["/".join([*parts[:n], value, *parts[n + 1 :]]) for n in range(2, len(parts))]
    pairs = "&".join(f"{name}={value}" for name in known_parameters() if name != "action")
    for address in [*(f"{place}?{query}" for place in places), f"{path}?{query}&{pairs}"]:
        assert is_harmless(world.open("GET", address, "admin")), address
    world.restore()


@pytest.mark.slow
@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("key", POSTS)
def test_no_hostile_value_breaks_a_form(world: World, key: str, kind: str) -> None:
    row, value = ROUTES[key], quote(HOSTILE[kind], safe="")
    kept = {name for name in row.sent if name == "action"}
    sent = {**dict.fromkeys(known_parameters(), value), **{n: quote(v) for n, v in row.sent.items()}}
    for name in ("", *sorted(row.sent.keys() - kept)):
        fields = {**sent, **({name: value} if name else {}), "__FORM_TOKEN": TOKEN}
        body = "&".join(f"{n}={v}" for n, v in fields.items())
        answer = world.open("POST", row.address, "admin", body)
        assert is_harmless(answer), name
        world.restore()
