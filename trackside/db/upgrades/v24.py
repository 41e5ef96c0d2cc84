"""24: repositories have numbers; their names are stored beside their other properties."""

from __future__ import annotations

from sqlalchemy import Connection, Integer, MetaData, Table, insert, select

from trackside.db.schema import index, int32, key, text
from trackside.db.upgrades import v23
from trackside.db.upgrades.step import Step, is_text, rebuild

_metadata = MetaData()

repository = Table("repository", _metadata, key("id", Integer), key("name"), text("value"))

revision = Table(
    "revision",
    _metadata,
    key("repos", Integer),
    key("rev"),
    int32("time"),
    text("author"),
    text("message"),
    index("revision", "repos", "time"),
)

node_change = Table(
    "node_change",
    _metadata,
    key("repos", Integer),
    key("rev"),
    key("path"),
    text("node_type"),
    key("change_type"),
    text("base_path"),
    text("base_rev"),
    index("node_change", "repos", "rev"),
)


def shape(step: Step) -> None:
    """The names come first and the repositories' numbers last: a second run counts as the first did."""
    db = step.db
    if not is_text(db, "repository", "id"):
        return
    _store_names(db)
    names = db.execute(select(v23.repository.c.id).distinct()).scalars()
    numbers = {name: number for number, name in enumerate(sorted(names), 1)}
    for table, column in ((revision, "repos"), (node_change, "repos"), (repository, "id")):
        if is_text(db, table.name, column):
            rebuild(db, table, {column: _numbered(column, len(numbers))}, _bound(numbers))


def _store_names(db: Connection) -> None:
    old = v23.repository
    known = set(db.execute(select(old.c.id).where(old.c.name == "name")).scalars())
    for name in db.execute(select(old.c.id).distinct()).scalars().all():
        if name not in known:
            db.execute(insert(old).values(id=name, name="name", value=name))


def _numbered(column: str, count: int) -> str:
    cases = " ".join(f"WHEN :name{number} THEN {number}" for number in range(1, count + 1))
    return f"CASE {column} {cases} ELSE 0 END" if cases else "0"


def _bound(numbers: dict[str, int]) -> dict[str, object]:
    return {f"name{number}": name for name, number in numbers.items()}
