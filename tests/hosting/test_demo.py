"""The demo project: made once, sound, and with everything that its pages promise."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import Client

from trackside.features.people.passwords import HtpasswdFile
from trackside.hosting import demo
from trackside.hosting.opening import open_project
from trackside.hosting.projects import Projects
from trackside.hosting.wsgi import Site

_LINK = re.compile(r'(?:href|src)="(/[^"#]*)')


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo"
    assert demo.make(path)
    return path


@pytest.fixture
def visitor(project: Path) -> Client:
    site = Site(Projects(open_project))

    def of_demo(environ, start_response):  # type: ignore[no-untyped-def]
        environ["trac.env_path"] = str(project)
        return site(environ, start_response)

    return Client(of_demo)


def test_it_works(visitor: Client) -> None:
    assert "Tidewatch" in visitor.get("/").text
    assert "Put a first gauge into the water" in visitor.get("/ticket/1").text


def test_it_is_made_once(project: Path) -> None:
    before = demo.sign_in(project)
    assert not demo.make(project)
    assert demo.sign_in(project) == before


def test_every_link_of_every_page_leads_somewhere(visitor: Client) -> None:
    failed = {address: status for address, status in _walk(visitor) if status >= 400}
    assert failed == {"/newticket": 403}


def _walk(visitor: Client) -> Iterator[tuple[str, int]]:
    """Every address that pages without a query link to, but for links to things that are not there."""
    waiting, seen = ["/"], {"/"}
    while waiting:
        address = waiting.pop()
        answer = visitor.get(address, buffered=True)
        yield address, answer.status_code
        if answer.mimetype != "text/html" or "?" in address:
            continue
        page = re.sub(r'<a class="[^"]*missing[^>]*>', "", answer.text)
        for link in _LINK.findall(page):
            link = link.replace("&amp;", "&")
            if link not in seen and not link.startswith(("/login", "/newticket?")):
                seen.add(link)
                waiting.append(link)


def test_passwords_open_it_and_only_the_owner_reads_them(project: Path) -> None:
    file = project / "conf" / "passwords"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    htpasswd = HtpasswdFile(project / "conf" / "htpasswd")
    people = demo.sign_in(project)
    assert list(people) == [demo.ADMIN, demo.MEMBER]
    assert all(htpasswd.check(name, password) for name, password in people.items())
    assert not htpasswd.check(demo.ADMIN, "mira")


def test_an_interrupted_making_is_begun_again(tmp_path: Path) -> None:
    (tmp_path / ".demo.unfinished" / "db").mkdir(parents=True)
    (tmp_path / ".demo.unfinished" / "VERSION").write_text("Trac Environment Version 1\n")
    assert demo.make(tmp_path / "demo")
    assert [entry.name for entry in tmp_path.iterdir()] == ["demo"]


def test_the_command_tells_how_to_sign_in(project: Path) -> None:
    command = [sys.executable, "-m", "trackside.hosting.demo", str(project)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert all(f"{name} with {password}" in said for name, password in demo.sign_in(project).items())
