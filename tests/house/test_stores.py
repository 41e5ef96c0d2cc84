"""Stores take a Grant or a Scope: there is no way to name a thing to them without having asked."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.house.tree import ROOT, FunctionNode, Module, expect_none, modules, plant

ROOMS = frozenset({"store.py", "index.py", "choices.py"})
# What policies look up to decide; and values that are alike for everybody, which a cache holds.
FREE = frozenset(
    {
        "trackside/features/attachment/store.py:author_of",
        "trackside/features/ticket/store.py:reporter",
        "trackside/features/ticket/store.py:comment_author",
        "trackside/features/wiki/store.py:is_readonly",
    }
)


def open_doors(root: Path) -> list[str]:
    found = []
    for module in modules(root, "trackside/features"):
        if module.path.name in ROOMS:
            public = [
                n for n in module.body.body if isinstance(n, FunctionNode) and not n.name.startswith("_")
            ]
            wrong = [node for node in public if _reads(node) and not _is_guarded(node)]
            found += [
                module.at(node, f"{node.name} asks for no proof")
                for node in wrong
                if not _is_free(module, node)
            ]
    return found


def _annotations(node: FunctionNode) -> list[str]:
    arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    return [ast.unparse(a.annotation) for a in arguments if a.annotation is not None]


def _reads(node: FunctionNode) -> bool:
    """It works on a connection and is told more than the connection; a cache's loader is told no more."""
    kinds = _annotations(node)
    return "Connection" in kinds and len(kinds) > 1


def _is_guarded(node: FunctionNode) -> bool:
    return any("Grant" in kind or "Scope" in kind for kind in _annotations(node))


def _is_free(module: Module, node: FunctionNode) -> bool:
    return f"{module.path}:{node.name}" in FREE


def test_it_works() -> None:
    expect_none(open_doors(ROOT))


def test_every_exception_is_still_there() -> None:
    names = {
        f"{module.path}:{node.name}"
        for module in modules(ROOT, "trackside/features")
        for node in module.body.body
        if isinstance(node, FunctionNode)
    }
    assert sorted(FREE - names) == []


def test_a_bare_id_is_found(tmp_path: Path) -> None:
    source = (
        "def load(db: Connection, id: int) -> str: ...\n"
        "def read(db: Connection, grant: Grant) -> str: ...\n"
        "def many(db: Connection, scopes: list[Scope], ids: list[int]) -> str: ...\n"
        "def names(db: Connection) -> str: ...\n"
        "def _inner(db: Connection, id: int) -> str: ...\n"
    )
    plant(tmp_path, "trackside/features/a/store.py", source)
    assert open_doors(tmp_path) == ["trackside/features/a/store.py:1: load asks for no proof"]
