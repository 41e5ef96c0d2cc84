"""A served project in a process of its own, and people who use it over real connections."""

from __future__ import annotations

import base64
import http.client
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from passlib.hash import apr_md5_crypt

from tests.cython import Page
from trackside.hosting import environment

PASSWORD = "open sesame"


def make_environment(path: Path, people: int = 1) -> Path:
    """A new project whose members are user1 … and admin; they sign in with PASSWORD."""
    environment.create(path, name="Busy")
    environment.grant_admin(path, "admin")
    hashed = apr_md5_crypt.hash(PASSWORD)
    names = ["admin", *(f"user{number}" for number in range(1, people + 1))]
    (path / "htpasswd").write_text("".join(f"{name}:{hashed}\n" for name in names))
    return path


@dataclass(slots=True)
class Server:
    """`trackside serve` as a process."""

    process: subprocess.Popen[str]
    port: int

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


def start(path: Path, *options: str) -> Server:
    """The server, once it listens."""
    command = [sys.executable, "-m", "trackside.hosting.cli", "serve", "--port", "0", *options]
    auth = ["--basic-auth", f"{path.name},{path / 'htpasswd'},Busy"] if (path / "htpasswd").exists() else []
    process = subprocess.Popen(
        [*command, *auth, str(path)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(r"http://[^:]+:(\d+)", line):
            return Server(process, int(found[1]))
    raise AssertionError(f"the server did not start: {process.wait()}")


@contextmanager
def serving(path: Path, *options: str) -> Iterator[Server]:
    server = start(path, *options)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.kill()
        if server.process.stderr is not None:
            server.process.stderr.close()


@dataclass(slots=True)
class Answer:
    status: int
    location: str
    text: str
    headers: dict[str, str]


@dataclass(slots=True)
class Person:
    """A browser with cookies."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def sign_in(self, name: str) -> Person:
        token = base64.b64encode(f"{name}:{PASSWORD}".encode()).decode()
        answer = self.get("/login", Authorization=f"Basic {token}")
        assert answer.status == 302, answer
        return self

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask("GET", path, None, headers)

    def send(self, page: str, address: str, /, **values: str) -> Answer:
        """Fill in the form of a page and send it."""
        return self.post(address, {**self.form(page, address), **values})

    def form(self, page: str, address: str) -> dict[str, str]:
        return Page(self.get(page).text).form_to(address)

    def post(self, address: str, fields: dict[str, str]) -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", address, urlencode(fields), kind)

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        held = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request(method, path, body, {**headers, **({"Cookie": held} if held else {})})
            response = connection.getresponse()
            text = response.read().decode("utf-8")
        for cookie in response.headers.get_all("Set-Cookie") or ():
            self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(cookie).items()})
        found = dict(response.headers.items())
        return Answer(response.status, response.headers.get("Location") or "", text, found)
