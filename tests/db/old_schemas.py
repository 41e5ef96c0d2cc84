"""Databases as older lines of Trac left them, from version 21 on, with rows that each step must carry."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, insert

from tests.db.old_rows import BODIES, rows
from trackside.db import ddl, schema
from trackside.db.engine import Database, open_database
from trackside.db.schema import index, int32, int64, key, text
from trackside.db.upgrades import v28


def tables(version: int) -> list[Table]:
    """The tables of that version: those of 45, with what later steps change as it was before."""
    found = {table.name: table for table in schema.metadata.sorted_tables}
    for last, change in _BEFORE:
        if version < last:
            change(found, version)
    return list(found.values())


def _before_44(found: dict[str, Table], version: int) -> None:
    found["enum"] = Table("enum", MetaData(), key("type"), key("name"), text("value"))


def _before_42(found: dict[str, Table], version: int) -> None:
    found["attachment"] = Table(
        "attachment",
        MetaData(),
        key("type"),
        key("id"),
        key("filename"),
        int32("size"),
        int64("time") if version >= 25 else int32("time"),
        text("description"),
        text("author"),
        text("ipnr"),
    )
    found["wiki"] = Table(
        "wiki",
        MetaData(),
        key("name"),
        key("version", Integer),
        int64("time") if version >= 25 else int32("time"),
        text("author"),
        text("ipnr"),
        text("text"),
        text("comment"),
        int32("readonly"),
        index("wiki", "time"),
    )


def _before_38(found: dict[str, Table], version: int) -> None:
    found["node_change"] = _node_change(key("repos", Integer) if version >= 24 else key("repos"))


def _node_change(*repos: Column[Any]) -> Table:
    rest = (
        key("rev"),
        key("path"),
        text("node_type"),
        key("change_type"),
        text("base_path"),
        text("base_rev"),
        index("node_change", *(["repos", "rev"] if repos else ["rev"])),
    )
    return Table("node_change", MetaData(), *repos, *rest)


def _before_35(found: dict[str, Table], version: int) -> None:
    del found["notify_watch"]


def _before_34(found: dict[str, Table], version: int) -> None:
    del found["notify_subscription"]


def _before_27(found: dict[str, Table], version: int) -> None:
    found["cache"] = Table("cache", MetaData(), key("id"), int32("generation"))


def _before_25(found: dict[str, Table], version: int) -> None:
    """Times are of 32 bits."""
    for name in ("ticket", "ticket_change", "milestone", "version", "revision"):
        narrow = found[name].to_metadata(MetaData())
        for column in narrow.columns:
            if column.name in ("time", "changetime", "due", "completed"):
                column.type = Integer()
        found[name] = narrow


def _before_24(found: dict[str, Table], version: int) -> None:
    found["repository"] = Table("repository", MetaData(), key("id"), key("name"), text("value"))
    found["revision"] = Table(
        "revision",
        MetaData(),
        key("repos"),
        key("rev"),
        int32("time"),
        text("author"),
        text("message"),
        index("revision", "repos", "time"),
    )


def _before_23(found: dict[str, Table], version: int) -> None:
    del found["repository"]
    found["revision"] = Table(
        "revision",
        MetaData(),
        key("rev"),
        int32("time"),
        text("author"),
        text("message"),
        index("revision", "time"),
    )
    found["node_change"] = _node_change()


def _before_22(found: dict[str, Table], version: int) -> None:
    del found["cache"]


_BEFORE: tuple[tuple[int, Callable[[dict[str, Table], int], None]], ...] = (
    (44, _before_44),
    (42, _before_42),
    (38, _before_38),
    (35, _before_35),
    (34, _before_34),
    (27, _before_27),
    (25, _before_25),
    (24, _before_24),
    (23, _before_23),
    (22, _before_22),
)


def make_environment(
    path: Path, version: int, address: str = "sqlite:db/trac.db", options: str = ""
) -> Database:
    """A whole environment: files, trac.ini with the options of its time, and a filled database."""
    for folder in ("conf", "db", "htdocs", "log", "plugins", "templates"):
        (path / folder).mkdir(parents=True)
    (path / "VERSION").write_text("Trac Environment Version 1\n")
    (path / "conf" / "trac.ini").write_text(trac_ini(version, address) + options, encoding="utf-8")
    if version < 26:
        (path / "wiki-macros").mkdir()
    for (realm, parent, name), body in BODIES.items():
        place = v28.new_path(path, realm, parent, name)
        if version < 28:
            place = path / "attachments" / realm / quote(parent) / quote(name)
        place.parent.mkdir(parents=True)
        place.write_bytes(body)
    if address.startswith("sqlite:"):
        (path / "db" / "trac.db").touch()
    database = open_database(address, path)
    made = tables(version)
    with database.begin("write") as db:
        for table in made:
            ddl.create(db, table)
            if database.backend == "mysql" and version < 37:
                _narrow(db, table)
    with database.begin("write") as db:
        fill(db, version, {table.name: table for table in made})
    return database


def _narrow(db: Connection, table: Table) -> None:
    """Texts of 64 kilobytes, as MySQL had them."""
    changes = ", ".join(
        f"MODIFY `{column.name}` text{' NOT NULL' if column.primary_key else ''}"
        for column in table.columns
        if isinstance(column.type, Text)
    )
    if changes:
        db.exec_driver_sql(f"ALTER TABLE `{table.name}` {changes}")


def trac_ini(version: int, address: str) -> str:
    sections: dict[str, dict[str, str]] = {
        "trac": {"database": address},
        "project": {"name": f"Old {version}"},
        "ticket-workflow": {
            "leave": "* -> *",
            "leave.operations": "leave_status",
            "accept": "new -> assigned",
            "resolve": "new,assigned,reopened -> closed",
            "resolve.operations": "set_resolution",
        },
    }
    for last, section, option, value in _OLD_OPTIONS:
        if version < last:
            sections.setdefault(section, {})[option] = value
    return "\n".join(
        f"[{name}]\n" + "".join(f"{option} = {value}\n" for option, value in options.items())
        for name, options in sections.items()
    )


_OLD_OPTIONS = (
    (29, "components", "trac.versioncontrol.svn_prop.subversionpropertyrenderer", "disabled"),
    (30, "trac", "permission_policies", "DefaultPermissionPolicy, LegacyAttachmentPolicy"),
    (31, "trac", "repository_dir", "/srv/svn"),
    (32, "trac", "repository_sync_per_request", "(default), other"),
    (32, "repositories", "other.dir", "/srv/other"),
    (32, "repositories", "third.dir", "/srv/third"),
    (36, "authz_policy", "authz_file", "conf/authz.conf"),
    (39, "trac", "authz_file", "/srv/authz"),
    (39, "trac", "repository_type", "git"),
    (40, "notification", "always_notify_owner", "true"),
    (40, "notification", "always_notify_updater", "false"),
    (41, "trac", "mainnav", "wiki, timeline, tickets"),
    (45, "notification", "ticket_subject_template", "$prefix #$ticket.id: $summary"),
)


def fill(db: Connection, version: int, made: dict[str, Table]) -> None:
    for name, found in rows(version).items():
        table = made.get(name)
        for row in found if table is not None else []:
            assert table is not None
            db.execute(
                insert(table).values({column: row[column] for column in row if column in table.columns})
            )
