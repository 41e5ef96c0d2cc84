"""The stand-alone server as it is started and stopped, and what it says when it cannot start."""

from __future__ import annotations

import http.client
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.hosting.conftest import edit_ini
from tests.hosting.served import Served, running, tracd

pytestmark = pytest.mark.slow

# A view that takes its time, as a large report does, in a project that is otherwise real.
SLOW = """
import sys, time
from pathlib import Path
from werkzeug.wrappers import Response
from trackside.hosting import assemble, opening, tracd
from trackside.kernel.feature import Feature, Route

def slow(work, request):
    print("begun", file=sys.stderr, flush=True)
    time.sleep(2)
    return Response("x" * 3_000_000)

feature = Feature(name="slow", routes=(Route("/slow", slow, None),))
opening.FEATURES = (*opening.FEATURES, feature)
sys.exit(tracd.main(sys.argv[1:]))
"""


def test_it_works(env: Path) -> None:
    with tracd("-s", env) as server:
        status, headers, page = server.get("/wiki/WikiStart")
        assert (status, headers["server"]) == (200, "Trackside")
        assert "Pond env" in page
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(10) == 0


@pytest.mark.parametrize(("limit", "status"), [("262144", b"413"), ("999999999", b"")])
def test_no_request_is_longer_than_any_project_takes(env: Path, limit: str, status: bytes) -> None:
    edit_ini(env, "\nmax_size = 262144\n", f"\nmax_size = {limit}\n")
    with tracd("-s", env) as server, socket.create_connection(("127.0.0.1", server.port), 2) as line:
        line.sendall(b"POST /wiki HTTP/1.1\r\nHost: x\r\nContent-Length: 300000000\r\n\r\n")
        try:
            answer = line.recv(100)
        except TimeoutError:
            answer = b""
        assert answer.split(b" ")[1:2] == ([status] if status else [])


def test_interrupting_it_ends_it_well(env: Path) -> None:
    with tracd("-s", env) as server:
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(10) == 0


def test_what_is_under_way_is_answered_and_nothing_new_begun(env: Path) -> None:
    command = [sys.executable, "-c", SLOW, "-p", "0", "-b", "127.0.0.1", "-s", str(env)]
    with running(command) as server:
        answers: list[tuple[int, int]] = []
        asking = threading.Thread(target=lambda: answers.append(_length_of(server, "/slow")))
        asking.start()
        assert server.process.stderr is not None
        assert server.process.stderr.readline() == "begun\n"
        server.process.send_signal(signal.SIGTERM)
        _wait_until_refused(server.port)
        assert server.process.poll() is None, "it waits for the request under way"
        asking.join()
        assert answers == [(200, 3_000_000)]
        assert server.process.wait(10) == 0


def _length_of(server: Served, address: str) -> tuple[int, int]:
    status, _, text = server.get(address)
    return status, len(text)


def _wait_until_refused(port: int) -> None:
    """New visitors are turned away at once, long before the slow answer is ready."""
    until = time.monotonic() + 1.5
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return
        time.sleep(0.05)
    raise AssertionError("the port is still open")


def test_connections_kept_open_do_not_keep_it_alive(env: Path) -> None:
    with tracd("-s", env) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request("GET", "/wiki")
        connection.getresponse().read()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(10) == 0
        connection.close()


def test_a_line_of_the_log_names_project_and_request(env: Path) -> None:
    command = [
        sys.executable,
        "-c",
        SLOW.replace("time.sleep(2)", "1 / 0"),
        "-p",
        "0",
        "-b",
        "127.0.0.1",
        "-s",
    ]
    with running([*command, str(env)]) as server:
        page = server.get("/slow")[2]
        assert "ZeroDivisionError" not in page
        server.process.send_signal(signal.SIGTERM)
        told = server.process.communicate(timeout=20)[1]
    assert re.search(r"ERROR \[env [0-9a-f]{8}\] trackside\.web: \[[0-9a-f]{8}\] ZeroDivisionError", told)


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ([], 2, "Name the directory"),
        (["-s", "{env}", "{env}"], 2, "exactly one"),
        (["-s", "-e", "{env}"], 2, "exactly one"),
        (["{env}/nowhere"], 2, "is not a directory"),
        (["-e", "{env}/VERSION"], 2, "is not a directory"),
        (["-s", "{env}/conf"], 2, "not a Trac environment"),
        (["--basic-auth", "env", "{env}"], 2, "project,file,realm"),
        (["-a", "a,b,c", "--basic-auth", "a,b,c", "{env}"], 2, "not allowed with"),
        (["-p", "{port}", "{env}"], 1, "Nobody can listen"),
        (["--umask", "9", "{env}"], 2, "umask"),
    ],
)
def test_what_is_asked_wrongly(env: Path, options: list[str], code: int, words: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        filled = [o.format(env=env, port=taken.getsockname()[1]) for o in options]
        command = [sys.executable, "-m", "trackside.hosting.tracd", "-b", "127.0.0.1", *filled]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert (done.returncode, words in done.stderr, "Traceback" in done.stderr) == (code, True, False), done


def test_of_two_with_one_name_the_first_is_served(env: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    env.rename(tmp_path / "other" / "env")
    other = tmp_path / "other" / "env"
    env.mkdir()
    edit_ini(other, "name = Pond env", "name = The first")
    with tracd(other, env) as server:
        assert "The first" in server.get("/env/wiki")[2]
        assert "The first" in server.get("/")[2]


def test_work_is_done_without_being_asked_for(env: Path) -> None:
    command = [sys.executable, "-m", "trackside.hosting.cli", "worker", "--once", str(env)]
    assert subprocess.run(command, capture_output=True, timeout=30).returncode == 0
