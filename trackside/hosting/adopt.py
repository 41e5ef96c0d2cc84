"""Take a Trac environment over in place, and give it back."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from trackside.db import own_schema
from trackside.hosting import environment
from trackside.hosting.opening import database_of, open_config, open_project
from trackside.hosting.survey import Survey, survey
from trackside.kernel.errors import Unavailable

Say = Callable[[str], None]

__all__ = ["Survey", "adopt", "release", "survey"]


def adopt(path: Path, *, has_copy: bool = True, say: Say) -> None:
    """Copy, upgrade, add our tables. Each part may be interrupted and run again."""
    path = path.absolute()
    if has_copy:
        say(f"A copy of everything is in {copy_first(path)}.")
    environment.upgrade(path, has_backup=False, say=say)
    config = open_config(path)
    database_of(path, config).make_wal()
    open_project(path).database.close()
    say(f"{path} is adopted. To serve it: trackside serve {path}")


def copy_first(path: Path) -> Path:
    """A hot copy beside the environment, under a name that is never served."""
    target = path.with_name(f".{path.name}.before-trackside-{time.strftime('%Y%m%dT%H%M%S')}")
    environment.hot_copy(path, target)
    return target


def release(path: Path) -> bool:
    """Remove our tables and nothing else.

    The SQLite file gets back the journal that Trac's tools expect; False when it keeps its write-ahead log
    because somebody else has it open.
    """
    path = path.absolute()
    database = database_of(path, open_config(path))
    with database.begin("write") as db:
        own_schema.drop_own_tables(db)
    try:
        database.leave_wal()
    except Unavailable:
        return False
    finally:
        database.close()
    return True
