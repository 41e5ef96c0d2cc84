"""Create, upgrade, copy an environment directory."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from trackside.db import backup, connection_string, default_data, own_schema
from trackside.db import upgrade as schema_upgrade
from trackside.db.schema import VERSION
from trackside.features.people import actions as people
from trackside.features.wiki import actions as wiki
from trackside.hosting import starting
from trackside.hosting.features import FEATURES
from trackside.hosting.opening import VERSION_LINE, database_of, open_config, open_project
from trackside.jobs.scope import open_system_work
from trackside.kernel.access import TRAC_ADMIN
from trackside.kernel.config import Config
from trackside.kernel.errors import Failure, Invalid, Misconfigured
from trackside.kernel.settings import options_of
from trackside.kernel.site_settings import SITE_SETTINGS

Say = Callable[[str], None]
_FOLDERS = ("conf", "htdocs", "log", "plugins", "templates")
_SIDE_FILES = ("-journal", "-stmtjrnl", "-shm", "-wal")


def create(
    path: Path,
    *,
    name: str,
    database: str = "sqlite:db/trac.db",
    inherit: Sequence[str] = (),
    given: Config | None = None,
    has_default_data: bool = True,
    now: datetime | None = None,
) -> None:
    """A new environment at `path`; nothing is left behind when that fails.

    `given` holds options that win over the defaults; with `inherit` the defaults are not written.
    """
    path = path.absolute()
    address = connection_string.parse(database)
    own_file = path / address.path if address.backend == "sqlite" else None
    has_file = own_file is not None and own_file.exists()
    was_there = _check_free(path)
    try:
        _make_files(path)
        config = _write_config(path, name, database, inherit, given)
        _make_database(path, config, has_default_data)
        _write_pages(path, now)
    except BaseException:
        _undo(path, was_there)
        if own_file is not None and not has_file:
            _remove_database(own_file)
        raise


def _check_free(path: Path) -> bool:
    """Whether there is an empty directory already; Invalid where there is more, or no place for one."""
    if not path.parent.is_dir():
        raise Invalid("There is no directory %(path)s to make a project in.", path=path.parent)
    if not path.exists():
        return False
    if not path.is_dir() or any(path.iterdir()):
        raise Invalid("%(path)s exists and is not empty.", path=path)
    return True


def _make_files(path: Path) -> None:
    path.mkdir(exist_ok=True)
    for folder in _FOLDERS:
        (path / folder).mkdir()
    (path / "VERSION").write_text(f"{VERSION_LINE}\n", encoding="ascii")
    (path / "README").write_text(starting.README, encoding="utf-8")
    for file, text in starting.SITE_SAMPLES.items():
        (path / "templates" / f"{file}.sample").write_text(text, encoding="utf-8")


def _write_config(
    path: Path, name: str, database: str, inherit: Sequence[str], given: Config | None
) -> Config:
    config = Config.empty(path / "conf" / "trac.ini")
    if inherit:
        config.set("inherit", "file", ",\n".join(inherit))
    for section, option, value in starting.options(has_defaults=not inherit, features=FEATURES):
        config.set(section, option, value)
    if given is not None:
        for section in given.sections():
            for option, value in given.items(section).items():
                config.set(section, option, value)
    config.set("project", "name", name)
    config.set("trac", "database", database)
    config.save()
    os.chmod(config.path, 0o600)
    write_sample(path)
    return Config.load(config.path)


def write_sample(path: Path) -> None:
    """`trac.ini.sample`: every option with its default; only people read it."""
    sample = path / "conf" / "trac.ini.sample"
    sample.unlink(missing_ok=True)
    config = Config.empty(sample)
    for kind in (*SITE_SETTINGS, *(s for feature in FEATURES for s in feature.settings)):
        for option in options_of(kind):
            config.set(option.section, option.name, option.default_text)
    config.save()
    os.chmod(sample, 0o644)


def default_of(section: str, name: str) -> str | None:
    """The default of a declared option, as Trac writes it."""
    for kind in (*SITE_SETTINGS, *(s for feature in FEATURES for s in feature.settings)):
        for option in options_of(kind):
            if (option.section, option.name) == (section, name.lower()):
                return option.default_text
    return None


def _make_database(path: Path, config: Config, has_default_data: bool) -> None:
    database = database_of(path, config)
    default_data.create_database(database, has_default_data=has_default_data)
    database.make_wal()
    with database.begin("write") as db:
        own_schema.ensure_own_tables(db)


def _write_pages(path: Path, now: datetime | None) -> None:
    project = open_project(path)
    with open_system_work(project, "a new environment has nobody yet", now=now) as work:
        for page, text in starting.pages():
            wiki.import_page(work, page, text, is_readonly=page not in starting.OPEN_PAGES)
    project.database.close()


def _undo(path: Path, was_there: bool) -> None:
    """A directory that was there keeps its owner and mode."""
    if not was_there:
        return shutil.rmtree(path, ignore_errors=True)
    for entry in path.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink()


def _remove_database(file: Path) -> None:
    for suffix in ("", *_SIDE_FILES):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def grant_admin(path: Path, user: str) -> None:
    with open_system_work(open_project(path), "the command line acts for the administrator") as work:
        people.grant_permission(work, user, str(TRAC_ADMIN))


def upgrade(path: Path, *, has_backup: bool = True, say: Say) -> bool:
    """To Trac's newest schema with our tables beside; False when there was nothing to do."""
    path = path.absolute()
    config = open_config(path)
    database = database_of(path, config)
    with database.begin("read") as db:
        is_done = not schema_upgrade.is_needed(db) and own_schema.has_own_tables(db)
    if is_done:
        say("The database is up to date; there is nothing to do.")
        return False
    schema_upgrade.upgrade(path, config, database, backup=has_backup, report=say)
    if (path / "conf" / "trac.ini.sample").exists():
        write_sample(path)
    say(f"Done: the database is at version {VERSION}.")
    return True


def hot_copy(path: Path, target: Path, *, has_database: bool = True) -> list[str]:
    """Copy an environment while it is in use; the files that could not be copied, with the reason."""
    path, target = path.absolute(), target.absolute()
    config = open_config(path)
    if target.exists():
        raise Invalid("%(path)s exists already.", path=target)
    if target.resolve().is_relative_to(path.resolve()):
        raise Invalid("A copy cannot be made inside of what is copied.")
    address = connection_string.parse(config.get("trac", "database", "sqlite:db/trac.db"))
    own_file = path / address.path if address.backend == "sqlite" else None
    unfinished = target.with_name(f".{target.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        problems = _copy_tree(path, unfinished, own_file)
        if has_database:
            _copy_database(path, config, address, unfinished)
        os.rename(unfinished, target)
    except (OSError, Failure) as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        if isinstance(error, Failure):
            raise
        raise Misconfigured("The copy could not be made: %(reason)s.", reason=error) from None
    return problems


def _copy_database(path: Path, config: Config, address: connection_string.Address, target: Path) -> None:
    """An SQLite file below the environment goes to its own place, anything else to `db/` as a dump."""
    is_inside = address.backend == "sqlite" and not Path(address.path).is_absolute()
    name = address.path if is_inside else f"db/{address.scheme}-db-backup.sql"
    (target / name).parent.mkdir(parents=True, exist_ok=True)
    backup.copy_database(path, config, target / name)


def _copy_tree(source: Path, target: Path, database_file: Path | None) -> list[str]:
    left_out = set()
    if database_file is not None:
        left_out = {str(database_file)} | {f"{database_file}{suffix}" for suffix in _SIDE_FILES}

    def ignore(folder: str, names: list[str]) -> set[str]:
        return {name for name in names if os.path.join(folder, name) in left_out}

    try:
        shutil.copytree(source, target, symlinks=True, ignore=ignore)
    except shutil.Error as error:
        return [f"{file}: {reason}" for file, _, reason in error.args[0]]
    return []
