"""Files below /chrome: those shipped, those of a project, and nothing beside them."""

from __future__ import annotations

from pathlib import Path

import pytest
from werkzeug.test import Client

from tests.projects import make_project
from trackside.web import app, static
from trackside.web.request import Request


@pytest.fixture
def client(tmp_path: Path) -> Client:
    shared = tmp_path / "shared"
    project = make_project(tmp_path / "sample", (), f"[inherit]\nhtdocs_dir = {shared}\n")
    for folder, text in ((shared, "shared"), (tmp_path / "sample" / "htdocs", "own")):
        folder.mkdir()
        (folder / "logo.txt").write_text(text)
    return Client(lambda environ, start: app.answer(project, Request(environ))(environ, start))


def test_it_works(client: Client) -> None:
    name, asset = next(iter(static.manifest(()).items()))
    plain = client.get(f"/chrome/{name}", buffered=True)
    named = client.get(f"/chrome/{name}?v={asset.digest}", buffered=True)
    assert plain.data == named.data == asset.path.read_bytes()
    assert "immutable" in named.headers["Cache-Control"]
    assert "immutable" not in plain.headers["Cache-Control"]
    assert "immutable" not in client.get(f"/chrome/{name}?v=other", buffered=True).headers["Cache-Control"]


def test_a_project_has_files_of_its_own(client: Client) -> None:
    assert client.get("/chrome/site/logo.txt", buffered=True).text == "own"
    assert client.get("/chrome/shared/logo.txt", buffered=True).text == "shared"


def test_a_known_file_is_not_sent_again(client: Client) -> None:
    first = client.get("/chrome/site/logo.txt", buffered=True)
    again = client.get(
        "/chrome/site/logo.txt", buffered=True, headers={"If-None-Match": first.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    "path",
    [
        *(
            "site/../conf/trac.ini",
            "site/%2e%2e/conf/trac.ini",
            "site//etc/passwd",
            "shared/../sample/VERSION",
        ),
        *("site/", "site", "shared", "common/", "common/../app.py", "site/logo.txt%00", "site/..", ""),
    ],
)
def test_nothing_beside_them_is_served(client: Client, path: str) -> None:
    assert client.get(f"/chrome/{path}", buffered=True).status_code in (301, 404)
