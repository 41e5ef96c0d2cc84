"""Requests from outside to answers, through the app and a database."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select
from werkzeug.test import Client, TestResponse, create_environ
from werkzeug.wrappers import Response

from tests.projects import make_project
from trackside.db.engine import count_statements
from trackside.db.own_schema import form_key
from trackside.db.schema import session, session_attribute, wiki
from trackside.jobs.scope import open_system_work
from trackside.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from trackside.kernel.feature import Feature, Route
from trackside.kernel.project import Project
from trackside.kernel.work import Work
from trackside.web import app, forms, guest_cache, pages
from trackside.web.request import Request

FAILURES: Mapping[str, Exception] = {
    "invalid": Invalid("That is wrong."),
    "missing": NotFound("Not there."),
    "conflict": Conflict("Changed meanwhile."),
    "busy": Unavailable("Try again."),
    "bug": RuntimeError("secret detail"),
}


def show(work: Work, request: Request) -> Response:
    count = work.db.execute(select(func.count()).select_from(wiki)).scalar_one()
    return Response(f"<p>{count} pages for {work.actor.name}, {request.nonce}</p>", mimetype="text/html")


def form(work: Work, request: Request) -> Response:
    hidden = f'{request.form_token} "{guest_cache.new_key(request)}"'
    return Response(f"<form>{hidden}</form>", mimetype="text/html")


def write(work: Work, request: Request) -> Response:
    text = forms.text(request, "text")
    work.db.execute(insert(wiki).values(name=text, version=1, time=1, text=text))
    if text == "refused":
        return Response("no", 400)
    return pages.redirect(work, request, work.href("page", text), notice="Stored.")


def sneak(work: Work, request: Request) -> Response:
    work.db.execute(insert(wiki).values(name="sneaky", version=1, time=1))
    return Response("written by GET")


def fail(work: Work, request: Request, kind: str) -> Response:
    raise FAILURES[kind]


def remember(work: Work, request: Request) -> Response:
    request.session["tz"] = "Europe/Berlin"
    return pages.redirect(work, request, work.href("page"))


SAMPLE = Feature(
    name="sample",
    routes=(
        Route("/page", show, None),
        Route("/page/<name>", show, None),
        Route("/form", form, None),
        Route("/write", write, None, methods=("POST",)),
        Route("/sneak", sneak, None),
        Route("/fail/<kind>", fail, None),
        Route("/remember", remember, None, methods=("POST",)),
        Route("/look", remember, None),
    ),
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path / "sample", (SAMPLE,))


@pytest.fixture
def client(project: Project) -> Client:
    return Client(lambda environ, start: app.answer(project, Request(environ))(environ, start))


def post(client: Client, path: str, **fields: str) -> TestResponse:
    token = "a" * 24
    client.set_cookie(forms.TOKEN_COOKIE, token)
    return client.post(path, data={forms.TOKEN_FIELD: token, **fields})


def pages_of(project: Project) -> list[str]:
    with project.database.begin("read") as db:
        return list(db.execute(select(wiki.c.name).order_by(wiki.c.name)).scalars())


def test_it_works(client: Client) -> None:
    response = client.get("/page")
    assert response.status_code == 200
    assert response.text.startswith("<p>0 pages for anonymous")


def test_every_answer_is_protected(client: Client) -> None:
    for path in ("/page", "/nowhere", "/chrome/common/nothing.css", "/fail/bug"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_nonce_of_page_and_policy_agree_and_change(client: Client) -> None:
    seen = set()
    for _ in range(3):
        response = client.get("/page")
        nonce = re.search(r"'nonce-([^']+)'", response.headers["Content-Security-Policy"])
        assert nonce and nonce[1] in response.text
        seen.add(nonce[1])
    assert len(seen) == 3


@pytest.mark.parametrize(
    ("kind", "status"), [("invalid", 400), ("missing", 404), ("conflict", 409), ("busy", 503), ("bug", 500)]
)
def test_failures_become_pages(client: Client, kind: str, status: int) -> None:
    response = client.get(f"/fail/{kind}")
    assert response.status_code == status
    assert response.mimetype == "text/html"
    assert "secret detail" not in response.text
    assert (response.headers.get("Retry-After") is not None) == (status == 503)


def test_a_change_needs_the_token(client: Client, project: Project) -> None:
    assert client.post("/write", data={"text": "A"}).status_code == 400
    client.set_cookie(forms.TOKEN_COOKIE, "b" * 24)
    assert client.post("/write", data={"text": "A", forms.TOKEN_FIELD: "a" * 24}).status_code == 400
    assert pages_of(project) == []


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}]
)
def test_a_change_from_another_site_is_refused(
    client: Client, project: Project, headers: dict[str, str]
) -> None:
    client.set_cookie(forms.TOKEN_COOKIE, "a" * 24)
    data = {"text": "A", forms.TOKEN_FIELD: "a" * 24}
    assert client.post("/write", data=data, headers=headers).status_code == 400
    assert pages_of(project) == []


def test_a_change_is_stored_and_told(client: Client, project: Project) -> None:
    response = post(client, "/write", text="A")
    assert response.status_code == 303
    assert response.headers["Location"] == "/page/A"
    assert pages_of(project) == ["A"]


def test_a_form_sent_twice_is_stored_once(client: Client, project: Project) -> None:
    key = forms.new_key()
    first = post(client, "/write", text="A", **{forms.KEY_FIELD: key})
    second = post(client, "/write", text="B", **{forms.KEY_FIELD: key})
    assert first.headers["Location"] == second.headers["Location"] == "/page/A"
    assert pages_of(project) == ["A"]


def test_a_form_that_failed_can_be_sent_again(client: Client, project: Project) -> None:
    key = forms.new_key()
    assert post(client, "/write", text="refused", **{forms.KEY_FIELD: key}).status_code == 400
    assert pages_of(project) == []
    assert post(client, "/write", text="A", **{forms.KEY_FIELD: key}).status_code == 303
    assert pages_of(project) == ["A"]


def test_keys_are_forgotten_after_a_day(client: Client, project: Project) -> None:
    post(client, "/write", text="A", **{forms.KEY_FIELD: forms.new_key()})
    for hours, left in ((23, 1), (25, 0)):
        now = datetime.now(UTC) + timedelta(hours=hours)
        with open_system_work(project, "a test of the clock", now=now) as work:
            forms.forget_old_keys(work)
            assert work.db.execute(select(func.count()).select_from(form_key)).scalar_one() == left


def test_a_get_cannot_write(client: Client, project: Project) -> None:
    assert client.get("/sneak").status_code == 500
    assert pages_of(project) == []


@pytest.mark.parametrize(
    "path",
    ["/page?x=%00", "/page?x=%ff", "/page?%fe=1"],
)
def test_broken_parameters_are_refused(client: Client, path: str) -> None:
    assert client.get(path).status_code == 400


def test_broken_paths_are_not_found(project: Project) -> None:
    for path in ("/page/\xff", "/page/a\0b", "/\x80"):
        environ = create_environ()
        environ["PATH_INFO"] = path
        response = app.answer(project, Request(environ))
        assert response.status_code == 404


@pytest.mark.parametrize("value", [b"%ff", b"%00", b"a%c3"])
def test_broken_form_fields_are_refused(client: Client, value: bytes) -> None:
    client.set_cookie(forms.TOKEN_COOKIE, "a" * 24)
    body = b"__FORM_TOKEN=" + b"a" * 24 + b"&text=" + value
    response = client.post("/write", data=body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 400


@pytest.mark.parametrize("value", [b"\xff", b"a\0b", b"\xc3"])
def test_broken_multipart_fields_are_refused(client: Client, value: bytes) -> None:
    client.set_cookie(forms.TOKEN_COOKIE, "a" * 24)
    token = b'--x\r\nContent-Disposition: form-data; name="__FORM_TOKEN"\r\n\r\n' + b"a" * 24 + b"\r\n"
    field = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n' + value + b"\r\n--x--\r\n"
    response = client.post("/write", data=token + field, content_type="multipart/form-data; boundary=x")
    assert response.status_code == 400


def test_multipart_text_is_utf_8(client: Client, project: Project) -> None:
    client.set_cookie(forms.TOKEN_COOKIE, "a" * 24)
    data = {"text": "Zürich ✓", forms.TOKEN_FIELD: "a" * 24}
    assert client.post("/write", data=data, content_type="multipart/form-data").status_code == 303
    assert pages_of(project) == ["Zürich ✓"]


def test_other_methods_are_not_allowed(client: Client) -> None:
    response = client.open("/page", method="PUT")
    assert response.status_code in (400, 405)
    assert client.open("/write", method="GET").status_code == 405


def test_a_final_slash_is_taken_off(client: Client) -> None:
    response = client.get("/page/?x=1")
    assert (response.status_code, response.headers["Location"]) == (301, "/page?x=1")


def test_a_redirect_off_the_final_slash_stays_here(client: Client) -> None:
    response = client.get("//evil.example/")
    assert response.status_code in (301, 404)
    assert not response.headers.get("Location", "").startswith("//")


def test_a_foreign_host_header_is_refused(client: Client) -> None:
    assert client.get("/page", headers={"Host": "a/b"}).status_code == 400


def test_a_page_view_leaves_no_session(client: Client, project: Project) -> None:
    client.get("/look")
    with project.database.begin("read") as db:
        assert db.execute(select(func.count()).select_from(session)).scalar_one() == 0


def test_a_preference_begins_a_session(client: Client, project: Project) -> None:
    response = post(client, "/remember")
    cookie = client.get_cookie("trac_session")
    assert response.status_code == 303 and cookie is not None
    assert cookie.http_only and cookie.same_site == "Lax"
    with project.database.begin("read") as db:
        row = db.execute(select(session_attribute.c.sid, session_attribute.c.value)).one()
    assert tuple(row) == (cookie.value, "Europe/Berlin")


def test_a_session_id_of_the_visitors_choice_is_dropped(client: Client) -> None:
    client.set_cookie("trac_session", "c" * 24)
    post(client, "/remember")
    cookie = client.get_cookie("trac_session")
    assert cookie is not None and cookie.value != "c" * 24


def settle(project: Project) -> None:
    """Wait until the database file is old enough for its stamp to be trusted."""
    while project.database.stamp() is None:
        time.sleep(0.01)


def test_a_stranger_gets_the_kept_page_without_asking_the_database(client: Client, project: Project) -> None:
    settle(project)
    client.get("/page")
    with count_statements(project.database) as statements:  # type: ignore[arg-type]
        assert client.get("/page").text.startswith("<p>0 pages")
    assert statements == []


def test_a_change_is_seen_at_once_by_strangers(client: Client, project: Project) -> None:
    settle(project)
    assert client.get("/page").text.startswith("<p>0 pages")
    post(client, "/write", text="A")
    assert client.get("/page").text.startswith("<p>1 pages")


def test_somebody_known_gets_a_page_of_their_own(client: Client, project: Project) -> None:
    settle(project)
    client.get("/page")
    response = client.get("/page", environ_overrides={"REMOTE_USER": "joe"})
    assert "pages for joe" in response.text
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "pages for anonymous" in client.get("/page").text


def test_kept_forms_have_fresh_tokens(client: Client, project: Project) -> None:
    settle(project)
    first, second = client.get("/form").text, client.get("/form").text
    assert first.split('"')[1] != second.split('"')[1]
    cookie = client.get_cookie(forms.TOKEN_COOKIE)
    assert cookie is not None and cookie.value in second
