"""Collect every string for people into trackside/locale/trackside.pot."""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

ROOT = Path(__file__).parent.parent
POT = Path("trackside", "locale", "trackside.pot")
FAILURES = ("Failure", "Invalid", "NotFound", "Forbidden", "Conflict", "Unavailable", "Misconfigured")
ONE = (*FAILURES, "Message", "gettext", "_", "N_")
PLURAL = ("ngettext", "NN_")
KEYWORDS: dict[str, tuple[int, ...] | None] = {**dict.fromkeys(ONE), **dict.fromkeys(PLURAL, (1, 2))}
Found = tuple[int, str, str | tuple[str, ...], list[str]]


def main() -> int:
    target = ROOT / POT
    target.parent.mkdir(parents=True, exist_ok=True)
    catalogue = collect(ROOT)
    with open(target, "wb") as file:
        write_po(file, catalogue, width=110, sort_output=True, include_lineno=False)
    print(f"{len(catalogue)} messages in {POT}")
    return 0


def collect(root: Path) -> Catalog:
    """Every message below trackside/ of a tree."""
    made = datetime(2026, 1, 1, tzinfo=UTC)
    catalogue = Catalog(
        project="Trackside", version="1", charset="utf-8", creation_date=made, revision_date=made
    )
    catalogue.header_comment = "# Messages of Trackside, collected by `make catalogue`."
    methods = [("**/templates/**", "jinja2"), ("**.py", extract_python)]
    options = {"**/templates/**": {"extensions": "jinja2.ext.i18n", "silent": "false", "encoding": "utf-8"}}
    found = extract_from_dir(root / "trackside", methods, options, KEYWORDS)  # type: ignore[arg-type]
    for name, _line, message, comments, context in found:
        catalogue.add(message, None, [(f"trackside/{name}", 0)], auto_comments=comments, context=context)
    return catalogue


def extract_python(
    file: IO[bytes], keywords: Collection[str], comment_tags: object, options: object
) -> Iterator[Found]:
    """Babel's interface, for what our code marks: calls of KEYWORDS, and of helpers that take a `message`."""
    body = ast.parse(file.read())
    names, helpers = constants(body), takers(body)
    for call in (node for node in ast.walk(body) if isinstance(node, ast.Call)):
        name = called(call)
        if name in PLURAL and len(call.args) > 1:
            pairs = zip(literals(call.args[0]), literals(call.args[1]), strict=True)
            yield from ((call.lineno, name, pair, []) for pair in pairs)
        elif name in ONE or name in helpers:
            spoken = heard(call, 0 if name in ONE else helpers[name])
            yield from ((call.lineno, "_", text, []) for part in spoken for text in literals(part, names))


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def heard(call: ast.Call, place: int) -> list[ast.expr]:
    """The arguments of a call that people read: the message, and the values of a mapping of fields."""
    parts = call.args[place : place + 1]
    for argument in (*call.args[1:2], *(k.value for k in call.keywords if k.arg == "fields")):
        if isinstance(argument, ast.Dict):
            parts += argument.values
    return parts


def literals(node: ast.expr, names: Mapping[str, str] | None = None) -> list[str]:
    """The texts that an expression can be: a literal, one of `names`, or one of two by a condition."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value] if node.value else []
    if isinstance(node, ast.Name) and node.id in (names or {}):
        return [(names or {})[node.id]]
    if isinstance(node, ast.IfExp):
        return [*literals(node.body, names), *literals(node.orelse, names)]
    return []


def constants(body: ast.Module) -> dict[str, str]:
    """The module's names for texts."""
    assigned = [node for node in body.body if isinstance(node, ast.Assign) and literals(node.value)]
    named = [(node.targets[0], literals(node.value)[0]) for node in assigned]
    return {target.id: text for target, text in named if isinstance(target, ast.Name)}


def takers(body: ast.Module) -> dict[str, int]:
    """Functions of the module with a parameter `message`, and at which place of a call it stands."""
    found = {}
    for node in ast.walk(body):
        if isinstance(node, ast.FunctionDef) and node.name != "__init__":
            names = [argument.arg for argument in node.args.args if argument.arg not in ("self", "cls")]
            if "message" in names:
                found[node.name] = names.index("message")
    return found


if __name__ == "__main__":
    sys.exit(main())
