"""The tables we add beside Trac's; their names begin with `trackside_` so that no plugin's collides."""

from __future__ import annotations

from sqlalchemy import Connection, MetaData, Table, delete, select

from trackside.db import ddl
from trackside.db.schema import auto, index, int32, int64, key, system, text

VERSION = 1
VERSION_ROW = "trackside_version"
POLICIES_ROW = "trackside_policies"

metadata = MetaData()

job = Table(
    "trackside_job",
    metadata,
    auto("id"),
    text("kind"),
    text("handler"),
    text("payload"),
    int32("attempt"),
    int64("due"),
    int64("claimed_until"),
    text("state"),
    text("error"),
    int64("created"),
    index("trackside_job", "state", "due"),
)

form_key = Table(
    "trackside_form_key",
    metadata,
    key("key"),
    text("actor"),
    text("outcome"),
    int64("created"),
    index("trackside_form_key", "created"),
)

lease = Table("trackside_lease", metadata, key("name"), text("holder"), int64("until"))


def recall(db: Connection) -> str | None:
    """The permission policies that were last served."""
    return db.execute(select(system.c.value).where(system.c.name == POLICIES_ROW)).scalar()


def remember(db: Connection, policies: str) -> None:
    db.execute(delete(system).where(system.c.name == POLICIES_ROW))
    db.execute(system.insert().values(name=POLICIES_ROW, value=policies))


def has_own_tables(db: Connection) -> bool:
    """Whether our tables are there, as of this version of them: one statement."""
    found = db.execute(select(system.c.value).where(system.c.name == VERSION_ROW)).scalar()
    return found == str(VERSION)


def ensure_own_tables(db: Connection) -> None:
    """Add what is missing; nothing of Trac's is touched."""
    if has_own_tables(db):
        return
    present = ddl.table_names(db)
    for table in metadata.sorted_tables:
        if table.name not in present:
            ddl.create(db, table)
    db.execute(delete(system).where(system.c.name == VERSION_ROW))
    db.execute(system.insert().values(name=VERSION_ROW, value=str(VERSION)))


def drop_own_tables(db: Connection) -> None:
    """Leave the database as Trac alone would have it."""
    present = ddl.table_names(db)
    for table in metadata.sorted_tables:
        if table.name in present:
            ddl.drop(db, table.name)
    db.execute(delete(system).where(system.c.name.in_((VERSION_ROW, POLICIES_ROW))))
