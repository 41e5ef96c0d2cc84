"""From every old version to 45: the tables of a new database, every row, every file, every option."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Select, insert, select, update

from tests.db.old_rows import BODIES, MISSING, SECOND, SVN, TICKET, WIKI
from tests.db.old_schemas import make_environment
from tests.house.test_schema import shape_of
from trackside.db import versions
from trackside.db.default_data import create_database
from trackside.db.engine import Database, open_database
from trackside.db.own_schema import drop_own_tables
from trackside.db.schema import (
    attachment,
    node_change,
    report,
    repository,
    revision,
    system,
    ticket,
    ticket_change,
    wiki,
)
from trackside.db.upgrade import is_needed, upgrade
from trackside.db.upgrades import v28
from trackside.kernel.config import Config
from trackside.kernel.errors import Misconfigured

OLD = range(21, 45)


def config_of(env: Path) -> Config:
    return Config.load(env / "conf" / "trac.ini")


def run(env: Path, database: Database, *, backup: bool = False) -> list[str]:
    said: list[str] = []
    upgrade(env, config_of(env), database, backup=backup, report=said.append)
    return said


@pytest.fixture
def new_shape(fresh_address: Callable[[], str], tmp_path: Path) -> dict[str, str]:
    database = open_database(fresh_address(), tmp_path / "new")
    create_database(database, has_default_data=False)
    shape = shape_of(database)
    database.close()
    return shape


@pytest.mark.parametrize("version", OLD)
def test_it_works(
    version: int, fresh_address: Callable[[], str], new_shape: dict[str, str], tmp_path: Path
) -> None:
    env = tmp_path / "old"
    database = make_environment(env, version, fresh_address())
    run(env, database)
    with database.begin("read") as db:
        versions.check_version(db, env)
        assert not is_needed(db)
        assert rows_are_carried(db) == []
    with database.begin("write") as db:
        drop_own_tables(db)
    assert shape_of(database) == new_shape
    assert all(v28.new_path(env, *key).read_bytes() == body for key, body in BODIES.items())
    assert not (env / "attachments").exists()
    assert not (env / "wiki-macros").exists()
    options_are_moved(config_of(env))
    database.close()


def rows_are_carried(db: Connection) -> list[str]:
    """What is not as it must be, whatever the version it came from."""
    now = SECOND * 1_000_000
    edit = (ticket_change.c.ticket == 7) & (ticket_change.c.field == "_comment0")
    expected: dict[str, tuple[Select[Any], list[tuple[object, ...]]]] = {
        "times": (
            select(ticket.c.time, ticket.c.changetime).order_by(ticket.c.id),
            [(now, now + 1_000_000), (now, None)],
        ),
        "edits": (select(ticket_change.c.newvalue).where(edit), [(str(now + 2_000_000),)]),
        "revisions": (select(revision.c.repos, revision.c.rev), [(1, "0000000001"), (1, "0000000012")]),
        "changes": (
            select(node_change.c.id, node_change.c.repos, node_change.c.rev, node_change.c.path),
            [
                (1, 1, "0000000001", "trunk/a"),
                (2, 1, "0000000001", "trunk/ä"),
                (3, 1, "0000000012", "trunk/a"),
                (4, 1, "0000000012", "trunk/ä"),
            ],
        ),
        "repositories": (
            select(repository.c.name, repository.c.value).where(
                repository.c.id == 1, repository.c.name.in_(("name", "youngest_rev", "repository_dir"))
            ),
            [("name", ""), ("repository_dir", SVN), ("youngest_rev", "12")],
        ),
        "attachments": (select(attachment.c.filename), [(key[2],) for key in (TICKET, MISSING, WIKI)]),
        "pages": (select(wiki.c.version, wiki.c.text), [(1, "tëxt"), (2, "tëxt")]),
        "plugins": (select(system.c.value).where(system.c.name == "tags_version"), [("2",)]),
    }
    return [
        f"{what}: {found}"
        for what, (statement, wanted) in expected.items()
        if sorted(found := [tuple(row) for row in db.execute(statement)], key=repr)
        != sorted(wanted, key=repr)
    ]


def options_are_moved(config: Config) -> None:
    assert config.get("svn", "authz_file", "/srv/authz") == "/srv/authz"
    assert not config.has("trac", "repository_dir")
    assert not config.has("trac", "mainnav")
    assert not config.has("notification", "always_notify_updater")
    assert "$prefix" not in config.get("notification", "ticket_subject_template")


def test_stock_reports_say_whose_description_they_show(tmp_path: Path) -> None:
    database = make_environment(tmp_path / "old", 43)
    run(tmp_path / "old", database)
    with database.begin("read") as db:
        queries = {row.id: row.query for row in db.execute(select(report.c.id, report.c.query))}
    assert "t.description AS _description_" in queries[1]
    assert "t.description AS _description," not in queries[12]
    database.close()


def test_the_database_is_saved_first(tmp_path: Path) -> None:
    env = tmp_path / "old"
    database = make_environment(env, 29)
    database.make_wal()
    assert any("saved" in line for line in run(env, database, backup=True))
    (saved,) = (env / "db").glob("sqlite.29.*.bak")
    with closing(sqlite3.connect(saved)) as copy:
        assert copy.execute("SELECT value FROM system WHERE name = 'database_version'").fetchone() == ("29",)
        assert copy.execute("SELECT count(*) FROM ticket").fetchone() == (2,)
    assert (env / "conf" / "trac.ini.db41.bak").read_text() != (env / "conf" / "trac.ini").read_text()
    database.close()


def test_when_the_copy_fails_nothing_changes(tmp_path: Path) -> None:
    env = tmp_path / "old"
    database = make_environment(env, 29)
    (env / "blocked").write_text("not a folder")
    config = config_of(env)
    config.set("trac", "backup_dir", "blocked")
    config.save()
    with pytest.raises(Misconfigured, match="could not be saved"):
        run(env, database, backup=True)
    with database.begin("read") as db:
        assert versions.schema_version(db) == 29
    database.close()


def test_a_second_run_finds_nothing_to_do(tmp_path: Path) -> None:
    env = tmp_path / "old"
    database = make_environment(env, 21)
    run(env, database)
    before = (env / "conf" / "trac.ini").read_bytes()
    assert run(env, database) == []
    assert (env / "conf" / "trac.ini").read_bytes() == before
    database.close()


@pytest.mark.parametrize(("version", "word"), [("20", "0.11"), ("46", "newer"), ("x", "which version")])
def test_other_versions_are_refused(tmp_path: Path, version: str, word: str) -> None:
    env = tmp_path / "old"
    database = make_environment(env, 45)
    with database.begin("write") as db:
        db.execute(update(system).where(system.c.name == "database_version").values(value=version))
    with pytest.raises(Misconfigured, match=word):
        run(env, database)
    with pytest.raises(Misconfigured, match=word), database.begin("read") as db:
        versions.check_version(db, env)
    database.close()


def test_an_old_version_is_answered_with_the_command(tmp_path: Path) -> None:
    database = make_environment(tmp_path / "old", 44)
    with (
        pytest.raises(Misconfigured, match=f'trac-admin "{tmp_path}/old" upgrade'),
        database.begin("read") as db,
    ):
        versions.check_version(db, tmp_path / "old")
    database.close()


def test_a_file_of_another_program_is_told_from_an_old_one(tmp_path: Path) -> None:
    (tmp_path / "trac.db").touch()
    database = open_database("sqlite:trac.db", tmp_path)
    with pytest.raises(Misconfigured, match="no tables of Trac"), database.begin("read") as db:
        versions.check_version(db, tmp_path)
    database.close()


def test_files_outside_the_attachments_stay_where_they_are(tmp_path: Path) -> None:
    env = tmp_path / "old"
    database = make_environment(env, 27)
    with database.begin("write") as db:
        db.execute(
            insert(attachment).values(type="wiki", id="../../conf", filename="trac.ini", size=1, time=1)
        )
        db.execute(insert(attachment).values(type="../../..", id="x", filename="y", size=1, time=1))
    said = run(env, database)
    assert sum("leads outside" in line for line in said) >= 2
    assert (env / "conf" / "trac.ini").exists()
    database.close()


def test_what_is_no_attachment_is_left_and_named(tmp_path: Path) -> None:
    env = tmp_path / "old"
    database = make_environment(env, 27)
    (env / "attachments" / "ticket" / "note").write_text("by hand")
    said = run(env, database)
    assert (env / "attachments" / "ticket" / "note").exists()
    assert any(str(env / "attachments") in line for line in said)
    database.close()
