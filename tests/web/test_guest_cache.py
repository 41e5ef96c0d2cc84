"""Pages kept for strangers: never an old one, never somebody else's, never too many."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select
from werkzeug.test import Client
from werkzeug.wrappers import Response

from tests.projects import make_project
from trackside.db.engine import count_statements
from trackside.db.schema import wiki
from trackside.kernel.feature import Feature, Route
from trackside.kernel.project import Project
from trackside.kernel.work import Work
from trackside.web import app, guest_cache
from trackside.web.request import Request


def show(work: Work, request: Request) -> Response:
    count = work.db.execute(select(func.count()).select_from(wiki)).scalar_one()
    response = Response(f"{count} pages at {request.site_origin}", mimetype="text/html")
    if "header" in request.args:
        response.headers[request.args["header"]] = "x=1"
    return response


def stream(work: Work, request: Request) -> Response:
    count = work.db.execute(select(func.count()).select_from(wiki)).scalar_one()
    return Response(iter([f"{count} ", "pages"]), mimetype="text/html")


SAMPLE = Feature("sample", routes=(Route("/page", show, None), Route("/stream", stream, None)))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path / "sample", (SAMPLE,))


@pytest.fixture
def client(project: Project) -> Client:
    while project.database.stamp() is None:
        time.sleep(0.01)
    return Client(lambda environ, start: app.answer(project, Request(environ))(environ, start))


def statements_of(project: Project, client: Client, address: str, **options: str) -> int:
    with count_statements(project.database) as statements:  # type: ignore[arg-type]
        assert client.get(address, **options).status_code == 200
    return len(statements)


def test_it_works(project: Project, client: Client) -> None:
    assert statements_of(project, client, "/page") > 0
    assert statements_of(project, client, "/page") == 0


@pytest.mark.parametrize("address", ["/stream", "/page?header=Set-Cookie", "/page?header=Cache-Control"])
def test_some_answers_are_not_kept(project: Project, client: Client, address: str) -> None:
    for _ in range(3):
        assert statements_of(project, client, address) > 0


def test_hosts_do_not_share_a_page(client: Client) -> None:
    for host in ("one.example", "two.example", "one.example"):
        assert client.get("/page", base_url=f"https://{host}").text.endswith(f"https://{host}")


def test_head_has_no_body_and_keeps_nothing(project: Project, client: Client) -> None:
    assert client.head("/page").data == b""
    assert statements_of(project, client, "/page") > 0
    assert client.head("/page").data == b""


WRITER = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=10, isolation_level=None)
for line in sys.stdin:
    db.execute("INSERT INTO wiki (name, version, time, text) VALUES (?, 1, 1, '')", [line.strip()])
    print(line.strip(), flush=True)
"""


def test_what_another_process_wrote_shows_at_once(project: Project, client: Client) -> None:
    command = [sys.executable, "-c", WRITER, str(project.path / "db" / "trac.db")]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True) as writer:
        assert writer.stdin and writer.stdout
        for number in range(1, 201):
            client.get("/page")
            writer.stdin.write(f"p{number}\n")
            writer.stdin.flush()
            assert writer.stdout.readline() == f"p{number}\n"
            assert client.get("/page").text.startswith(f"{number} pages")
        writer.stdin.close()


def test_what_was_written_after_the_log_was_emptied_shows_at_once(project: Project, client: Client) -> None:
    with closing(sqlite3.connect(project.path / "db" / "trac.db", isolation_level=None)) as db:
        for number in range(1, 30):
            client.get("/page")
            db.execute("INSERT INTO wiki (name, version, time, text) VALUES (?, 1, 1, '')", [f"p{number}"])
            assert client.get("/page").text.startswith(f"{number} pages")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            assert client.get("/page").text.startswith(f"{number} pages")


def test_the_kept_pages_are_bounded() -> None:
    pages = guest_cache._Pages()
    size = guest_cache.LIMIT_PAGE_BYTES
    keys = [(1, "", "", f"/{number}", "") for number in range(2 * guest_cache.LIMIT_BYTES // size)]
    for key in keys:
        pages.put(key, guest_cache._Page((1,), 0, (b"",), size, "text/html", False))
    kept = [key for key in keys if pages.get(key)]
    assert kept == keys[-len(kept) :]
    assert len(kept) * size <= guest_cache.LIMIT_BYTES
