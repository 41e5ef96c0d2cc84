"""The same failure, the same words: on a page, as a problem for scripts, and on the command line."""

from __future__ import annotations

import html
import json
from pathlib import Path

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from tests.projects import make_project
from trackside.hosting import environment, trac_admin
from trackside.kernel.errors import (
    Conflict,
    Failure,
    Forbidden,
    Invalid,
    Misconfigured,
    NotFound,
    Unavailable,
)
from trackside.kernel.feature import Feature, Route
from trackside.kernel.i18n import ENGLISH
from trackside.kernel.work import Work
from trackside.web import app
from trackside.web.request import Request

FAILURES: tuple[Failure, ...] = (
    Invalid("“%(value)s” is not right.", value="<1>"),
    NotFound("There is no %(value)s.", value="<1>"),
    Forbidden("This needs %(value)s.", value="<1>"),
    Conflict("%(value)s was changed meanwhile.", value="<1>"),
    Unavailable("Come back for %(value)s.", value="<1>"),
)
SECRET = Misconfigured("The file %(path)s is broken.", path="/srv/secret/trac.ini")


def fail(work: Work, request: Request, number: int) -> Response:
    raise (*FAILURES, SECRET)[number]


SAMPLE = Feature("sample", routes=(Route("/fail/<int:number>", fail, None),))


@pytest.fixture
def client(tmp_path: Path) -> Client:
    project = make_project(tmp_path / "sample", (SAMPLE,))
    return Client(lambda environ, start: app.answer(project, Request(environ))(environ, start))


@pytest.mark.parametrize("number", range(len(FAILURES)))
def test_a_page_and_a_script_are_told_the_same(client: Client, number: int) -> None:
    failure = FAILURES[number]
    words = ENGLISH.failure(failure)
    assert "<1>" in words and words == str(failure)
    page = client.get(f"/fail/{number}")
    problem = client.get(f"/fail/{number}", headers={"X-Requested-With": "XMLHttpRequest"})
    assert page.status_code == problem.status_code == failure.status
    assert problem.mimetype == "application/problem+json"
    told = json.loads(problem.text)
    assert (told["status"], told["detail"]) == (failure.status, words)
    assert words in html.unescape(page.text) and "<1>" not in page.text
    assert told["title"] in html.unescape(page.text)
    assert page.headers.get("Retry-After") == problem.headers.get("Retry-After")


def test_a_fault_of_the_set_up_is_told_to_the_administrator_only(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    for headers in ({}, {"X-Requested-With": "XMLHttpRequest"}):
        answer = client.get(f"/fail/{len(FAILURES)}", headers=headers)
        assert answer.status_code == SECRET.status
        assert "secret" not in answer.text
    assert "/srv/secret/trac.ini" in caplog.text


def test_the_command_line_says_it_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    environment.create(tmp_path / "env", name="Sample")
    for words in (
        ["component", "remove", "<1>"],
        ["component", "add", "component1"],
        ["permission", "add", "joe", "NO"],
    ):
        capsys.readouterr()
        assert trac_admin.main([str(tmp_path / "env"), *words]) == trac_admin.FAILED
        said = capsys.readouterr()
        text = (said.err + said.out).strip()
        assert text.startswith("Error: ") and len(text.splitlines()) == 1
