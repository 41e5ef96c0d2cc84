"""`trac-admin` in Trac's words: what is told, exit codes, and how soon."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scripts.reference import listed_commands
from trackside.hosting import feature_commands, trac_admin
from trackside.hosting.environment_commands import COMMANDS
from trackside.hosting.spoken import LISTED, SPOKEN, similar_to

Capture = pytest.CaptureFixture[str]


def run(*words: str | Path) -> int:
    return trac_admin.main([str(word) for word in words])


def test_it_works(env: Path, capsys: Capture) -> None:
    assert run(env, "config", "get", "project", "name") == 0
    assert capsys.readouterr().out == "Pond env\n"


def test_the_list_of_commands_is_that_of_what_runs_them() -> None:
    assert LISTED.read_text(encoding="utf-8") == listed_commands(), "run `make docs`"
    told = {spoken.words for spoken in SPOKEN}
    assert told == {*COMMANDS, *feature_commands.COMMANDS, "help"} - {"initdb"}


def test_usage(capsys: Capture) -> None:
    for words in ([], ["-h"], ["--help"], ["help"]):
        assert run(*words) == 0
        out = capsys.readouterr().out
        assert "initenv" in out
        assert "Usage: trac-admin" in out
    assert run("--version") == 0
    assert capsys.readouterr().out.startswith("trac-admin ")


def test_help(env: Path, capsys: Capture) -> None:
    assert run(env, "help") == 0
    out = capsys.readouterr().out
    assert all(spoken.words in out for spoken in SPOKEN)
    assert run(env, "help", "config") == 0
    out = capsys.readouterr().out
    assert [word for word in ("get", "set", "remove") if f"config {word}" in out] == ["get", "set", "remove"]
    assert run("help", "initenv") == 0
    assert "--inherit" in capsys.readouterr().out
    assert run("help", "config") == 0
    assert "no documentation" in capsys.readouterr().err


def test_a_wrong_word_is_answered_with_near_ones(env: Path, capsys: Capture) -> None:
    assert run(env, "help", "upgarde") == 0
    assert "upgrade" in capsys.readouterr().err
    assert run(env, "confg", "get") == 2
    assert "config" in capsys.readouterr().err
    assert similar_to("permision") == ["permission"]
    assert similar_to("xyzzy") == []


@pytest.mark.parametrize(
    "words",
    [
        ("config", "get", "project"),
        ("config", "set", "a", "b"),
        ("config", "remove"),
        ("upgrade", "--quick"),
        ("hotcopy",),
        ("hotcopy", "a", "b"),
        ("hotcopy", "a", "--fast"),
        ("initenv", "one"),
        ("initenv", "a", "b", "c"),
        ("initenv", "a", "b", "--inherits=x"),
    ],
)
def test_wrong_arguments_are_answered_with_the_usage(
    tmp_path: Path, words: tuple[str, ...], capsys: Capture
) -> None:
    assert run(tmp_path / "new", *words) == 2
    told = capsys.readouterr()
    assert told.err.startswith("Error: ")
    assert told.out.startswith(words[0])


def test_config(env: Path, capsys: Capture) -> None:
    ini = env / "conf" / "trac.ini"
    assert run(env, "config", "set", "project", "descr", "Deep water") == 0
    assert "descr = Deep water" in ini.read_text()
    assert run(env, "config", "remove", "project", "descr") == 0
    assert run(env, "config", "get", "project", "descr") == 0
    assert capsys.readouterr().out == "My example project\n"
    assert run(env, "config", "set", "fish", "carp", "3") == 0
    assert run(env, "config", "remove", "fish") == 0
    assert "[fish]" not in ini.read_text()
    assert run(env, "config", "remove", "fish", "carp") == 2
    assert run(env, "config", "get", "fish", "carp") == 2


def test_permission(env: Path, capsys: Capture) -> None:
    assert run(env, "permission", "add", "MYDOM\\joe", "WIKI_ADMIN") == 0
    assert run(env, "permission", "list", "MYDOM\\joe") == 0
    assert "WIKI_ADMIN" in capsys.readouterr().out
    assert run(env, "permission", "add", "joe", "WIKI_ADMINN") == 2
    assert run(env, "permission", "remove", "joe", "WIKI_ADMIN") == 2


def test_the_shell_goes_on_after_errors(env: Path) -> None:
    lines = ["config get project name", "nonsense", "", "'open", "? config"]
    lines += ["permission add 'my\\joe' TICKET_VIEW", "quit", "config get a b", ""]
    command = [sys.executable, "-m", "trackside.hosting.trac_admin", str(env)]
    done = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True)
    assert done.returncode == 0
    assert "Pond env" in done.stdout
    assert "config remove SECTION" in done.stdout
    assert done.stderr.count("Error:") == 2, done.stderr
    listed = subprocess.run([*command, "permission", "list"], capture_output=True, text=True).stdout
    assert "my\\joe" in listed


@pytest.mark.alone
def test_help_answers_within_three_tenths_of_a_second(env: Path) -> None:
    for words in ([], [str(env), "help"], ["--version"]):
        command = [sys.executable, "-m", "trackside.hosting.trac_admin", *words]
        assert min(_seconds(command) for _ in range(5)) < 0.3


def _seconds(command: list[str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begin


def test_help_loads_neither_database_nor_features(env: Path) -> None:
    program = (
        "import sys; from trackside.hosting import trac_admin; trac_admin.main(sys.argv[1:]);"
        "heavy = ('sqlalchemy', 'jinja2', 'trackside.features');"
        "print([m for m in sys.modules if m.startswith(heavy)])"
    )
    done = subprocess.run([sys.executable, "-c", program, str(env), "help"], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can write for somebody else")
def test_root_leaves_trac_ini_to_its_owner(env: Path) -> None:
    ini = env / "conf" / "trac.ini"
    os.chown(ini, 65534, 65534)
    assert run(env, "config", "set", "project", "descr", "Deep water") == 0
    kept = ini.stat()
    assert (kept.st_uid, kept.st_gid, kept.st_mode & 0o777) == (65534, 65534, 0o600)
