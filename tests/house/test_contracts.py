"""The import contracts hold, and each of them fails when it is broken on purpose."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT, plant

BREACHES = [
    ("Floors", "trackside/kernel/planted.py", "trackside.db.schema", "ticket"),
    ("Floors", "trackside/db/planted.py", "trackside.web.forms", "text"),
    ("Floors", "trackside/jobs/planted.py", "trackside.markup", "render"),
    ("Floors", "trackside/web/planted.py", "trackside.features.wiki", "feature"),
    ("Shelves", "trackside/features/wiki/planted.py", "trackside.features.ticket", "actions"),
    ("Shelves", "trackside/features/roadmap/planted.py", "trackside.features.timeline", "actions"),
    ("Shelves", "trackside/features/roadmap/planted.py", "trackside.features.ticket", "store"),
    ("Tables", "trackside/features/wiki/actions.py", "trackside.db.schema", "wiki"),
    ("Tables", "trackside/markup/planted.py", "trackside.db.schema", "wiki"),
    ("Doors", "trackside/features/ticket/views.py", "trackside.features.ticket", "store"),
    ("Doors", "trackside/features/ticket/hooks.py", "trackside.db.engine", "open_engine"),
    ("Doors", "trackside/features/ticket/cli.py", "sqlalchemy", "select"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree's code alone, to break."""
    place = tmp_path_factory.mktemp("tree")
    for name in ("trackside", "trac"):
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copy(ROOT / "pyproject.toml", place)
    return place


def check(tree: Path) -> subprocess.CompletedProcess[str]:
    script = [sys.executable, str(ROOT / "scripts" / "contracts.py")]
    return subprocess.run(script, cwd=tree, capture_output=True, text=True)


def test_it_works() -> None:
    done = check(ROOT)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


def test_every_wrong_import_is_named_by_file_and_line(copy: Path) -> None:
    for _, path, module, name in BREACHES:
        stands = (copy / path).exists()
        before = (copy / path).read_text(encoding="utf-8") if stands else '"""Planted."""\n'
        plant(copy, path, f"{before}from {module} import {name}\n")
    done = check(copy)
    assert done.returncode == 1
    for contract, path, module, name in BREACHES:
        line = (copy / path).read_text(encoding="utf-8").splitlines().index(
            f"from {module} import {name}"
        ) + 1
        report = sections(done.stdout, contract)
        assert f"{path}:{line}: " in report, f"{contract}: {path} imports {module}.{name} unseen\n{report}"


def sections(report: str, contract: str) -> str:
    """What stands under the headings that begin with the name of a contract."""
    broken = report[report.index("Broken contracts") :]
    parts = re.split(r"^(\w+: .*)\n-+$", broken, flags=re.M)
    return "".join(
        text for head, text in zip(parts[1::2], parts[2::2], strict=True) if head.startswith(contract)
    )
