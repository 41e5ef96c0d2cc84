"""What Trackside writes into the Cython project's Trac, Trac 1.6 opens and shows."""

from __future__ import annotations

import hashlib
import re
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from urllib.request import urlopen

import pytest
from werkzeug.test import Client

from tests.cython import Page, adopted, browser, submit, unpack
from trackside.hosting import adopt, environment

pytestmark = [pytest.mark.slow, pytest.mark.trac]

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = adopted(tmp_path_factory.mktemp("cython"))
    _write_with_trackside(path)
    return path


def _write_with_trackside(path: Path) -> None:
    client = browser(path, "admin")
    _write_tickets(client)
    _write_pages(client)


def _write_tickets(client: Client) -> None:
    """A new ticket, a comment with a change, a resolution."""
    made = submit(
        client,
        "/newticket",
        "/newticket",
        field_summary="Grüße from a new ticket",
        field_description="Described by ''Trackside''.\r\n\r\n * see #100",
        field_component="Code Generation",
        field_keywords="adopted",
        submit="1",
    )
    assert made.status_code == 303, made.text
    assert made.headers["Location"] == "/ticket/881"
    commented = submit(
        client,
        "/ticket/100",
        "/ticket/100",
        comment="A comment written by '''Trackside'''.",
        field_keywords="numerics, kept",
        submit="1",
    )
    assert commented.status_code == 303, commented.text
    closed = submit(
        client,
        "/ticket/881",
        "/ticket/881",
        comment="Done with it.",
        action="resolve",
        action_resolve_resolve_resolution="fixed",
        submit="1",
    )
    assert closed.status_code == 303, closed.text


def _write_pages(client: Client) -> None:
    """An edited page, a new one, two files."""
    for page, text in (
        ("WikiStart", "= Edited by Trackside =\r\nSee NewPage.\r\n"),
        ("NewPage", "Brand new."),
    ):
        saved = submit(
            client, f"/wiki/{page}?action=edit", f"/wiki/{page}", text=text, comment="why not", save="1"
        )
        assert saved.status_code == 303, saved.text
    for parent in ("ticket/100", "wiki/NewPage"):
        attached = submit(
            client,
            f"/attachment/{parent}/?action=new",
            f"/attachment/{parent}/",
            attachment=(BytesIO(PICTURE), "grüße.png"),
            description="a picture",
        )
        assert attached.status_code == 303, attached.text


@contextmanager
def trac_serving(trac_admin: Path, env: Path) -> Iterator[str]:
    """Trac 1.6's own server on the environment."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(trac_admin.with_name("tracd")), "-s", "-b", "127.0.0.1", "-p", str(port), str(env)]
    with subprocess.Popen(command, cwd=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("Trac did not start")


def read(url: str) -> bytes:
    with urlopen(url, timeout=60) as answer:
        assert answer.status == 200
        return bytes(answer.read())


@pytest.fixture(scope="module")
def trac(trac_admin: Path, env: Path) -> Iterator[str]:
    with trac_serving(trac_admin, env) as address:
        yield address


def text_of(html: bytes) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.decode("utf-8")))


def test_it_works(trac: str) -> None:
    assert "Edited by Trackside" in text_of(read(f"{trac}/wiki"))


def test_trac_shows_the_new_ticket(trac: str) -> None:
    shown = text_of(read(f"{trac}/ticket/881"))
    assert "Grüße from a new ticket" in shown
    assert "closed" in shown and "fixed" in shown
    assert "Done with it." in shown
    assert "Described by Trackside" in shown


def test_trac_shows_the_comment_with_its_number(trac: str) -> None:
    html = read(f"{trac}/ticket/100").decode()
    assert "A comment written by <strong>Trackside</strong>" in html
    numbers = {int(n) for n in re.findall(r'id="trac-change-(\d+)-\d+"', html)}
    assert numbers == set(range(1, max(numbers) + 1))
    assert "kept" in html


def test_trac_sends_the_attached_files_byte_by_byte(trac: str) -> None:
    for parent in ("ticket/100", "wiki/NewPage"):
        sent = read(f"{trac}/raw-attachment/{parent}/gr%C3%BC%C3%9Fe.png")
        assert hashlib.sha256(sent).digest() == hashlib.sha256(PICTURE).digest()


def test_trac_shows_the_history_of_pages(trac: str) -> None:
    assert "why not" in text_of(read(f"{trac}/wiki/WikiStart?action=history"))
    assert "Brand new." in text_of(read(f"{trac}/wiki/NewPage"))


def test_tracs_own_commands_work(trac_admin: Path, env: Path) -> None:
    for words in (
        ["version", "list"],
        ["permission", "list", "admin"],
        ["milestone", "list"],
        ["wiki", "list"],
    ):
        done = subprocess.run([str(trac_admin), str(env), *words], capture_output=True, text=True, cwd=env)
        assert done.returncode == 0, done.stderr


def test_trackside_shows_what_trac_writes(trac_admin: Path, env: Path) -> None:
    client = browser(env)
    assert client.get("/wiki/FromTrac").status_code == 404
    page = env / "from-trac.txt"
    page.write_text("Imported by Trac's own command.")
    subprocess.run([str(trac_admin), str(env), "wiki", "import", "FromTrac", str(page)], check=True, cwd=env)
    shown = client.get("/wiki/FromTrac")
    assert shown.status_code == 200 and "Imported by Trac" in shown.text
    subprocess.run(
        [str(trac_admin), str(env), "permission", "add", "joe", "TICKET_ADMIN"], check=True, cwd=env
    )
    assert browser(env, "joe").get("/newticket").status_code == 200


def test_release_leaves_only_what_trac_had(trac_admin: Path, env: Path, tmp_path: Path) -> None:
    environment.hot_copy(env, tmp_path / "released")
    env = tmp_path / "released"
    assert adopt.release(env)
    with sqlite3.connect(env / "db" / "trac.db") as db:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master")]
        rows = [name for (name,) in db.execute("SELECT name FROM system")]
        assert db.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
    assert not [name for name in names if "trackside" in name]
    assert not [name for name in rows if "trackside" in name]
    done = subprocess.run([str(trac_admin), str(env), "version", "list"], capture_output=True, cwd=env)
    assert done.returncode == 0


@pytest.mark.alone
def test_adoption_takes_seconds(tmp_path: Path) -> None:
    path = unpack(tmp_path)
    started = time.monotonic()
    report = adopt.survey(path)
    adopt.adopt(path, say=lambda line: None)
    assert time.monotonic() - started < 5
    assert report.counts["ticket"] == 880 and report.version == 29
    assert Page(browser(path).get("/wiki").text).headings >= 1
