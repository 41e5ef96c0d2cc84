"""mypy, as pyproject.toml sets it up, catches both ways to forget a permission."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.house.tree import ROOT, plant

HEAD = '''"""Planted."""

from trackside.kernel.access import TRAC_ADMIN, Access, Grant
from trackside.kernel.ref import Ref


def load(grant: Grant) -> str:
    return grant.id(TRAC_ADMIN)


'''


def check(tmp_path: Path, function: str) -> subprocess.CompletedProcess[str]:
    file = plant(tmp_path, "planted.py", HEAD + function)
    options = ["--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(ROOT / ".mypy_cache")]
    command = [sys.executable, "-m", "mypy", *options, str(file)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_it_works(tmp_path: Path) -> None:
    body = "def read(access: Access, ref: Ref) -> str:\n    return load(access.require(TRAC_ADMIN, ref))\n"
    done = check(tmp_path, body)
    assert done.returncode == 0, done.stdout


def test_a_bare_id_opens_no_store(tmp_path: Path) -> None:
    done = check(tmp_path, 'def read() -> str:\n    return load("42")\n')
    assert done.returncode == 1
    assert (
        'planted.py:12: error: Argument 1 to "load" has incompatible type "str"; expected "Grant"'
        in done.stdout
    )


def test_an_answer_that_was_not_looked_at_opens_no_store(tmp_path: Path) -> None:
    body = "def read(access: Access, ref: Ref) -> str:\n    return load(access.find(TRAC_ADMIN, ref))\n"
    done = check(tmp_path, body)
    assert done.returncode == 1
    assert 'incompatible type "Grant | None"; expected "Grant"' in done.stdout
