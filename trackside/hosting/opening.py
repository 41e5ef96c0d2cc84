"""An environment directory to an open Project, or one clear sentence why not."""

from __future__ import annotations

from pathlib import Path

from trackside.db import own_schema, versions
from trackside.db.engine import Database, Options, open_database
from trackside.hosting.assemble import assemble
from trackside.hosting.features import FEATURES
from trackside.kernel.config import Config
from trackside.kernel.errors import Misconfigured
from trackside.kernel.project import Project
from trackside.kernel.settings import build
from trackside.kernel.site_settings import LoggingSettings, SqliteSettings, TracSettings

VERSION_LINE = "Trac Environment Version 1"


def check_directory(path: Path) -> None:
    """VERSION is readable and right."""
    try:
        with open(path / "VERSION", encoding="utf-8", errors="replace") as file:
            found = file.readline(200).rstrip()
    except OSError as error:
        raise Misconfigured(
            "%(path)s is not a Trac environment: its VERSION file cannot be read (%(reason)s).",
            path=path,
            reason=error.strerror or error,
        ) from None
    if found != VERSION_LINE:
        raise Misconfigured(
            "%(path)s is not a Trac environment that is known here: its VERSION file says “%(found)s”.",
            path=path,
            found=found,
        )


def open_config(path: Path) -> Config:
    """The environment's trac.ini, after its VERSION."""
    check_directory(path)
    return Config.load(path / "conf" / "trac.ini")


def open_checked(path: Path) -> Config:
    """The same, of an environment whose database is of our version."""
    config = open_config(path)
    database = database_of(path, config)
    with database.begin("read") as db:
        versions.check_version(db, path)
    database.close()
    return config


def database_of(path: Path, config: Config) -> Database:
    extensions = build(SqliteSettings, config).extensions
    return open_database(build(TracSettings, config).database, path, options=Options(extensions=extensions))


def open_project(path: Path) -> Project:
    """Open an environment at Trac's newest schema; our own tables are added to it when they are not there."""
    path = path.absolute()
    config = open_config(path)
    build(LoggingSettings, config)
    database = database_of(path, config)
    with database.begin("read") as db:
        versions.check_version(db, path)
        is_ours = own_schema.has_own_tables(db)
        served = own_schema.recall(db)
    policies = _policies(config, served)
    if not is_ours or policies != served:
        with database.begin("write") as db:
            own_schema.ensure_own_tables(db)
            own_schema.remember(db, policies)
    return assemble(path, config, database, FEATURES)


def _policies(config: Config, served: str | None) -> str:
    """The permission policies as a list; Misconfigured when trac.ini has lost the ones it had.

    A file that was cut short would otherwise open what a policy had closed.
    """
    policies = ",".join(build(TracSettings, config).permission_policies)
    if served not in (None, policies) and not config.has("trac", "permission_policies"):
        raise Misconfigured(
            "trac.ini has lost [trac] permission_policies, which was “%(served)s”. Nothing is served until "
            "the option is there again, as it was or otherwise.",
            served=served,
        )
    return policies
