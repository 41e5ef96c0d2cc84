"""Projects as they are served: in this process through a client, or by `tracd` on a port of its own."""

from __future__ import annotations

import http.client
import re
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.test import Client

from trackside.hosting.wsgi import Site

_SERVING = re.compile(r"Serving at http://\S+?:(\d+)")


def client(**keys: object) -> Client:
    """A browser of a site whose server sets these WSGI keys (`env_path` for `trac.env_path`)."""
    site = Site()
    named = {f"trac.{name}": value for name, value in keys.items()}

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return site({**environ, **named}, start_response)

    return Client(application)


@dataclass(frozen=True, slots=True)
class Served:
    """A running server. What it logs is in `process.stderr`."""

    process: subprocess.Popen[str]
    port: int

    def get(self, address: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], str]:
        """Status, headers by their names in lower case, and text; the address goes out as it is."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.putrequest("GET", address, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, told, answer.read().decode("utf-8", "replace")
        finally:
            connection.close()


@contextmanager
def tracd(*options: str | Path) -> Iterator[Served]:
    command = [sys.executable, "-m", "trackside.hosting.tracd", "-p", "0", "-b", "127.0.0.1"]
    with running([*command, *map(str, options)]) as served:
        yield served


@contextmanager
def running(command: list[str]) -> Iterator[Served]:
    """A server that says where it serves; ended as an administrator would."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
    ) as process:
        try:
            assert process.stdout is not None
            match = _SERVING.search(process.stdout.readline())
            if match is None:
                raise RuntimeError(process.communicate(timeout=10)[1])
            yield Served(process, int(match[1]))
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.communicate(timeout=40)
