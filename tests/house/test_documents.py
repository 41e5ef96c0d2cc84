"""What is written for people is true of the tree: links lead somewhere, commands are there."""

from __future__ import annotations

import re
from pathlib import Path

from tests.house.tree import ROOT, expect_none, plant

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
TARGET = re.compile(r"^([a-z-]+):.*## ", re.M)
COMMAND = re.compile(r"`make ([a-z-]+)`|^make ([a-z-]+) ", re.M)


def documents(root: Path) -> list[Path]:
    return [*sorted(root.glob("*.md")), *sorted((root / "docs").rglob("*.md"))]


def dead_links(root: Path) -> list[str]:
    found = []
    for file in documents(root):
        for link in LINK.findall(file.read_text(encoding="utf-8")):
            if "://" not in link and not (file.parent / link).exists():
                found.append(f"{file.relative_to(root)}: {link} leads nowhere")
    return found


def unknown_commands(root: Path) -> list[str]:
    targets = set(TARGET.findall((root / "Makefile").read_text(encoding="utf-8")))
    found = []
    for file in documents(root):
        named = {a or b for a, b in COMMAND.findall(file.read_text(encoding="utf-8"))}
        found += [f"{file.relative_to(root)}: make {name} is no target" for name in sorted(named - targets)]
    return found


def test_it_works() -> None:
    expect_none(dead_links(ROOT))


def test_every_command_is_in_the_makefile() -> None:
    expect_none(unknown_commands(ROOT))


def test_every_decision_is_in_the_list() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = set(LINK.findall((folder / "README.md").read_text(encoding="utf-8")))
    assert {file.name for file in folder.glob("0*.md")} == listed


def test_what_leads_nowhere_is_found(tmp_path: Path) -> None:
    plant(tmp_path, "Makefile", "serve: ## Serve\n")
    plant(
        tmp_path,
        "README.md",
        "[a](docs/a.md) [b](docs/b.md#c) [c](https://example.org)\n`make serve` `make tea`",
    )
    plant(tmp_path, "docs/a.md", "[back](../README.md)")
    assert dead_links(tmp_path) == ["README.md: docs/b.md leads nowhere"]
    assert unknown_commands(tmp_path) == ["README.md: make tea is no target"]
