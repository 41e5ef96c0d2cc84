"""New environments beside those of Trac 1.6, copies, and what a failure leaves behind."""

from __future__ import annotations

import configparser
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert

from tests.hosting.conftest import edit_ini
from tests.servers import Server
from trackside.db.schema import component
from trackside.hosting import environment, trac_admin
from trackside.hosting.opening import open_project
from trackside.kernel.errors import Failure, Invalid

Capture = pytest.CaptureFixture[str]
OURS = ("trackside_form_key", "trackside_job", "trackside_lease")


def initenv(path: Path, *words: str) -> int:
    return trac_admin.main([str(path), "initenv", *words])


def options(ini: Path) -> dict[tuple[str, str], str]:
    parser = configparser.RawConfigParser()
    parser.read(ini, encoding="utf-8")
    return {(section, name): value for section in parser.sections() for name, value in parser.items(section)}


def tables(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path / "db" / "trac.db")) as db:
        names = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: sorted(db.execute(f'SELECT * FROM "{name}"'), key=repr) for name in names}


def files(path: Path) -> dict[str, str]:
    return {str(p.relative_to(path)): stat.filemode(p.stat().st_mode) for p in path.rglob("*")}


def test_it_works(tmp_path: Path, capsys: Capture) -> None:
    assert initenv(tmp_path / "new", "My Lake", "sqlite:db/trac.db") == 0
    assert str(tmp_path / "new" / "conf" / "trac.ini") in capsys.readouterr().out
    assert options(tmp_path / "new" / "conf" / "trac.ini")["project", "name"] == "My Lake"


def theirs(trac_admin: Path, path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [str(trac_admin), str(path), *words]
    return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture(scope="module")
def both(trac_admin: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An environment made by Trac 1.6 and one made by us with the same words."""
    folder = tmp_path_factory.mktemp("both")
    theirs(trac_admin, folder / "theirs", "initenv", "Lake", "sqlite:db/trac.db").check_returncode()
    assert initenv(folder / "ours", "Lake", "sqlite:db/trac.db") == 0
    return folder / "theirs", folder / "ours"


@pytest.mark.trac
def test_the_files_are_those_of_trac_with_their_modes(both: tuple[Path, Path]) -> None:
    trac, ours = map(files, both)
    trac.pop("log/trac.log")
    assert {name: mode for name, mode in ours.items() if not name.endswith(("-wal", "-shm"))} == trac
    assert (both[1] / "VERSION").read_bytes() == (both[0] / "VERSION").read_bytes()


@pytest.mark.trac
def test_the_options_are_those_of_trac(both: tuple[Path, Path]) -> None:
    trac, ours = (options(path / "conf" / "trac.ini") for path in both)
    own_words = {("header_logo", "alt"), ("project", "footer")}
    assert ours.keys() == trac.keys()
    assert {key for key in trac if trac[key] != ours[key]} <= own_words


@pytest.mark.trac
def test_the_rows_are_those_of_trac(both: tuple[Path, Path]) -> None:
    trac, ours = map(tables, both)
    assert ours.keys() - trac.keys() == set(OURS)
    assert ("trackside_version", "1") in ours["system"]
    ours["system"] = [row for row in ours["system"] if not str(row[0]).startswith("trackside_")]
    ours["cache"], trac["cache"] = ([row[::2] for row in each["cache"]] for each in (ours, trac))
    own_words = {"wiki", "report", *OURS}
    assert {n: rows for n, rows in ours.items() if n not in own_words} == {
        n: rows for n, rows in trac.items() if n not in own_words
    }
    assert [row[:3] for row in ours["report"]] == [row[:3] for row in trac["report"]]
    writable = {row[0] for row in ours["wiki"] if not row[6]}
    assert writable == {row[0] for row in trac["wiki"] if not row[6]}
    assert {row[0] for row in ours["wiki"]} <= {row[0] for row in trac["wiki"]}
    assert {(row[1], row[3], row[5]) for row in ours["wiki"]} == {(1, "trac", None)}


@pytest.mark.trac
def test_trac_opens_what_we_make(trac_admin: Path, both: tuple[Path, Path]) -> None:
    listed = [theirs(trac_admin, path, "permission", "list").stdout for path in both]
    assert listed[0] == listed[1]
    assert "1.0" in theirs(trac_admin, both[1], "version", "list").stdout
    assert theirs(trac_admin, both[1], "upgrade").returncode == 0


@pytest.mark.trac
@pytest.mark.parametrize(
    "extra", [["--no-default-data"], ["--inherit=../../shared.ini"], ["--config=given.ini"]]
)
def test_what_options_change_is_as_in_trac(trac_admin: Path, tmp_path: Path, extra: list[str]) -> None:
    (tmp_path / "shared.ini").write_text("[project]\ndescr = Shared\n[trac]\nbase_url = http://x/\n")
    given = tmp_path / "given.ini"
    given.write_text("[project]\nname = Given\n[trac]\ndatabase = sqlite:db/given.db\n[fish]\ncarp = 1\n")
    extra = [word.replace("given.ini", str(given)) for word in extra]
    words = [] if "config" in extra[0] else ["Lake", "sqlite:db/trac.db"]
    done = theirs(trac_admin, tmp_path / "theirs", "initenv", *words, *extra)
    assert (done.returncode, initenv(tmp_path / "ours", *words, *extra)) == (0, 0)
    trac, ours = (options(tmp_path / name / "conf" / "trac.ini") for name in ("theirs", "ours"))
    own_words = {("header_logo", "alt"), ("project", "footer")}
    assert ours.keys() == trac.keys()
    assert {key for key in trac if trac[key] != ours[key]} <= own_words
    if extra == ["--no-default-data"]:
        rows = tables(tmp_path / "ours")
        assert [
            n for n in ("component", "milestone", "version", "enum", "permission", "report") if rows[n]
        ] == []
        assert rows["wiki"]


def test_without_arguments_it_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    command = [sys.executable, "-m", "trackside.hosting.trac_admin", str(tmp_path / "new"), "initenv"]
    done = subprocess.run(command, input="Asked\n\n", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    made = options(tmp_path / "new" / "conf" / "trac.ini")
    assert (made["project", "name"], made["trac", "database"]) == ("Asked", "sqlite:db/trac.db")


def test_an_empty_directory_is_used_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert initenv(tmp_path / "empty", "Lake", "sqlite:db/trac.db") == 0
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter").write_text("dear")
    for place in ("empty", "full", "no/parent"):
        assert initenv(tmp_path / place, "Lake", "sqlite:db/trac.db") == 2
    assert (tmp_path / "full" / "letter").read_text() == "dear"


@pytest.mark.parametrize(
    ("database", "code"),
    [
        ("oracle:x", 2),
        ("sqlite:", 2),
        ("postgres://u:hush@127.0.0.1:x/d", 2),
        ("postgres://u:hush@127.0.0.1:1/d", 1),
        ("mysql://u:hush@127.0.0.1:1/d", 1),
        ("sqlite:/proc/none/trac.db", 2),
    ],
)
def test_a_failure_leaves_nothing_behind(tmp_path: Path, database: str, code: int, capsys: Capture) -> None:
    assert initenv(tmp_path / "new", "Lake", database) == code
    assert list(tmp_path.iterdir()) == []
    told = capsys.readouterr().err
    assert told.startswith("Error: ")
    assert "hush" not in told
    (tmp_path / "empty").mkdir()
    assert initenv(tmp_path / "empty", "Lake", database) == code
    assert list(tmp_path.rglob("*")) == [tmp_path / "empty"]


def test_a_failure_later_on_leaves_nothing_behind_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise Invalid("The pages cannot be read.")

    monkeypatch.setattr("trackside.hosting.starting.pages", fail)
    (tmp_path / "empty").mkdir(mode=0o700)
    file = tmp_path / "data" / "trac.db"
    file.parent.mkdir()
    for place, database in (("new", "sqlite:db/trac.db"), ("empty", f"sqlite:{file}")):
        with pytest.raises(Invalid):
            environment.create(tmp_path / place, name="Lake", database=database)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["data", "empty"]
    assert stat.S_IMODE((tmp_path / "empty").stat().st_mode) == 0o700


def test_a_database_that_is_there_is_not_touched(env: Path, tmp_path: Path) -> None:
    before = tables(env)
    assert initenv(tmp_path / "new", "Lake", f"sqlite:{env}/db/trac.db") != 0
    assert not (tmp_path / "new").exists()
    assert tables(env) == before


@pytest.mark.postgresql
@pytest.mark.parametrize("query", ["", "?schema=lake"])
def test_postgresql(tmp_path: Path, postgresql_server: Server, query: str) -> None:
    _on_server(tmp_path, postgresql_server.fresh() + query)


@pytest.mark.mysql
def test_mysql(tmp_path: Path, mysql_server: Server) -> None:
    _on_server(tmp_path, mysql_server.fresh())


def _on_server(tmp_path: Path, database: str) -> None:
    assert initenv(tmp_path / "new", "Lake", database) == 0
    project = open_project(tmp_path / "new")
    with project.database.begin("read") as db:
        assert db.exec_driver_sql("SELECT count(*) FROM component").scalar() == 2
    project.database.close()
    assert initenv(tmp_path / "second", "Lake", database) == 1
    assert not (tmp_path / "second").exists()
    target = tmp_path / "copy"
    assert trac_admin.main([str(tmp_path / "new"), "hotcopy", str(target)]) == 0
    assert [p.name for p in (target / "db").iterdir() if "backup.sql" in p.name]


def test_a_copy_made_while_others_write_is_whole(env: Path, tmp_path: Path) -> None:
    stopping = threading.Event()
    written: list[int] = []

    def write() -> None:
        database = open_project(env).database
        while not stopping.is_set():
            number = len(written)
            with database.begin("write") as db:
                db.execute(insert(component), [{"name": f"{number}-{n}"} for n in range(50)])
            written.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies: list[tuple[Path, int]] = []
        while len(copies) < 5:
            before = len(written)
            target = tmp_path / f"copy{len(copies)}"
            assert environment.hot_copy(env, target) == []
            copies.append((target, before))
    finally:
        stopping.set()
        writer.join()
    assert len(written) > 0
    for target, before in copies:
        names = [str(row[0]) for row in tables(target)["component"]]
        groups = {name.split("-")[0] for name in names if "-" in name}
        assert len([name for name in names if "-" in name]) == 50 * len(groups), (
            "a write is there or it is not"
        )
        assert len(groups) >= before, "what was stored before the copy began is in it"
        with closing(sqlite3.connect(target / "db" / "trac.db")) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_copy_has_everything_and_modes_and_opens(env: Path, tmp_path: Path) -> None:
    (env / "files" / "attachments").mkdir(parents=True)
    (env / "files" / "attachments" / "x").write_bytes(b"x")
    os.symlink("x", env / "files" / "attachments" / "link")
    os.symlink("nowhere", env / "htdocs" / "broken")
    assert trac_admin.main([str(env), "hotcopy", str(tmp_path / "copy")]) == 0
    copied, there = files_and_links(tmp_path / "copy"), files_and_links(env)
    assert copied == there
    assert open_project(tmp_path / "copy").name == "copy"
    assert trac_admin.main([str(env), "hotcopy", str(tmp_path / "copy")]) == 2


def files_and_links(path: Path) -> set[tuple[str, str]]:
    found = [p for p in path.rglob("*") if not p.name.endswith(("-wal", "-shm"))]
    return {(str(p.relative_to(path)), stat.filemode(p.lstat().st_mode)) for p in found}


@pytest.mark.parametrize("database", ["sqlite:db/trac.db", "sqlite:db/trac.db?journal_mode=wal"])
def test_a_copy_without_the_database(env: Path, tmp_path: Path, database: str) -> None:
    edit_ini(env, "sqlite:db/trac.db", database)
    assert trac_admin.main([str(env), "hotcopy", str(tmp_path / "copy"), "--no-database"]) == 0
    assert list((tmp_path / "copy" / "db").iterdir()) == []


def test_a_copy_that_fails_leaves_nothing(env: Path, tmp_path: Path) -> None:
    (env / "db" / "trac.db").unlink()
    with pytest.raises(Failure):
        environment.hot_copy(env, tmp_path / "copy")
    assert [p.name for p in tmp_path.iterdir()] == ["env"]
    with pytest.raises(Invalid):
        environment.hot_copy(env, env)
    with pytest.raises(Invalid):
        environment.hot_copy(env, env / "db" / "copy")


def test_upgrade_says_when_there_is_nothing_to_do(env: Path, capsys: Capture) -> None:
    for words in (["upgrade"], ["upgrade", "--no-backup"]):
        assert trac_admin.main([str(env), *words]) == 0
        assert "nothing to do" in capsys.readouterr().out
