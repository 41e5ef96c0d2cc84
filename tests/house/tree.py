"""Read the source tree for promises about the whole; every rule gives its violations as `path:line: what`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Module:
    """A parsed file; `path` is relative to the tree."""

    path: Path
    source: str
    body: ast.Module
    imports: Mapping[str, str]

    def at(self, node: ast.AST, what: str) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 1)}: {what}"

    def place(self, node: ast.AST) -> str:
        """`path:function` of the innermost function or class around a node, or the path alone."""
        line = getattr(node, "lineno", 0)
        holders = [
            n
            for n in ast.walk(self.body)
            if isinstance(n, FunctionNode | ast.ClassDef) and n.lineno <= line <= (n.end_lineno or n.lineno)
        ]
        return f"{self.path}:{holders[-1].name}" if holders else str(self.path)

    def calls(self) -> Iterator[ast.Call]:
        return (node for node in ast.walk(self.body) if isinstance(node, ast.Call))


def modules(root: Path, *folders: str) -> list[Module]:
    """Every Python file below some folders of a tree, sorted."""
    paths = [path for folder in folders for path in sorted((root / folder).rglob("*.py"))]
    return [_parse(root, path, path.stat().st_mtime_ns) for path in paths]


@lru_cache(maxsize=2000)
def _parse(root: Path, path: Path, changed: int) -> Module:
    source = path.read_text(encoding="utf-8")
    body = ast.parse(source)
    return Module(path.relative_to(root), source, body, _imports(body))


def _imports(body: ast.Module) -> dict[str, str]:
    """Local names and the dotted names that they were imported from."""
    names: dict[str, str] = {}
    for node in ast.walk(body):
        if isinstance(node, ast.ImportFrom):
            names |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
        elif isinstance(node, ast.Import):
            firsts = [(a, a.name.split(".")[0]) for a in node.names]
            names |= {a.asname or first: a.name if a.asname else first for a, first in firsts}
    return names


def plant(root: Path, path: str, source: str) -> Path:
    """Write a file into a tree made for one test."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(source, encoding="utf-8")
    return file


def expect_none(found: list[str]) -> None:
    """Fail with every violation on a line of its own."""
    if found:
        raise AssertionError("\n".join(["", *found]))


def dotted(node: ast.expr) -> str:
    """`a.b.c` of an expression made of names and dots; empty for any other."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return f"{base}.{node.attr}" if base else ""
    return ""


def origin(module: Module, node: ast.expr) -> str:
    """The dotted name that an expression stands for, through the imports of its module."""
    name = dotted(node)
    first, _, rest = name.partition(".")
    imported = module.imports.get(first)
    if imported is None:
        return name
    return f"{imported}.{rest}" if rest else imported
