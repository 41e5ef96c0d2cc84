"""Addresses: the page at the root, methods, and routes told apart by a parameter."""

from __future__ import annotations

from pathlib import Path

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from tests.projects import make_project
from trackside.kernel.feature import Feature, Route
from trackside.kernel.work import Work
from trackside.web import app
from trackside.web.request import Request


def plain(work: Work, request: Request) -> Response:
    return Response("plain")


def roadmap(work: Work, request: Request) -> Response:
    return Response("roadmap")


def edit(work: Work, request: Request) -> Response:
    return Response("edit")


def preview(work: Work, request: Request) -> Response:
    return Response("preview")


SAMPLE = Feature(
    "sample",
    routes=(
        Route("/wiki", edit, None, when="action=edit"),
        Route("/wiki", preview, None, when="preview"),
        Route("/wiki", plain, None),
        Route("/roadmap", roadmap, None),
    ),
)


def client_of(folder: Path, home: str = "WikiModule") -> Client:
    ini = f"[trac]\ndefault_handler = {home}\n"
    project = make_project(folder / "sample", (SAMPLE,), ini)
    return Client(lambda environ, start: app.answer(project, Request(environ))(environ, start))


def test_it_works(tmp_path: Path) -> None:
    assert client_of(tmp_path).get("/wiki").text == "plain"


@pytest.mark.parametrize(
    ("home", "text"), [("WikiModule", "plain"), ("RoadmapModule", "roadmap"), ("Unknown", "plain")]
)
def test_the_root_is_the_page_that_the_project_chose(tmp_path: Path, home: str, text: str) -> None:
    assert client_of(tmp_path, home).get("/").text == text


@pytest.mark.parametrize(
    ("query", "text"), [("action=edit", "edit"), ("preview=", "preview"), ("action=other", "plain")]
)
def test_a_parameter_chooses_the_view(tmp_path: Path, query: str, text: str) -> None:
    assert client_of(tmp_path).get(f"/wiki?{query}").text == text


def test_other_methods_are_told_what_is_allowed(tmp_path: Path) -> None:
    answer = client_of(tmp_path).put("/roadmap")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_an_unknown_address_is_not_found(tmp_path: Path) -> None:
    assert client_of(tmp_path).get("/nowhere").status_code == 404
