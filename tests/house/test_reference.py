"""Every option, permission, address, macro and command is in docs/reference, and nothing else is."""

from __future__ import annotations

import pytest

from scripts.reference import FOLDER, ROOT, reference, table


def test_it_works() -> None:
    assert table(("a", "b"), [("x|y", "two\nlines")]) == "| a | b |\n| --- | --- |\n| x\\|y | two lines |\n"


@pytest.mark.parametrize("name", ["options.md", "permissions.md", "addresses.md", "macros.md", "commands.md"])
def test_the_pages_are_as_the_code(name: str) -> None:
    written = (ROOT / FOLDER / name).read_text(encoding="utf-8")
    assert written == reference()[name], "run `make docs`"


def test_what_everybody_knows_is_there() -> None:
    pages = reference()
    assert "| `database` |" in pages["options.md"]
    assert "`TICKET_MODIFY`" in pages["permissions.md"]
    assert "`/ticket/<int:id>`" in pages["addresses.md"]
    assert "`initenv" in pages["commands.md"]
