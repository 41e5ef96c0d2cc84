"""Each public action asks for a permission, itself or through what it calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import ROOT, FunctionNode, Module, expect_none, modules, origin, plant

ASKING = frozenset({"require", "require_any", "scope", "find", "allows"})
# What is everybody's own, what trac.ini says, what asks each source that others contribute; whether a page or
# the parent of a file exists, which every link shows; and the path of a file that was read with permission.
FREE = frozenset(
    {
        "trackside/features/attachment/actions.py:check_parent",
        "trackside/features/attachment/actions.py:path_of",
        "trackside/features/people/actions.py:change_preferences",
        "trackside/features/roadmap/actions.py:group_fields",
        "trackside/features/roadmap/actions.py:state_groups",
        "trackside/features/ticket/actions.py:default_query",
        "trackside/features/ticket/actions.py:keeps_newlines",
        "trackside/features/timeline/actions.py:list_filters",
        "trackside/features/wiki/actions.py:has_page",
    }
)


def functions(root: Path) -> dict[str, tuple[Module, FunctionNode]]:
    """Top-level functions of all features by dotted name."""
    return {
        f"{_dotted(module)}.{node.name}": (module, node)
        for module in modules(root, "trackside/features")
        for node in module.body.body
        if isinstance(node, FunctionNode)
    }


def _dotted(module: Module) -> str:
    return ".".join(module.path.with_suffix("").parts)


def asking(known: dict[str, tuple[Module, FunctionNode]]) -> set[str]:
    """Those that ask, or call one that does."""
    calls = {name: set(_called(module, node)) for name, (module, node) in known.items()}
    found = {name for name, (_, node) in known.items() if _asks(node)}
    while more := {name for name, called in calls.items() if name not in found and called & found}:
        found |= more
    return found


def _called(module: Module, function: FunctionNode) -> Iterator[str]:
    """Functions that are named anywhere within: called, or handed on to be called."""
    for node in ast.walk(function):
        if isinstance(node, ast.Name | ast.Attribute):
            name = origin(module, node)
            yield name if "." in name else f"{_dotted(module)}.{name}"


def _asks(function: FunctionNode) -> bool:
    calls = [
        n.func for n in ast.walk(function) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)
    ]
    return any(call.attr in ASKING and ast.unparse(call.value).endswith("access") for call in calls)


def silent_actions(root: Path) -> list[str]:
    known = functions(root)
    asks = asking(known)
    actions = {name: pair for name, pair in known.items() if _is_action(*pair)}
    silent = [pair for name, pair in actions.items() if name not in asks]
    return [
        module.at(node, f"{node.name} asks for no permission")
        for module, node in silent
        if f"{module.path}:{node.name}" not in FREE
    ]


def _is_action(module: Module, function: FunctionNode) -> bool:
    """Public, in `actions.py`, given a Work; not one that is handed the proof itself."""
    kinds = [ast.unparse(a.annotation) for a in function.args.args if a.annotation is not None]
    is_public = module.path.name == "actions.py" and not function.name.startswith("_")
    return is_public and kinds[:1] == ["Work"] and not {"Grant", "Scope"} & {*kinds}


def test_it_works() -> None:
    expect_none(silent_actions(ROOT))


def test_every_exception_is_still_there() -> None:
    names = {f"{module.path}:{node.name}" for module, node in functions(ROOT).values()}
    assert sorted(FREE - names) == []


def test_a_silent_action_is_found(tmp_path: Path) -> None:
    source = (
        "from trackside.features.a import rules\n"
        "def read(work: Work, id: int) -> str: return store.load(work.access.require(VIEW, id))\n"
        "def show(work: Work, id: int) -> str: return read(work, id)\n"
        "def change(work: Work, id: int) -> str: return rules.check(work)\n"
        "def peek(work: Work, id: int) -> str: return store.load(id)\n"
    )
    plant(tmp_path, "trackside/features/a/actions.py", source)
    plant(tmp_path, "trackside/features/a/rules.py", "def check(work): work.access.find(VIEW, 1)\n")
    assert silent_actions(tmp_path) == ["trackside/features/a/actions.py:5: peek asks for no permission"]
