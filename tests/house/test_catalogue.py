"""Every string for people is in the catalogue, and each failure says it as a plain literal."""

from __future__ import annotations

import ast
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from scripts.catalogue import FAILURES, POT, collect, literals
from tests.house.tree import ROOT, dotted, expect_none, modules, plant


def messages(catalogue: Catalog) -> set[object]:
    return {
        message.id if isinstance(message.id, str) else tuple(message.id)
        for message in catalogue
        if message.id
    }


def test_it_works() -> None:
    with open(ROOT / POT, "rb") as file:
        written = messages(read_po(file))
    found = messages(collect(ROOT))
    hint = "run `make catalogue`"
    assert sorted(map(str, found - written)) == [], hint
    assert sorted(map(str, written - found)) == [], hint


def test_a_message_of_each_kind_is_found(tmp_path: Path) -> None:
    source = (
        'Invalid("One %(a)s.", {"name": "Two."}, a=1)\nNotFound("Three" " four.")\n'
        'Message("Five." if x else "Six.")\nlocale.ngettext("a day", "%(count)d days", 3)\n'
        'Conflict("Seven.", fields={"summary": "Eight."})\nN_("Nine")\n'
        'GONE = "Twelve."\nNotFound(GONE)\ndef wrong(number, message): pass\nwrong(3, "Thirteen.")\n'
    )
    plant(tmp_path, "trackside/a.py", source)
    page = '{{ _("Ten") }} {{ ngettext("an hour", "%(count)d hours", n) }} <a title="{{ _(\'Eleven\') }}">'
    plant(tmp_path, "trackside/web/templates/a.html", page)
    sentences = ("Two.", "Three four.", "Five.", "Six.", "Seven.", "Eight.", "Twelve.", "Thirteen.")
    singles = {"One %(a)s.", *sentences, "Nine", "Ten", "Eleven"}
    plurals = {("a day", "%(count)d days"), ("an hour", "%(count)d hours")}
    assert messages(collect(tmp_path)) == singles | plurals


def computed_failures(root: Path) -> list[str]:
    """Failures whose message no catalogue can hold, because it is put together where it is raised.

    A literal will do, a name of one in capitals, and the parameter `message` of a helper.
    """
    found = []
    for module in modules(root, "trackside"):
        for call in module.calls():
            name = call.func.id if isinstance(call.func, ast.Name) else ""
            if name in FAILURES and call.args and not _is_collected(call.args[0]):
                found.append(module.at(call, f"{name} is not given a plain literal"))
    return found


def _is_collected(node: ast.expr) -> bool:
    name = dotted(node).rpartition(".")[2]
    return bool(literals(node)) or name == "message" or (name != "" and name.isupper())


def test_failures_speak_in_literals() -> None:
    expect_none(computed_failures(ROOT))


def test_a_computed_failure_is_found(tmp_path: Path) -> None:
    plant(
        tmp_path,
        "trackside/a.py",
        'raise Invalid("good")\nraise Invalid(f"bad {x}")\nraise NotFound(words)\n',
    )
    assert computed_failures(tmp_path) == [
        "trackside/a.py:2: Invalid is not given a plain literal",
        "trackside/a.py:3: NotFound is not given a plain literal",
    ]
