"""Projects for tests: real environments with real SQLite files, assembled from a few features."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import insert

from trackside.db import ddl, generations, own_schema, schema
from trackside.db.engine import Database, open_database
from trackside.kernel.access import Access, Permission, expand
from trackside.kernel.config import Config
from trackside.kernel.feature import Assembly, Feature
from trackside.kernel.project import Project
from trackside.kernel.ref import Ref
from trackside.web.navigation import BARS, Bars, assemble_bars
from trackside.web.routing import Routes, assemble_routes
from trackside.web.templates_of import Templates, assemble_templates


class Open:
    """A policy that lets everybody do everything, for tests of what is not about permissions."""

    name = "Open"

    def decide(self, access: Access, permission: Permission, ref: Ref) -> bool | None:
        return True

    def looks_at_things(self, permission: Permission, realm: str) -> bool:
        return False


def make_database(path: Path) -> Database:
    """An empty database at Trac's newest schema with our tables, below an environment."""
    file = path / "db" / "trac.db"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    database = open_database("sqlite:db/trac.db", path)
    database.make_wal()
    with database.begin("write") as db:
        for table in schema.metadata.sorted_tables:
            ddl.create(db, table)
        db.execute(insert(schema.system).values(name="database_version", value="45"))
        own_schema.ensure_own_tables(db)
    return database


def make_project(path: Path, features: Sequence[Feature], ini: str = "") -> Project:
    """A project of the given features; its only policy says yes."""
    (path / "conf").mkdir(parents=True, exist_ok=True)
    (path / "VERSION").write_text("Trac Environment Version 1\n")
    (path / "conf" / "trac.ini").write_text(ini or "[project]\nname = Sample\n")
    config = Config.load(path / "conf" / "trac.ini")
    all_features = tuple(features)
    navigation = [item for feature in all_features for item in feature.navigation]
    return Project(
        name=path.name,
        path=path,
        config=config,
        database=make_database(path),
        generations=generations,
        policies=(Open(),),
        permissions=expand(tuple(p for f in all_features for p in f.permissions)),
        parts={
            Assembly: Assembly(all_features, {r.name: r for f in all_features for r in f.realms}),
            Routes: assemble_routes(all_features),
            Templates: assemble_templates(all_features, (path / "templates",)),
            Bars: assemble_bars({bar: config.items(bar) for bar in BARS}, navigation),
        },
    )
