"""A whole project on PostgreSQL and on MariaDB: made, served, written by many at once, shown by Trac 1.6."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select
from werkzeug.test import Client

from tests.cython import Page, browser, submit
from tests.servers import Server
from trackside.db.schema import ticket, ticket_change
from trackside.hosting import adopt, environment
from trackside.hosting.opening import open_project

pytestmark = [pytest.mark.slow]

PEOPLE = 10
PAGES = (
    "/wiki",
    "/query",
    "/report",
    "/report/1",
    "/report/6",
    "/roadmap",
    "/timeline",
    "/search?q=welcome",
    "/prefs",
)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("postgresql", marks=pytest.mark.postgresql),
        pytest.param("mysql", marks=pytest.mark.mysql),
    ],
)
def env(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    server: Server = request.getfixturevalue(f"{request.param}_server")
    path = tmp_path_factory.mktemp(request.param) / "project"
    environment.create(path, name="On a server", database=server.fresh())
    environment.grant_admin(path, "admin")
    yield path
    open_project(path).database.close()


@pytest.fixture
def client(env: Path) -> Client:
    return browser(env, "admin")


def new_ticket(client: Client, summary: str) -> str:
    answer = submit(
        client, "/newticket", "/newticket", field_summary=summary, field_component="component1", submit="1"
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_it_works(client: Client) -> None:
    address = new_ticket(client, "Grüße 👋")
    assert "Grüße 👋" in client.get(address).text


@pytest.mark.parametrize("path", PAGES)
def test_pages(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert Page(response.text).headings >= 1


def test_pages_are_edited(client: Client) -> None:
    saved = submit(
        client, "/wiki/SandBox?action=edit", "/wiki/SandBox", text="On a server: WikiStart", save="1"
    )
    assert saved.status_code == 303
    assert "On a server" in client.get("/wiki/SandBox").text
    assert client.get("/wiki/SandBox?action=diff").status_code == 200


def test_comments_of_many_at_once_are_all_kept(env: Path, client: Client) -> None:
    address = new_ticket(client, "One for all")
    number = int(address.rsplit("/", 1)[1])
    clients = [browser(env, "admin") for _ in range(PEOPLE)]
    forms = [Page(one.get(address).text).form_to(address) for one in clients]

    def comment(place: int) -> int:
        fields = {**forms[place], "comment": f"comment {place}", "submit": "1"}
        return clients[place].post(address, data=fields).status_code

    with ThreadPoolExecutor(PEOPLE) as pool:
        assert set(pool.map(comment, range(PEOPLE))) == {303}
    with open_project(env).database.begin("read") as db:
        statement = select(ticket_change.c.oldvalue).where(
            ticket_change.c.ticket == number, ticket_change.c.field == "comment"
        )
        assert sorted(int(n) for n in db.execute(statement).scalars()) == list(range(1, PEOPLE + 1))


def test_a_form_sent_twice_is_stored_once(env: Path, client: Client) -> None:
    form = Page(client.get("/newticket").text).form_to("/newticket")
    fields = {**form, "field_summary": "Once", "field_component": "component1", "submit": "1"}
    first, second = (client.post("/newticket", data=fields) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    with open_project(env).database.begin("read") as db:
        assert len(db.execute(select(ticket.c.id).where(ticket.c.summary == "Once")).all()) == 1


@pytest.mark.trac
def test_trac_opens_it(env: Path, trac_admin: Path) -> None:
    for words in (["version", "list"], ["permission", "list", "admin"], ["wiki", "export", "SandBox"]):
        done = subprocess.run([str(trac_admin), str(env), *words], capture_output=True, text=True, cwd=env)
        assert done.returncode == 0, done.stderr
    assert "On a server" in done.stdout
    adopt.release(env)
    done = subprocess.run(
        [str(trac_admin), str(env), "component", "list"], capture_output=True, text=True, cwd=env
    )
    assert done.returncode == 0, done.stderr
