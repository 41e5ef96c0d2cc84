"""Measure guest pages of Trackside beside Trac 1.6: copies of one project, served in one run."""

from __future__ import annotations

import argparse
import http.client
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from socket import socket

from scripts.trac16 import trac16
from trackside.hosting import demo

PAGES = ("/wiki/WikiStart", "/ticket/1", "/query", "/report/1", "/roadmap", "/timeline", "/search?q=the")
TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Side:
    """A running server."""

    name: str
    port: int
    pid: int


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one page: milliseconds of processor time, and pages a second for one client that never pauses."""

    milliseconds: float
    per_second: float


def main() -> int:
    options = arguments()
    with tempfile.TemporaryDirectory(prefix="trackside-bench-") as folder:
        theirs, ours = Path(folder, "trac"), Path(folder, "trackside")
        prepare(options.project, theirs, ours)
        with serve_trac(theirs) as trac, serve_trackside(ours) as trackside:
            print(f"{'page':24} {'Trac 1.6':>20} {'made anew':>20} {'as strangers see it':>20}   times")
            for path in options.pages or PAGES:
                print(line(path, trac, trackside, options.requests))
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", nargs="?", type=Path, help="an environment; the demo project without it")
    parser.add_argument("--requests", type=int, default=100, help="how many a page and server")
    parser.add_argument("--pages", nargs="*", help="these paths")
    return parser.parse_args()


def prepare(project: Path | None, theirs: Path, ours: Path) -> None:
    """Two copies of the project, each ready for its server."""
    if project is None:
        demo.make(theirs)
        run(sys.executable, "-m", "trackside.hosting.cli", "release", theirs)
    else:
        shutil.copytree(project, theirs)
    shutil.copytree(theirs, ours)
    run(trac16() / "trac-admin", theirs, "upgrade", "--no-backup")
    run(sys.executable, "-m", "trackside.hosting.cli", "adopt", "--no-copy", ours)


def run(*command: str | Path) -> None:
    subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL)


@contextmanager
def serve_trac(project: Path) -> Iterator[Side]:
    port = free_port()
    with running(
        "Trac 1.6", port, [str(trac16() / "tracd"), "-s", "--port", str(port), str(project)]
    ) as side:
        yield side


@contextmanager
def serve_trackside(project: Path) -> Iterator[Side]:
    port = free_port()
    command = [sys.executable, "-m", "trackside.hosting.cli", "serve", "--port", str(port), str(project)]
    with running("Trackside", port, command) as side:
        yield side


def free_port() -> int:
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(name: str, port: int, command: Sequence[str]) -> Iterator[Side]:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(port)
            yield Side(name, port, server.pid)
        finally:
            server.terminate()


def wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with closing(socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError(f"no server came up at port {port}")


def line(path: str, trac: Side, trackside: Side, requests: int) -> str:
    """One page on both, in the order A B B A, so that a machine that grows tired is fair."""
    theirs = [measure(trac, path, requests // 2)]
    anew = [measure(trackside, path, requests, is_new=True)]
    again = [measure(trackside, path, requests)]
    again.append(measure(trackside, path, requests))
    anew.append(measure(trackside, path, requests, is_new=True))
    theirs.append(measure(trac, path, requests // 2))
    a, b, c = mean(theirs), mean(anew), mean(again)
    shown = "".join(f" {cost.milliseconds:8.2f} ms {cost.per_second:6.0f}/s" for cost in (a, b, c))
    return (
        f"{path:24} {shown}   {a.milliseconds / b.milliseconds:.0f} / {a.milliseconds / c.milliseconds:.0f}"
    )


def mean(costs: Sequence[Cost]) -> Cost:
    return Cost(
        sum(cost.milliseconds for cost in costs) / len(costs),
        sum(cost.per_second for cost in costs) / len(costs),
    )


_numbers = count()


def measure(side: Side, path: str, requests: int, *, is_new: bool = False) -> Cost:
    """`is_new` gives each request an address of its own, so that no page is answered twice."""
    connection = http.client.HTTPConnection("127.0.0.1", side.port, timeout=60)
    for _ in range(5):
        fetch(connection, path, is_new)
    before, started = processor_seconds(side.pid), time.perf_counter()
    for _ in range(requests):
        fetch(connection, path, is_new)
    passed, spent = time.perf_counter() - started, processor_seconds(side.pid) - before
    connection.close()
    return Cost(max(spent, 1 / TICKS) * 1000 / requests, requests / passed)


def fetch(connection: http.client.HTTPConnection, path: str, is_new: bool) -> None:
    if is_new:
        path = f"{path}{'&' if '?' in path else '?'}n={next(_numbers)}"
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


if __name__ == "__main__":
    sys.exit(main())
