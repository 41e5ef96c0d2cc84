"""An upgrade that is killed at any moment: nothing is served half-done, and the next run ends it."""

from __future__ import annotations

import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection

from tests.db.old_schemas import make_environment
from tests.db.test_upgrade import config_of, run
from tests.db.test_upgrade_beside_trac import differences
from tests.servers import Server
from trackside.db import upgrade as upgrading
from trackside.db import versions
from trackside.db.engine import Database, open_database
from trackside.db.upgrades import v28
from trackside.kernel.config import Config
from trackside.kernel.errors import Misconfigured

_CHILD = """
import sys
from pathlib import Path
from trackside.db.engine import open_database
from trackside.db.upgrade import upgrade
from trackside.kernel.config import Config
env = Path(sys.argv[1])
config = Config.load(env / "conf" / "trac.ini")
print("begun", flush=True)
database = open_database(config.get("trac", "database"), env)
upgrade(env, config, database, backup=False, report=lambda text: None)
"""


def start(env: Path) -> subprocess.Popen[str]:
    child = subprocess.Popen([sys.executable, "-c", _CHILD, str(env)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "begun\n"
    return child


@pytest.mark.slow
def test_it_works(tmp_path: Path) -> None:
    """Twenty times, at a moment of chance within the time that an upgrade takes."""
    old, whole = tmp_path / "old", tmp_path / "whole"
    make_environment(old, 21).close()
    shutil.copytree(old, whole)
    with start(whole) as child:
        before = time.monotonic()
        assert child.wait() == 0
    needed = time.monotonic() - before
    chance = random.Random(45)
    killed = 0
    for number in range(20):
        env = tmp_path / str(number)
        shutil.copytree(old, env)
        with start(env) as child:
            time.sleep(chance.random() * needed)
            child.send_signal(signal.SIGKILL)
        killed += child.returncode == -signal.SIGKILL
        run(env, open_database("sqlite:db/trac.db", env))
        assert list(differences(env, whole)) == []
    assert killed >= 10


class Killed(BaseException):
    """What stands for the end of the process, at a chosen place."""


_PLACES = ("_write_version", "_save_copies", "_finish", "ensure_own_tables", "_forget_journal")


def die(*arguments: object) -> None:
    raise Killed


@pytest.mark.parametrize("place", _PLACES)
def test_it_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    env, whole = tmp_path / "env", tmp_path / "whole"
    database = make_environment(env, 21)
    shutil.copytree(env, whole)
    run(whole, open_database("sqlite:db/trac.db", whole))
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(upgrading, place, die)
        run(env, database)
    with pytest.raises(Misconfigured, match="upgrade"), database.begin("read") as db:
        versions.check_version(db, env)
    run(env, database)
    assert list(differences(env, whole)) == []
    database.close()


def test_attachments_are_at_hand_all_the_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env = tmp_path / "env"
    database = make_environment(env, 27)
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(v28, "finish", die)
        run(env, database)
    for path in (
        v28.old_path(env, "ticket", "1", "föo bar.txt"),
        v28.new_path(env, "ticket", "1", "föo bar.txt"),
    ):
        assert path.read_bytes() == b"a ticket's file"
    database.close()


def test_options_changed_after_the_kill_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env = tmp_path / "env"
    database = make_environment(env, 29)
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(upgrading, "_save_copies", die)
        run(env, database)
    with closing(sqlite3.connect(env / "db" / "trac.db")) as db:
        (journal,) = db.execute("SELECT value FROM system WHERE name = 'trackside_upgrade'").fetchone()
    assert json.loads(journal)[0] == 29
    config = config_of(env)
    config.set("project", "name", "By hand")
    config.save()
    run(env, database)
    assert config_of(env).get("project", "name") == "By hand"
    assert not config_of(env).has("trac", "mainnav")
    database.close()


@pytest.mark.mysql
@pytest.mark.parametrize("version", [22, 23, 24, 25, 27, 37, 38, 42, 44])
def test_mysql_finds_half_done_tables(
    version: int, tmp_path: Path, mysql_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Changing a table commits there: each step is ended after its tables and before its rows."""
    env = tmp_path / "env"
    address = mysql_server.fresh()
    database = make_environment(env, 21, address)
    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(upgrading, "_locked_version", _dying_before(version))
        run(env, database)
    assert _version(database) == version - 1
    run(env, database)
    assert _version(database) == 45
    assert not Config.load(env / "conf" / "trac.ini").has("trac", "mainnav")
    database.close()


def _dying_before(version: int) -> Callable[[Connection], int]:
    real = upgrading._locked_version

    def locked(db: Connection) -> int:
        found = real(db)
        if found == version - 1:
            raise Killed
        return found

    return locked


def _version(database: Database) -> int:
    with database.begin("read") as db:
        return versions.schema_version(db)
