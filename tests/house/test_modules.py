"""Every module says what is in it, and imports at its top, by absolute names."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.house.tree import ROOT, FunctionNode, Module, expect_none, modules, plant

FOLDERS = ("trackside", "trac", "scripts")


def without_docstring(root: Path) -> list[str]:
    found = []
    for module in modules(root, *FOLDERS):
        text = ast.get_docstring(module.body) or ""
        if module.source.strip() and not text.rstrip().endswith("."):
            found.append(f"{module.path}:1: no sentence says what is in this room")
    return found


def hidden_imports(root: Path) -> list[str]:
    """Imports inside functions without a comment that gives the reason, and relative ones."""
    found = []
    for module in modules(root, *FOLDERS):
        inner = {
            node: holder.name
            for holder in ast.walk(module.body)
            if isinstance(holder, FunctionNode)
            for node in ast.walk(holder)
            if isinstance(node, ast.Import | ast.ImportFrom) and not _has_reason(module, node)
        }
        found += [module.at(node, f"import inside {name}") for node, name in inner.items()]
        relative = [n for n in ast.walk(module.body) if isinstance(n, ast.ImportFrom) and n.level]
        found += [module.at(node, "relative import") for node in relative]
    return found


def _has_reason(module: Module, node: ast.stmt) -> bool:
    """A comment on its line, or above the imports that it stands among."""
    lines = module.source.splitlines()
    above = node.lineno - 2
    while lines[above].lstrip().startswith(("import ", "from ")):
        above -= 1
    return "#" in lines[node.lineno - 1] or lines[above].lstrip().startswith("#")


def test_it_works() -> None:
    expect_none(without_docstring(ROOT))


def test_imports_stand_at_the_top() -> None:
    expect_none(hidden_imports(ROOT))


def test_a_silent_module_is_found(tmp_path: Path) -> None:
    plant(tmp_path, "trackside/a.py", "x = 1\n")
    plant(tmp_path, "trackside/b.py", '"""Says something."""\n')
    plant(tmp_path, "trackside/c/__init__.py", "")
    assert without_docstring(tmp_path) == ["trackside/a.py:1: no sentence says what is in this room"]


def test_hidden_imports_are_found(tmp_path: Path) -> None:
    source = "from . import x\ndef f():\n    import json\n    import gzip  # slow to load, seldom used\n"
    plant(tmp_path, "trackside/a.py", source)
    assert hidden_imports(tmp_path) == [
        "trackside/a.py:3: import inside f",
        "trackside/a.py:1: relative import",
    ]
