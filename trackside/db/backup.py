"""A consistent copy of a database: SQLite's own backup, `pg_dump`, `mysqldump`."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from trackside.db import connection_string
from trackside.db.connection_string import MEMORY, Address
from trackside.kernel.config import Config
from trackside.kernel.errors import Misconfigured


def back_up(env_path: Path, config: Config, version: int, report: Callable[[str], None]) -> Path | None:
    """Write `<backup_dir>/<scheme>.<version>.<seconds>.bak`; raises before anything else is changed."""
    address = connection_string.parse(config.get("trac", "database", "sqlite:db/trac.db"))
    if address.path == MEMORY:
        return None
    directory = env_path / config.get("trac", "backup_dir", "db")
    target = directory / f"{address.scheme}.{version}.{int(time.time())}.bak"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        written = copy_database(env_path, config, target)
    except (OSError, sqlite3.Error) as error:
        raise _failed(str(error)) from error
    report(f"The database was saved to {written}")
    return written


def copy_database(env_path: Path, config: Config, target: Path) -> Path:
    """Copy or dump the whole database. The answer is `target`, with `.gz` added where it is packed."""
    address = connection_string.parse(config.get("trac", "database", "sqlite:db/trac.db"))
    if address.backend == "sqlite":
        return _copy_sqlite(env_path / address.path, target)
    if address.backend == "postgresql":
        return _dump_postgresql(address, config, target)
    return _dump_mysql(address, config, target)


def _copy_sqlite(file: Path, target: Path) -> Path:
    """Whatever the journal mode, and while others write."""
    if not file.exists():
        raise Misconfigured("There is no database file %(path)s.", path=file)
    unfinished = target.with_name(target.name + ".part")
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(unfinished)) as copy:
        source.backup(copy)
    os.replace(unfinished, target)
    return target


def _dump_postgresql(address: Address, config: Config, target: Path) -> Path:
    target = target.with_name(target.name + ".gz")
    command = [config.get("trac", "pg_dump_path", "pg_dump"), "-C", "--inserts", "-x", "-Z", "8"]
    host = address.parameters.get("host") or address.host
    for option, value in (("-U", address.user), ("-h", host), ("-p", address.port)):
        if value:
            command += [option, str(value)]
    command += ["-n", f'"{address.schema}"', "-f", str(target), address.path]
    _run(command, target, {"PGPASSWORD": address.password} if address.password else {})
    return target


def _dump_mysql(address: Address, config: Config, target: Path) -> Path:
    command = [config.get("trac", "mysqldump_path", "mysqldump")]
    defaults = address.parameters.get("read_default_file")
    command.append(f"--defaults-file={defaults}" if defaults else "--no-defaults")
    for option, value in (("-h", address.host), ("-P", address.port), ("-u", address.user)):
        if value:
            command.append(f"{option}{value}")
    if address.parameters.get("compress") == "1":
        command.append("--compress")
    socket = address.parameters.get("unix_socket")
    if socket:
        command += ["--protocol=socket", f"--socket={socket}"]
    # One snapshot, without locks: nothing that is open elsewhere is waited for.
    command += ["--single-transaction", "-r", str(target), address.path]
    _run(command, target, {"MYSQL_PWD": address.password} if address.password else {})
    return target


def _run(command: list[str], target: Path, secrets: dict[str, str]) -> None:
    try:
        subprocess.run(  # noqa: S603 - the administrator's program, no shell
            command, env=os.environ | secrets, check=True, capture_output=True, text=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        reason = getattr(error, "stderr", "") or str(error)
        raise _failed(reason) from error
    if not target.exists():
        raise _failed(f"{command[0]} wrote nothing")


def _failed(reason: str) -> Misconfigured:
    return Misconfigured(
        "The database could not be saved, and nothing was changed: %(reason)s"
        " (`upgrade --no-backup` goes on without a copy.)",
        reason=reason.strip(),
    )
