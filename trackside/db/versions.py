"""Which version a database has, and what to tell an administrator when it is not ours."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, exc, select

from trackside.db.schema import VERSION, system
from trackside.kernel.errors import Misconfigured

FIRST = 21
VERSION_ROW = "database_version"
INITIAL_ROW = "initial_database_version"
JOURNAL_ROW = "trackside_upgrade"
NEEDS_UPGRADE = 'This environment needs to be upgraded first. Run: trac-admin "%(path)s" upgrade'

_ROWS = select(system.c.name, system.c.value).where(system.c.name.in_((VERSION_ROW, JOURNAL_ROW)))


def schema_version(db: Connection) -> int:
    """The `database_version` of a Trac database."""
    return _number(_rows(db))


def check_version(db: Connection, env_path: Path) -> None:
    """Raise Misconfigured unless the database can be used as it is: one statement."""
    rows = _rows(db)
    version = _number(rows)
    if version > VERSION:
        raise Misconfigured(
            "The database has version %(found)s, newer than the %(known)s that this program knows;"
            " its database_version would have to go down.",
            found=version,
            known=VERSION,
        )
    if version < FIRST:
        raise too_old(version)
    if version < VERSION or JOURNAL_ROW in rows:
        raise Misconfigured(NEEDS_UPGRADE, path=env_path)


def too_old(version: int) -> Misconfigured:
    return Misconfigured(
        "The database has version %(found)s, from before Trac 0.11; databases are upgraded from version"
        " %(first)s on. Upgrade it with Trac 0.11 to 1.6 first.",
        found=version,
        first=FIRST,
    )


def _rows(db: Connection) -> dict[str, str]:
    try:
        return {row.name: row.value for row in db.execute(_ROWS)}
    except (exc.OperationalError, exc.ProgrammingError) as error:
        if error.connection_invalidated:
            raise
        raise Misconfigured("The database holds no tables of Trac.") from error


def _number(rows: dict[str, str]) -> int:
    value = (rows.get(VERSION_ROW) or "").strip()
    if not value.isdecimal():
        raise Misconfigured("The database does not say which version it has.")
    return int(value)
