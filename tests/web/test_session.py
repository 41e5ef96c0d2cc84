"""Visitors' sessions, sign-in cookies, and who a request comes from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select
from werkzeug.test import Client
from werkzeug.wrappers import Response

from tests.projects import make_project
from trackside.db import schema
from trackside.kernel.feature import Feature, Route
from trackside.kernel.project import Project
from trackside.kernel.work import Work
from trackside.web import app, session
from trackside.web.known_users import KNOWN_USERS
from trackside.web.request import Request


def who(work: Work, request: Request) -> Response:
    return Response(f"{work.actor.name} {request.session.get('name', '-')} {len(work.cached(KNOWN_USERS))}")


def sign_in(work: Work, request: Request) -> Response:
    response = Response("in")
    session.sign_in(work, request, response, request.args["user"])
    return response


def sign_out(work: Work, request: Request) -> Response:
    response = Response("out")
    session.sign_out(work, request, response, work.actor.name)
    return response


def call_me(work: Work, request: Request) -> Response:
    request.session["name"] = request.form["name"]
    return Response("noted")


SAMPLE = Feature(
    "sample",
    routes=(
        Route("/who", who, None),
        Route("/in", sign_in, None, mode="write"),
        Route("/out", sign_out, None, mode="write"),
        Route("/call", call_me, None, methods=("POST",)),
    ),
)
Make = Callable[..., Client]
TOKEN = "a" * 24


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def client(ini: str = "", places: tuple[str, ...] = ("",)) -> Client:
        projects: dict[str, Project] = {
            place: make_project(tmp_path / (place.strip("/") or "root"), (SAMPLE,), f"[trac]\n{ini}\n")
            for place in places
        }

        def serve(environ, start):  # type: ignore[no-untyped-def]
            place = next(p for p in projects if environ["PATH_INFO"].startswith(f"{p}/"))
            moved = {**environ, "SCRIPT_NAME": place, "PATH_INFO": environ["PATH_INFO"][len(place) :]}
            return app.answer(projects[place], Request(moved))(moved, start)

        made = Client(serve)
        for place in places:
            made.set_cookie("trac_form_token", TOKEN, path=place or "/")
        return made

    return client


def call(client: Client, name: str, place: str = "") -> None:
    data = {"__FORM_TOKEN": TOKEN, "name": name}
    assert client.post(f"{place}/call", data=data).status_code == 200


def test_it_works(make: Make) -> None:
    client = make()
    assert client.get("/who").text == "anonymous - 0"
    client.get("/in?user=joe")
    assert client.get("/who").text == "joe - 1"


def test_a_strangers_session_becomes_the_users(make: Make) -> None:
    client = make()
    call(client, "Joe Brook")
    client.get("/in?user=joe")
    assert client.get("/who").text == "joe Joe Brook 1"
    assert client.get_cookie("trac_session") is None


def test_a_user_keeps_the_session_they_have(make: Make) -> None:
    client = make()
    client.get("/in?user=joe")
    call(client, "Joe")
    client.get("/out")
    call(client, "Somebody")
    client.get("/in?user=joe")
    assert client.get("/who").text == "joe Joe 1"


def test_signing_out_ends_it(make: Make) -> None:
    client = make()
    client.get("/in?user=joe")
    cookie = client.get_cookie("trac_auth")
    assert cookie is not None and cookie.http_only
    client.get("/out")
    client.set_cookie("trac_auth", cookie.value)
    assert client.get("/who").text.startswith("anonymous ")


def test_projects_on_one_host_do_not_share_a_sign_in(make: Make) -> None:
    client = make(places=("/one", "/two"))
    client.get("/one/in?user=joe")
    assert client.get("/one/who").text.startswith("joe ")
    assert client.get("/two/who").text.startswith("anonymous ")
    cookie = client.get_cookie("trac_auth", path="/one")
    assert cookie is not None
    client.set_cookie("trac_auth", cookie.value, path="/two")
    assert client.get("/two/who").text.startswith("anonymous ")


@pytest.mark.parametrize("cookie", ["b" * 32, "'", "b" * 31 + '"', ""])
def test_an_unknown_cookie_signs_nobody_in(make: Make, cookie: str) -> None:
    client = make()
    client.set_cookie("trac_auth", cookie)
    assert client.get("/who").text.startswith("anonymous ")


def test_the_web_server_has_the_first_word(make: Make) -> None:
    client = make()
    client.get("/in?user=joe")
    answer = client.get("/who", environ_overrides={"REMOTE_USER": "Ann"})
    assert answer.text.startswith("Ann ")


def test_case_is_folded_when_the_project_says_so(make: Make) -> None:
    client = make("ignore_auth_case = enabled")
    assert client.get("/who", environ_overrides={"REMOTE_USER": "Ann"}).text.startswith("ann ")


@pytest.mark.parametrize(("option", "name"), [("enabled", "anonymous"), ("disabled", "joe")])
def test_a_cookie_may_be_bound_to_its_address(make: Make, option: str, name: str) -> None:
    client = make(f"check_auth_ip = {option}")
    client.get("/in?user=joe", environ_overrides={"REMOTE_ADDR": "10.0.0.1"})
    for address, expected in (("10.0.0.1", "joe"), ("10.0.0.2", name)):
        text = client.get("/who", environ_overrides={"REMOTE_ADDR": address}).text
        assert text.split()[0] == expected


def test_a_session_may_be_forgotten(tmp_path: Path) -> None:
    project = make_project(tmp_path / "sample", (SAMPLE,))
    client = Client(lambda environ, start: app.answer(project, Request(environ))(environ, start))
    client.set_cookie("trac_form_token", TOKEN)
    call(client, "Joe")
    call(client, "")
    with project.database.begin("read") as db:
        assert db.execute(select(func.count()).select_from(schema.session_attribute)).scalar_one() == 0
