"""Each table is written by one module: whoever wants to know how a row comes to be reads one file."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import ROOT, Module, expect_none, modules, origin, plant

SCHEMAS = ("trackside.db.schema.", "trackside.db.own_schema.")
WRITERS = ("insert", "update", "delete", "upsert")
# What a new project begins with, and moving a database from one version to the next, is no everyday writing.
FREE = ("trackside/db/default_data.py", "trackside/db/sample_data.py", "trackside/db/upgrade")


def writings(module: Module) -> Iterator[tuple[ast.Call, str]]:
    """Calls that compose a write, with the table's name; empty where that cannot be read off."""
    for call in module.calls():
        name = origin(module, call.func).rpartition(".")[2]
        if not isinstance(call.func, ast.Name | ast.Attribute) or not name.startswith(WRITERS):
            continue
        tables = [_table(module, node) for node in (call.func, *call.args)]
        named = [table for table in tables if table]
        is_sql = origin(module, call.func).startswith(("sqlalchemy.", "trackside.db."))
        if named or is_sql:
            yield call, named[0] if named else ""


def _table(module: Module, node: ast.expr) -> str:
    """`ticket` for the table itself and for `ticket.insert`."""
    name = origin(module, node)
    for schema in SCHEMAS:
        if name.startswith(schema):
            return name.removeprefix(schema).split(".")[0]
    return ""


def written_twice(root: Path) -> list[str]:
    writers: dict[str, dict[Path, str]] = {}
    for module in modules(root, "trackside"):
        if not str(module.path).startswith(FREE):
            for call, table in writings(module):
                writers.setdefault(table, {}).setdefault(module.path, module.at(call, f"writes {table}"))
    return sorted(
        line for table, places in writers.items() if table and len(places) > 1 for line in places.values()
    )


def test_it_works() -> None:
    expect_none(written_twice(ROOT))


def test_the_writers_are_seen() -> None:
    written = {table for module in modules(ROOT, "trackside") for _, table in writings(module)}
    assert {"session", "job", "form_key"} <= written


def test_two_writers_of_one_table_are_found(tmp_path: Path) -> None:
    head = "from sqlalchemy import insert, update\nfrom trackside.db.schema import ticket, wiki\n"
    plant(tmp_path, "trackside/a.py", f"{head}insert(ticket)\nwiki.update()\n")
    plant(tmp_path, "trackside/b.py", f"{head}update(ticket)\nwiki.select()\n")
    assert written_twice(tmp_path) == ["trackside/a.py:3: writes ticket", "trackside/b.py:3: writes ticket"]
