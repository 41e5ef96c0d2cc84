"""The headers that a project adds to its answers, and those it may not."""

from __future__ import annotations

from pathlib import Path

import pytest
from werkzeug.test import Client

from tests.projects import make_project
from trackside.web import app
from trackside.web.request import Request


def client_of(folder: Path, line: str) -> Client:
    project = make_project(folder / "sample", (), f"[project]\nname = S\n[http-headers]\n{line}\n")
    return Client(lambda environ, start: app.answer(project, Request(environ))(environ, start))


def test_it_works(tmp_path: Path) -> None:
    headers = client_of(tmp_path, "X-Team = Pond").get("/nowhere").headers
    assert headers["X-Team"] == "Pond"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["Content-Type", "Content-Length", "Location", "ETag", "Cache-Control"])
def test_what_an_answer_means_is_not_theirs(tmp_path: Path, name: str) -> None:
    assert client_of(tmp_path, f"{name} = theirs").get("/nowhere").headers.get(name) != "theirs"


@pytest.mark.parametrize("line", ["X Y = 1", "X-A = a\u2028b"])
def test_what_is_no_header_is_left_out(tmp_path: Path, line: str) -> None:
    answer = client_of(tmp_path, line).get("/nowhere")
    assert answer.status_code == 404
    assert not {"X Y", "X-A"} & {*dict(answer.headers)}


def test_a_site_may_choose_its_own_policy(tmp_path: Path) -> None:
    headers = client_of(tmp_path, "Referrer-Policy = no-referrer").get("/nowhere").headers
    assert headers.getlist("Referrer-Policy") == ["no-referrer"]
