"""23: several repositories; what was cached so far belongs to the one without a name."""

from __future__ import annotations

from sqlalchemy import MetaData, Table, delete, insert, select

from trackside.db.schema import index, int32, key, system, text
from trackside.db.upgrades.step import Step, create_missing, has_column, rebuild

_MOVED = ("repository_dir", "youngest_rev")

_metadata = MetaData()

repository = Table("repository", _metadata, key("id"), key("name"), text("value"))

revision = Table(
    "revision",
    _metadata,
    key("repos"),
    key("rev"),
    int32("time"),
    text("author"),
    text("message"),
    index("revision", "repos", "time"),
)

node_change = Table(
    "node_change",
    _metadata,
    key("repos"),
    key("rev"),
    key("path"),
    text("node_type"),
    key("change_type"),
    text("base_path"),
    text("base_rev"),
    index("node_change", "repos", "rev"),
)


def shape(step: Step) -> None:
    create_missing(step.db, repository)
    for table in (revision, node_change):
        if not has_column(step.db, table.name, "repos"):
            rebuild(step.db, table, {"repos": "''"})


def data(step: Step) -> None:
    rows = step.db.execute(select(system.c.name, system.c.value).where(system.c.name.in_(_MOVED))).all()
    for row in rows:
        step.db.execute(insert(repository).values(id="", name=row.name, value=row.value))
    step.db.execute(delete(system).where(system.c.name.in_(_MOVED)))
