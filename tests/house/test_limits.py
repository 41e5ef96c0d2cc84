"""Functions of at most 50 lines, files of at most 500: the limits bind the tail, where shape is lost."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from tests.house.tree import ROOT, FunctionNode, expect_none, modules, plant

LONGEST_FILE = 500
LONGEST_FUNCTION = 50
FOLDERS = ("trackside", "trac", "tests", "scripts")


def long_files(root: Path) -> list[str]:
    counts = [(m.path, m.source.count("\n")) for m in modules(root, *FOLDERS)]
    return [f"{path}:1: {count} lines" for path, count in counts if count > LONGEST_FILE]


def long_functions(root: Path) -> list[str]:
    found = []
    for module in modules(root, *FOLDERS):
        for node in ast.walk(module.body):
            if isinstance(node, FunctionNode):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    found.append(module.at(node, f"{node.name} has {length} lines"))
    return found


def test_it_works() -> None:
    expect_none(long_functions(ROOT))


def test_no_file_is_too_long() -> None:
    expect_none(long_files(ROOT))


def test_a_function_of_51_lines_is_found(tmp_path: Path) -> None:
    plant(tmp_path, "trackside/a.py", "def long():\n" + "    pass\n" * 50)
    plant(tmp_path, "trackside/b.py", "def fits():\n" + "    pass\n" * 49)
    assert long_functions(tmp_path) == ["trackside/a.py:1: long has 51 lines"]


def test_a_file_of_501_lines_is_found(tmp_path: Path) -> None:
    plant(tmp_path, "trackside/a.py", "x = 1\n" * 501)
    plant(tmp_path, "trackside/b.py", "x = 1\n" * 500)
    assert long_files(tmp_path) == ["trackside/a.py:1: 501 lines"]


def test_ruff_finds_a_function_with_nine_ways_through(tmp_path: Path) -> None:
    ways = "".join(f"    if a == {n}:\n        return {n}\n" for n in range(8))
    file = plant(
        tmp_path, "tangled.py", f'"""Tangled."""\n\n\ndef tangled(a: int) -> int:\n{ways}    return a\n'
    )
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--config", str(ROOT / "pyproject.toml")]
    done = subprocess.run([*command, "--output-format", "concise", str(file)], capture_output=True, text=True)
    assert done.returncode == 1
    assert "tangled.py:4:5: C901" in done.stdout
