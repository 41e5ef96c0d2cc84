"""The Cython project's own Trac, walked link by link as a stranger and as an administrator."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest
from werkzeug.test import Client, TestResponse

from tests.cython import Page, adopted, browser, without_order

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return adopted(tmp_path_factory.mktemp("cython"))


@pytest.fixture(scope="module")
def known(env: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{env}/db/trac.db?mode=ro", uri=True)


class Walk:
    """Follows every link of ours; keeps each answer's status and the links of each page."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.status: dict[str, int] = {}
        self.source: dict[str, str] = {"/": ""}
        self.links: dict[str, list[tuple[str, str]]] = {}

    def run(self, *starts: str) -> Walk:
        waiting = list(starts)
        while waiting:
            address = waiting.pop()
            if address not in self.status and urlsplit(address).path not in ("/logout", "/login"):
                waiting += self._visit(address)
        return self

    def _visit(self, address: str) -> list[str]:
        with closing(self.client.get(address)) as response:
            self.status[address] = response.status_code
            return self._follow(address, response)

    def _follow(self, address: str, response: TestResponse) -> list[str]:
        if response.status_code in (301, 302, 303):
            target = response.headers["Location"]
            return [without_order(target.split("#")[0])] if target.startswith("/") else []
        if response.mimetype != "text/html" or response.status_code != 200:
            return []
        page = Page(response.text)
        self.links[address] = page.links
        found = [href for href, css in page.links if "missing" not in css.split()] + page.images
        ours = [without_order(href.split("#")[0]) for href in found if re.match(r"/(?!/)", href)]
        for target in ours:
            self.source.setdefault(target, address)
        return ours


@pytest.fixture(scope="module", params=["", "admin"], ids=["stranger", "administrator"])
def walk(request: pytest.FixtureRequest, env: Path) -> Walk:
    return Walk(browser(env, request.param)).run(
        "/", "/report", "/query", "/roadmap?show=completed", "/wiki/TitleIndex"
    )


def told(walk: Walk, addresses: list[str]) -> str:
    return "\n".join(f"{walk.status[a]} {a} (from {walk.source.get(a)})" for a in addresses[:20])


def test_it_works(walk: Walk) -> None:
    assert len(walk.status) > 1000


def test_nothing_breaks(walk: Walk) -> None:
    broken = [address for address, status in walk.status.items() if status >= 500]
    assert not broken, told(walk, broken)


def test_everything_that_exists_is_there(walk: Walk, known: sqlite3.Connection) -> None:
    """A link may lead nowhere only where people wrote an address by hand, or to the source browser."""
    lost = [a for a, status in walk.status.items() if status in (400, 404, 405) and not _is_excused(a, known)]
    assert not lost, told(walk, lost)


def _is_excused(address: str, known: sqlite3.Connection) -> bool:
    path = unquote(urlsplit(address).path)
    first, _, id = path.lstrip("/").partition("/")
    if first in ("browser", "changeset", "log", "file", "export", "diff", "admin", "about", "about_trac"):
        return True
    if first == "ticket":
        return (
            not id.isdigit() or known.execute("SELECT 1 FROM ticket WHERE id = ?", (id,)).fetchone() is None
        )
    if first == "wiki":
        return known.execute("SELECT 1 FROM wiki WHERE name = ?", (id,)).fetchone() is None
    if first == "milestone":
        return known.execute("SELECT 1 FROM milestone WHERE name = ?", (id,)).fetchone() is None
    if first in ("attachment", "raw-attachment"):
        realm, _, rest = id.partition("/")
        rows = known.execute("SELECT id, filename FROM attachment WHERE type = ?", (realm,))
        return rest not in {f"{parent}/{name}" for parent, name in rows}
    return first not in ("query", "report", "roadmap", "timeline", "search", "prefs", "newticket")


def test_a_stranger_is_refused_only_what_takes_permission(walk: Walk) -> None:
    refused = [a for a, status in walk.status.items() if status == 403 and "action=" not in a]
    allowed = {"/newticket", "/search", "/report", "/prefs"}
    assert [a for a in refused if urlsplit(a).path not in allowed] == []


@pytest.mark.parametrize("user", ["", "admin"])
def test_every_ticket_and_page_renders(env: Path, known: sqlite3.Connection, user: str) -> None:
    client = browser(env, user)
    tickets = [str(id) for (id,) in known.execute("SELECT id FROM ticket")]
    pages = [name for (name,) in known.execute("SELECT DISTINCT name FROM wiki")]
    assert (len(tickets), len(pages)) == (880, 58)
    addresses = [f"/ticket/{id}" for id in tickets] + [f"/wiki/{name}" for name in pages]
    failed = []
    for address in addresses:
        response = client.get(address)
        page = Page(response.text)
        if response.status_code != 200 or not page.headings or "system-message" in response.text:
            failed.append((address, response.status_code))
    unexplained = [row for row in failed if row[1] != 200]
    assert unexplained == []
    assert len(failed) < 20, failed


def test_every_attachment_is_sent_whole(env: Path, known: sqlite3.Connection) -> None:
    client = browser(env)
    rows = known.execute("SELECT type, id, filename, size FROM attachment").fetchall()
    assert len(rows) == 175
    for realm, id, name, size in rows:
        with closing(client.get(f"/raw-attachment/{realm}/{quote(id)}/{quote(name)}")) as response:
            assert (response.status_code, len(response.data)) == (200, size), (realm, id, name)
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in response.headers["Content-Security-Policy"]


def test_links_say_what_they_lead_to(walk: Walk, known: sqlite3.Connection) -> None:
    """Closed tickets are marked closed, missing tickets and pages missing, and no others."""
    status = dict(known.execute("SELECT id, status FROM ticket"))
    pages = {name for (name,) in known.execute("SELECT name FROM wiki")}
    wrong = []
    for source, links in walk.links.items():
        for href, css in links:
            classes = set(css.split())
            path = unquote(urlsplit(href).path)
            if classes == {"ticket"} and "#comment:" in href:
                continue  # A comment of the very ticket that the text belongs to: no state is told.
            ticket = re.fullmatch(r"/ticket/(\d+)", path)
            if ticket and "ticket" in classes:
                is_right = ("closed" in classes) == (status.get(int(ticket[1])) == "closed")
                is_right &= "missing" not in classes and int(ticket[1]) in status
            elif "wiki" in classes and path.startswith("/wiki/") and "forbidden" not in classes:
                is_right = ("missing" in classes) == (path.removeprefix("/wiki/") not in pages)
            else:
                continue
            if not is_right:
                wrong.append((source, href, css))
    assert wrong == []
