"""Environments that cannot be served: a sentence on the command line, for visitors a page without details."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.hosting.conftest import edit_ini
from tests.hosting.served import client
from trackside.db.idle import idle
from trackside.hosting import trac_admin

NOBODY = 65534


def ini(old: str, new: str) -> Callable[[Path], None]:
    return lambda env: edit_ini(env, old, new)


def _database(text: str) -> Callable[[Path], None]:
    return ini("database = sqlite:db/trac.db", f"database = {text}")


def _version(number: str) -> Callable[[Path], None]:
    def set_version(env: Path) -> None:
        with sqlite3.connect(env / "db" / "trac.db") as db:
            db.execute("UPDATE system SET value = ? WHERE name = 'database_version'", (number,))
        db.close()

    return set_version


def _write(name: str, data: bytes) -> Callable[[Path], None]:
    def write(env: Path) -> None:
        (env / name).write_bytes(data)

    return write


def _remove(name: str) -> Callable[[Path], None]:
    return lambda env: (env / name).unlink()


@dataclass(frozen=True, slots=True)
class Case:
    """What is broken, and words of the sentence that says so."""

    name: str
    damage: Callable[[Path], None]
    words: tuple[str, ...]


CASES = (
    Case("no VERSION", _remove("VERSION"), ("not a Trac environment", "No such file")),
    Case("other VERSION", _write("VERSION", b"Trac Environment Version 2\n"), ("Version 2",)),
    Case("no trac.ini", _remove("conf/trac.ini"), ("conf/trac.ini", "does not exist")),
    Case("no delimiter", ini("[attachment]", "[attachment]\nnothing"), ("trac.ini", "line 4")),
    Case("before all sections", ini("# -*- coding: utf-8 -*-", "x = 1"), ("trac.ini", "line 1")),
    Case("no database", _database(""), ("database",)),
    Case("unknown scheme", _database("oracle:x"), ("oracle", "sqlite:")),
    Case("wrong port", _database("postgres://u:hush@h:1x/d"), ("postgres://u:***@h:1x/d", "port")),
    Case("parameter without value", _database("sqlite:db/trac.db?timeout"), ("timeout",)),
    Case("no file", _database("sqlite:db/other.db"), ("db/other.db",)),
    Case("not a database", _write("db/trac.db", b"nonsense" * 100), ("db/trac.db", "not a SQLite")),
    Case("empty database", _write("db/trac.db", b""), ("no tables of Trac",)),
    Case("newer", _version("99"), ("99", "newer")),
    Case("older", _version("41"), ("upgrade", "trac-admin")),
    Case("ancient", _version("17"), ("17", "0.11")),
    Case("no number", _version("x"), ("which version",)),
    Case(
        "unknown policy",
        ini("DefaultPermissionPolicy", "AuthzPolicyOfMine"),
        ("permission_policies", "AuthzPolicyOfMine"),
    ),
    Case("timeout", ini("timeout = 20", "timeout = long"), ("[trac] timeout", "long", "number")),
    Case("log level", ini("log_level = INFO", "log_level = LOUD"), ("[logging] log_level", "LOUD")),
)


def admin(env: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "trackside.hosting.trac_admin", str(env), *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2])


def check_command_line(env: Path, case: Case) -> None:
    done = admin(env, "permission", "list")
    assert done.returncode == 2, done
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1, done.stderr
    for word in case.words:
        assert word in done.stderr, done.stderr
    assert "hush" not in done.stderr


def check_page(env: Path, case: Case, caplog: pytest.LogCaptureFixture) -> None:
    answer = client(env_path=str(env)).get("/wiki/WikiStart")
    assert answer.status_code == 500
    assert answer.mimetype == "text/html"
    assert "cannot be served" in answer.text
    assert "Content-Security-Policy" in answer.headers
    for secret in ("Traceback", str(env), "hush", "db/trac.db"):
        assert secret not in answer.text
    told = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert len(told) == 1, told
    assert all(word in told[0] for word in case.words)
    assert told[0][1:9] in answer.text, "the page tells the id that the log has"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_page_says_that_and_the_log_says_why(
    env: Path, case: Case, caplog: pytest.LogCaptureFixture
) -> None:
    case.damage(env)
    check_page(env, case, caplog)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_command_line_says_why_in_one_sentence(env: Path, case: Case) -> None:
    case.damage(env)
    check_command_line(env, case)


def test_it_works(env: Path) -> None:
    assert client(env_path=str(env)).get("/wiki/WikiStart").status_code == 200
    assert admin(env, "permission", "list").returncode == 0


def test_an_administrator_is_told_to_upgrade_and_visitors_that_one_must(env: Path) -> None:
    _version("41")(env)
    assert f'trac-admin "{env}" upgrade' in admin(env, "config", "set", "a", "b", "c").stderr
    assert "has run an upgrade" in client(env_path=str(env)).get("/").text


@pytest.mark.skipif(os.geteuid() != 0, reason="root can become somebody who may not read")
@pytest.mark.parametrize("name", ["VERSION", "conf/trac.ini", "conf", "db/trac.db", "db"])
def test_files_that_may_not_be_read(env: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert client(env_path=str(env)).get("/wiki").status_code == 200
    with open_to_all(env):
        (env / name).chmod(0)
        with as_nobody():
            code = trac_admin.main([str(env), "permission", "list"])
            page = client(env_path=str(env)).get("/wiki")
    told = capsys.readouterr().err
    assert (code, told.count("\n")) == (2, 1), told
    assert told.startswith("Error: ")
    assert page.status_code in (500, 503)
    assert str(env) not in page.text


@contextmanager
def as_nobody() -> Iterator[None]:
    """This process as a user who owns nothing."""
    idle.close()
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


@contextmanager
def open_to_all(env: Path) -> Iterator[None]:
    """Let anybody walk to and into the environment, so that only what the test closes is closed."""
    parents = [path for path in env.parents if path != Path("/") and path.stat().st_uid == os.geteuid()]
    modes = {path: path.stat().st_mode for path in parents}
    for path in parents:
        path.chmod(0o755)
    for path in [env, *env.rglob("*")]:
        path.chmod(0o777 if path.is_dir() else 0o666)
    try:
        yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


@pytest.mark.parametrize(
    ("text", "package"),
    [("postgres://u:hush@h/d", "trackside[postgresql]"), ("mysql://u:hush@h/d", "trackside[mysql]")],
)
def test_a_missing_driver_is_named_with_what_to_install(env: Path, text: str, package: str) -> None:
    _database(text)(env)
    program = (
        "import sys; sys.modules['psycopg'] = sys.modules['pymysql'] = None\n"
        "from trackside.hosting.trac_admin import main\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    command = [sys.executable, "-c", program, str(env), "permission", "list"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert package in done.stderr
    assert done.stderr.count("\n") == 1
    assert "hush" not in done.stderr


@pytest.mark.parametrize("command", ["serve", "worker", "upgrade", "release", "adopt"])
def test_every_command_says_that_this_is_no_project(tmp_path: Path, command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "trackside.hosting.cli", command, str(tmp_path / "nowhere")],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("Error: ")
    assert "nowhere" in done.stderr
    assert done.stderr.count("\n") == 1
