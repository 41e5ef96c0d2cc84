"""Database servers of the tests' own: in a directory that goes with them, on a free port and socket."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from glob import glob
from itertools import count
from pathlib import Path
from typing import Any

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server. `fresh` makes an empty database on it and answers its connection string."""

    scheme: str
    port: int
    socket: Path
    client: tuple[str, ...]
    start: Callable[[], None]
    stop: Callable[[], None]

    def fresh(self, collation: str = "utf8mb4_bin") -> str:
        name = f"t{os.getpid()}_{next(_numbers)}"
        if self.scheme == "postgres":
            self.execute(f"CREATE DATABASE {name}")
            return f"postgres://trac@127.0.0.1:{self.port}/{name}"
        charset = collation.partition("_")[0]
        self.execute(f"CREATE DATABASE {name} CHARACTER SET {charset} COLLATE {collation}")
        return f"mysql://trac@localhost/{name}?unix_socket={self.socket}"

    def execute(self, statement: str) -> None:
        subprocess.run([*self.client, statement], check=True, capture_output=True)


@contextmanager
def postgresql() -> Iterator[Server]:
    programs = sorted(glob("/usr/lib/postgresql/*/bin/pg_ctl")) or _found("pg_ctl")
    if not programs:
        raise FileNotFoundError("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    folder = Path(programs[-1]).parent
    with _directory("postgres") as (place, user):
        data, port = place / "data", _free_port()
        initdb = [folder / "initdb", "-D", data, "-A", "trust", "-U", "trac", "-E", "UTF8", "--no-sync"]
        _run(user, [*initdb, "--locale=C.UTF-8"])
        options = f"-k {place} -c listen_addresses=127.0.0.1 -p {port} -c fsync=off -c max_connections=60"
        control = [folder / "pg_ctl", "-D", data, "-w"]

        def start() -> None:
            _run(user, [*control, "-o", options, "-l", place / "log", "start"])

        def stop() -> None:
            _run(user, [*control, "-m", "immediate", "stop"])

        client = ("psql", "-h", str(place), "-p", str(port), "-U", "trac", "-d", "postgres", "-qc")
        start()
        try:
            yield Server("postgres", port, place, client, start, stop)
        finally:
            stop()


@contextmanager
def mariadb() -> Iterator[Server]:
    program = (
        shutil.which("mariadbd") or shutil.which("mysqld") or next(iter(glob("/usr/sbin/mariadbd")), None)
    )
    if program is None:
        raise FileNotFoundError("MariaDB is not installed (Debian: apt-get install mariadb-server)")
    with _directory("mysql") as (place, user):
        data, port, link = place / "data", _free_port(), place / "socket"
        install = ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db"]
        _run(user, [*install, "--auth-root-authentication-method=normal"])
        options = [f"--datadir={data}", f"--socket={link}", f"--port={port}", "--bind-address=127.0.0.1"]
        speed = ["--innodb-flush-log-at-trx-commit=2", "--innodb-buffer-pool-size=64M", "--skip-name-resolve"]
        client = ("mariadb", "--no-defaults", f"--socket={link}", "-uroot", "-e")
        running: list[subprocess.Popen[bytes]] = []

        def start() -> None:
            with open(place / "log", "ab") as log:
                command = [program, "--no-defaults", *options, *speed]
                process = subprocess.Popen(command, stdout=log, stderr=log, **_as_user(user))
            running.append(process)
            _wait_for(server, process)

        def stop() -> None:
            with running.pop() as process:
                process.kill()

        server = Server("mysql", port, link, client, start, stop)
        start()
        try:
            server.execute("CREATE USER trac@localhost; GRANT ALL ON *.* TO trac@localhost")
            yield server
        finally:
            stop()


def _wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        try:
            return server.execute("SELECT 1")
        except subprocess.CalledProcessError:
            if process.poll() is not None:
                raise
            time.sleep(0.1)
    raise TimeoutError("MariaDB does not answer")


def _found(program: str) -> list[str]:
    path = shutil.which(program)
    return [path] if path else []


@contextmanager
def _directory(account: str) -> Iterator[tuple[Path, str | None]]:
    """A short path, for sockets; owned by the server's own account when we are root."""
    place = Path(tempfile.mkdtemp(prefix="ts-", dir="/tmp"))
    user = account if os.geteuid() == 0 else None
    try:
        if user:
            entry = pwd.getpwnam(user)
            os.chown(place, entry.pw_uid, entry.pw_gid)
        place.chmod(0o755)
        yield place, user
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _as_user(user: str | None) -> dict[str, Any]:
    if user is None:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _run(user: str | None, command: Sequence[object]) -> None:
    """Output goes to a file: a server that it starts keeps it open."""
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(
            [str(part) for part in command], stdout=output, stderr=output, cwd="/", **_as_user(user)
        )
        output.seek(0)
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {output.read().decode(errors='replace')}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
