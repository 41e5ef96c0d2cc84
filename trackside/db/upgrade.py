"""Bring a database of Trac 0.11 or newer to version 45, so that it may be interrupted at any moment.

The tables change in transactions. What must be done to files waits in a row of the database
(the journal) that is written in the same transactions, and is done when they are over: an upgrade
that was killed goes on where it was, and nothing is served meanwhile.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType

from sqlalchemy import Connection, delete, func, insert, select, update

from trackside.db import versions
from trackside.db.backup import back_up
from trackside.db.engine import Database
from trackside.db.own_schema import ensure_own_tables
from trackside.db.schema import VERSION, system
from trackside.db.upgrades import v28
from trackside.db.upgrades.step import Edit, Settings, Step
from trackside.db.versions import FIRST, JOURNAL_ROW, VERSION_ROW
from trackside.kernel.config import Config
from trackside.kernel.errors import Misconfigured, Unavailable

Report = Callable[[str], None]


@dataclass(slots=True)
class Journal:
    """What is left to do once the tables are done. `digest` is of trac.ini before the upgrade."""

    first: int
    digest: str
    edits: list[Edit] = field(default_factory=list)
    copies: list[str] = field(default_factory=list)

    def dump(self) -> str:
        return json.dumps([self.first, self.digest, self.edits, self.copies])

    @classmethod
    def load(cls, text: str) -> Journal:
        first, digest, edits, copies = json.loads(text)
        return cls(first, digest, [(section, option, value) for section, option, value in edits], copies)


def upgrade(
    env_path: Path, config: Config, database: Database, *, backup: bool = True, report: Report
) -> None:
    """Upgrade the database, then trac.ini and the attachments' places, and add our own tables."""
    database = database.patient()
    config = Config.load(config.path)
    with database.begin("read") as db:
        version = _checked_version(db)
        journal = _read_journal(db) or Journal(version, _digest(config.path))
    if backup and version < VERSION:
        back_up(env_path, config, version, report)
    if version < VERSION:
        settings = Settings(config, copies=journal.copies)
        settings.replay(journal.edits)
        with _alone(database):
            _upgrade_tables(database, env_path, settings, journal, report)
        report(f"The database was upgraded from version {journal.first} to {VERSION}.")
    _finish(database, env_path, config.path, report)


def is_needed(db: Connection) -> bool:
    """Whether `upgrade` has something to do."""
    return _checked_version(db) < VERSION or _read_journal(db) is not None


def _checked_version(db: Connection) -> int:
    version = versions.schema_version(db)
    if version < FIRST:
        raise versions.too_old(version)
    if version > VERSION:
        versions.check_version(db, Path())
    return version


@contextmanager
def _alone(database: Database) -> Iterator[None]:
    """On MySQL no transaction lasts as long as the upgrade, so that a lock must keep a second one away."""
    if database.backend != "mysql":
        yield
        return
    with database.begin("read") as db:
        name = func.concat("trackside_upgrade_", func.database())
        if db.execute(select(func.get_lock(name, 0))).scalar() != 1:
            raise Unavailable("Another upgrade of this environment is under way.")
        try:
            yield
        finally:
            db.execute(select(func.release_lock(name)))


def _upgrade_tables(
    database: Database, env_path: Path, settings: Settings, journal: Journal, report: Report
) -> None:
    """In one transaction; on MySQL, where changing a table commits, step by step."""
    if database.backend == "mysql":
        for version in range(FIRST + 1, VERSION + 1):
            _upgrade_by_one(database, version, env_path, settings, journal, report)
        return
    with database.begin("write") as db:
        step = Step(db, settings, env_path, report)
        reached = _locked_version(db)
        for version in range(reached + 1, VERSION + 1):
            for part in _parts(version):
                part(step)
        if reached < VERSION:
            _write_version(db, VERSION, journal, settings)


def _upgrade_by_one(
    database: Database, version: int, env_path: Path, settings: Settings, journal: Journal, report: Report
) -> None:
    module = _module(version)
    with database.begin("write") as db:
        if versions.schema_version(db) >= version:
            return
        if hasattr(module, "shape"):
            module.shape(Step(db, settings, env_path, report))
    with database.begin("write") as db:
        if _locked_version(db) >= version:
            return
        if hasattr(module, "data"):
            module.data(Step(db, settings, env_path, report))
        _write_version(db, version, journal, settings)


def _module(version: int) -> ModuleType:
    """`shape` changes tables and finds them in any half-done state; `data` runs in one transaction with the
    writing of the new version. A step has at least one of them."""
    return import_module(f"trackside.db.upgrades.v{version}")


def _parts(version: int) -> list[Callable[[Step], None]]:
    module = _module(version)
    return [getattr(module, name) for name in ("shape", "data") if hasattr(module, name)]


def _locked_version(db: Connection) -> int:
    """The version, held against a second upgrade until the transaction ends."""
    statement = select(system.c.value).where(system.c.name == VERSION_ROW).with_for_update()
    return int(db.execute(statement).scalar_one())


def _write_version(db: Connection, version: int, journal: Journal, settings: Settings) -> None:
    journal.edits, journal.copies = settings.edits, settings.copies
    db.execute(update(system).where(system.c.name == VERSION_ROW).values(value=str(version)))
    _forget_journal(db)
    db.execute(insert(system).values(name=JOURNAL_ROW, value=journal.dump()))


def _read_journal(db: Connection) -> Journal | None:
    value = db.execute(select(system.c.value).where(system.c.name == JOURNAL_ROW)).scalar()
    return Journal.load(value) if value else None


def _forget_journal(db: Connection) -> None:
    db.execute(delete(system).where(system.c.name == JOURNAL_ROW))


def _finish(database: Database, env_path: Path, path: Path, report: Report) -> None:
    """Do what the journal says, which may have been done in part, then strike it out."""
    settings = Settings(Config.load(path))
    with database.begin("read") as db:
        journal = _read_journal(db)
        if journal is not None and journal.first < 28:
            v28.finish(Step(db, settings, env_path, report))
    if journal is not None:
        _save_copies(path, journal)
        settings.replay(journal.edits)
        if settings.edits:
            settings.config.save()
    with database.begin("write") as db:
        ensure_own_tables(db)
        _forget_journal(db)


def _save_copies(path: Path, journal: Journal) -> None:
    """The trac.ini of before under the names that Trac gives it, unless it was done already."""
    if _digest(path) != journal.digest:
        return
    for suffix in journal.copies:
        copy = _free_name(path, suffix, journal.digest)
        if copy is not None:
            unfinished = copy.with_name(copy.name + ".part")
            shutil.copy2(path, unfinished)
            os.replace(unfinished, copy)


def _free_name(path: Path, suffix: str, digest: str) -> Path | None:
    """`trac.ini.db31.bak`, or with a counter before the extension; None when there is such a copy."""
    stem, extension = suffix.rsplit(".", 1)
    for number in range(1, 100):
        counter = f".{number}" if number > 1 else ""
        copy = path.with_name(f"{path.name}{stem}{counter}.{extension}")
        if not copy.exists():
            return copy
        if _digest(copy) == digest:
            return None
    raise Misconfigured("There are too many copies of %(path)s.", path=path)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
