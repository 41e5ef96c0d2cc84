"""What a database driver raises, as one of the six failures with one sentence for people."""

from __future__ import annotations

import sqlite3

from sqlalchemy import exc

from trackside.kernel.errors import Failure, Misconfigured, Unavailable

_SQLITE_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL)
_SQLITE_AWAY = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL)
_SQLITE_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

_PG_BUSY = ("40001", "40P01", "55P03", "57014", "53")
_PG_AWAY = ("08", "57P", "58")
_PG_REFUSED = ("28", "3D")

_MYSQL_BUSY = {1205, 1213, 1040, 1203, 1226, 1317, 1969, 3024}
_MYSQL_AWAY = {1053, 1077, 1079, 1080, 1927, 2002, 2003, 2006, 2013, 2014, 2055, 4031}
_MYSQL_REFUSED = {1044, 1045, 1049, 1130, 1698}

BUSY = "The database is busy. Nothing was changed; please try again in a moment."
AWAY = "The database does not answer. Nothing was changed; please try again in a moment."
DAMAGED = "The database file is damaged or is not a SQLite database: %(place)s"
REFUSED = "The database server refuses the connection %(place)s; check the user, password and name."


def translate(error: BaseException, place: str) -> Failure | None:
    """The failure that an error of the database stands for; None when it is a mistake of ours."""
    if isinstance(error, exc.TimeoutError):
        return Unavailable(BUSY)
    original = (error.orig if isinstance(error, exc.DBAPIError) else None) or error
    if isinstance(original, sqlite3.Error):
        return _of_sqlite(original, place)
    if type(original).__module__.startswith("pymysql"):
        return _of_mysql(original, place)
    if hasattr(original, "sqlstate"):
        return _of_postgresql(original, place, _is_disconnect(error))
    return Unavailable(AWAY) if _is_disconnect(error) else None


def _is_disconnect(error: BaseException) -> bool:
    return isinstance(error, exc.DBAPIError) and error.connection_invalidated


def _of_sqlite(error: sqlite3.Error, place: str) -> Failure | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _SQLITE_BUSY:
        return Unavailable(BUSY)
    if code in _SQLITE_AWAY:
        return Unavailable(AWAY)
    if code in _SQLITE_DAMAGED:
        return Misconfigured(DAMAGED, place=place)
    return None


def _of_postgresql(error: BaseException, place: str, is_disconnect: bool) -> Failure | None:
    state = getattr(error, "sqlstate", None)
    if state is None:
        return _of_connecting(error, place, is_disconnect)
    if state.startswith(_PG_BUSY):
        return Unavailable(BUSY)
    if state.startswith(_PG_AWAY):
        return Unavailable(AWAY)
    return Misconfigured(REFUSED, place=place) if state.startswith(_PG_REFUSED) else None


def _of_connecting(error: BaseException, place: str, is_disconnect: bool) -> Failure | None:
    """The client library tells a refused login from a silent server only by its text."""
    if type(error).__name__ not in ("OperationalError", "ConnectionTimeout", "InterfaceError"):
        return Unavailable(AWAY) if is_disconnect else None
    words = str(error)
    is_refused = "authentication failed" in words or "FATAL:" in words and "does not exist" in words
    return Misconfigured(REFUSED, place=place) if is_refused else Unavailable(AWAY)


def _of_mysql(error: BaseException, place: str) -> Failure | None:
    code = error.args[0] if error.args else 0
    if code in _MYSQL_BUSY:
        return Unavailable(BUSY)
    if code in _MYSQL_AWAY or type(error).__name__ == "InterfaceError":
        return Unavailable(AWAY)
    return Misconfigured(REFUSED, place=place) if code in _MYSQL_REFUSED else None
