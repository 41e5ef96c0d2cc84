"""The Cython project's Trac taken over and given back, and what is reported of an environment."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.cython import unpack
from tests.hosting.conftest import edit_ini
from trackside.hosting import adopt
from trackside.hosting.cli import main
from trackside.hosting.opening import open_project

pytestmark = pytest.mark.slow


def table_names(env: Path) -> set[str]:
    with closing(sqlite3.connect(env / "db" / "trac.db")) as db:
        return {row[0] for row in db.execute("SELECT name FROM sqlite_master")}


def content(env: Path) -> dict[str, str]:
    """Every file with a digest of what is in it."""
    found = (path for path in env.rglob("*") if path.is_file())
    return {str(path.relative_to(env)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


@pytest.fixture
def cython(tmp_path: Path) -> Path:
    return unpack(tmp_path)


def run(*words: str | Path) -> str:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == 0, result.output
    return result.output


def test_it_works(cython: Path) -> None:
    told = run("adopt", cython)
    assert "880 tickets" in told
    assert "version 29" in told
    assert open_project(cython).name == "cython-trac"
    (copy,) = [path for path in cython.parent.iterdir() if path != cython]
    assert copy.name.startswith(".cython-trac.before-trackside-")
    assert not {name for name in table_names(copy) if name.startswith("trackside")}


@pytest.mark.alone
def test_it_takes_five_seconds_at_most_with_the_copy_and_the_report(cython: Path) -> None:
    begin = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "trackside.hosting.cli", "adopt", str(cython)], check=True, capture_output=True
    )
    assert time.perf_counter() - begin <= 5


def test_looking_changes_nothing(cython: Path) -> None:
    before = content(cython)
    told = json.loads(run("adopt", "--check", "--json", cython))
    assert content(cython) == before
    assert (told["version"], told["database"], told["is_adopted"]) == (29, "sqlite", False)
    expected = {"ticket": 880, "ticket_change": 6044, "attachment": 175, "report": 9}
    assert {name: told["counts"][name] for name in expected} == expected
    assert told["problems"] == []
    assert told["unknown_options"] == []


def test_a_second_time_there_is_nothing_to_do(cython: Path) -> None:
    run("adopt", "--no-copy", cython)
    told = run("adopt", "--no-copy", cython)
    assert "is adopted already" in told
    assert "nothing to do" in told


def test_what_a_report_tells_of(env: Path) -> None:
    edit_ini(
        env,
        "[attachment]",
        "[ticket-custom]\nfish = select\nfish.label = Fish\n[tags]\nignored = x\n[trac]\nmainnav = wiki\n"
        "[components]\n"
        "trac.ticket.* = enabled\nfishfinder.* = enabled\n[attachment]",
    )
    (env / "plugins" / "carp.py").write_text("")
    with closing(sqlite3.connect(env / "db" / "trac.db")) as db, db:
        db.execute("CREATE TABLE tags (tag text)")
        db.execute("INSERT INTO tags VALUES ('a'), ('b')")
        db.execute("INSERT INTO attachment VALUES ('ticket', '7', 'lost.txt', 1, 1, '', 'x')")
    found = adopt.survey(env)
    assert found.custom_fields == ["fish (select)"]
    assert found.plugins == ["plugins/carp.py", "fishfinder.*"]
    assert found.plugin_tables == {"tags": 2}
    assert found.unknown_options == ["tags.ignored"]
    assert found.old_options == ["trac.mainnav"]
    assert any("ticket:7/lost.txt" in problem for problem in found.problems)
    assert any("twice" in problem or "trac" in problem for problem in found.problems)


@pytest.mark.trac
def test_releasing_leaves_what_trac_alone_would_have(trac_admin: Path, cython: Path, tmp_path: Path) -> None:
    again = unpack(tmp_path / "again")
    command = [str(trac_admin), str(again), "upgrade", "--no-backup"]
    subprocess.run(command, check=True, capture_output=True)
    run("adopt", "--no-copy", cython)
    open_project(cython).database.close()
    run("release", cython)
    assert table_names(cython) == table_names(again)
    with closing(sqlite3.connect(cython / "db" / "trac.db")) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert not db.execute("SELECT name FROM system WHERE name LIKE 'trackside%'").fetchall()
    listed = [
        subprocess.run([str(trac_admin), str(env), "milestone", "list"], capture_output=True, text=True)
        for env in (cython, again)
    ]
    assert listed[0].returncode == 0, listed[0].stderr
    assert listed[0].stdout == listed[1].stdout


def test_what_was_released_can_be_adopted_again(cython: Path) -> None:
    run("adopt", "--no-copy", cython)
    run("release", cython)
    assert not {name for name in table_names(cython) if name.startswith("trackside")}
    run("adopt", "--no-copy", cython)
    assert open_project(cython).name == "cython-trac"


def test_init_and_upgrade(tmp_path: Path) -> None:
    told = run("init", tmp_path / "new", "--name", "Lake", "--admin", "ada")
    assert "trackside serve" in told
    project = open_project(tmp_path / "new")
    with project.database.begin("read") as db:
        rows = db.exec_driver_sql("SELECT username FROM permission WHERE action = 'TRAC_ADMIN'").all()
    assert rows == [("ada",)]
    assert "nothing to do" in run("upgrade", tmp_path / "new")
