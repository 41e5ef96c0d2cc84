"""Write docs/reference from the code: options, permissions, addresses, macros and commands."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from trackside.hosting.features import FEATURES
from trackside.hosting.spoken import LISTED, SPOKEN
from trackside.kernel import site_settings
from trackside.kernel.settings import Option, options_of

ROOT = Path(__file__).parent.parent
FOLDER = Path("docs", "reference")
NOTE = "This page is made from the code by `make docs`."
Row = Sequence[str]


def main() -> int:
    folder = ROOT / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    LISTED.write_text(listed_commands(), encoding="utf-8")
    print(LISTED.relative_to(ROOT))
    for name, text in reference().items():
        (folder / name).write_text(text, encoding="utf-8")
        print(FOLDER / name)
    return 0


def listed_commands() -> str:
    """The features' commands as `trac-admin help` reads them, which must not load the features."""
    found = sorted((c for feature in FEATURES for c in feature.commands), key=lambda c: c.words)
    return "".join(f"{command.words}\t{command.usage}\t{command.help}\n" for command in found)


def reference() -> Mapping[str, str]:
    """Each page's text by its file name."""
    return {
        "options.md": options(),
        "permissions.md": permissions(),
        "addresses.md": addresses(),
        "macros.md": macros(),
        "commands.md": commands(),
    }


def options() -> str:
    declared = [option for kind in settings_classes() for option in options_of(kind)]
    sections = sorted({option.section for option in declared})
    parts = [page("Options of trac.ini", "What each means, and what holds where it is not set.")]
    for section in sections:
        rows = sorted({o.name: o for o in declared if o.section == section}.values(), key=lambda o: o.name)
        head = ("option", "kind", "default", "meaning")
        parts += [f"## [{section}]\n", table(head, map(option_row, rows))]
    return "\n".join(parts)


def settings_classes() -> list[type]:
    ours = [kind for feature in FEATURES for kind in feature.settings]
    site = [kind for name, kind in vars(site_settings).items() if name.endswith("Settings")]
    return [*ours, *(kind for kind in site if kind not in ours)]


def option_row(option: Option) -> Row:
    kind = "one of " + ", ".join(f"`{c}`" for c in option.choices if c) if option.choices else option.kind
    return f"`{option.name}`", kind, code(option.default_text), option.doc


def permissions() -> str:
    found = sorted((p for feature in FEATURES for p in feature.permissions), key=lambda p: p.name)
    rows = [(f"`{p.name}`", ", ".join(f"`{i.name}`" for i in p.includes)) for p in found if p.is_grantable]
    intro = "`trac-admin ENV permission add NAME PERMISSION` gives one. `TRAC_ADMIN` includes them all."
    return "\n".join((page("Permissions", intro), table(("permission", "includes"), rows)))


def addresses() -> str:
    rows = [
        (
            f"`{route.path}`",
            ", ".join(route.methods),
            code(route.when),
            code(str(route.permission or "")),
            f.name,
        )
        for f in FEATURES
        for route in f.routes
    ]
    intro = "Below the project's own address. The permission is the least that a visitor needs."
    head = ("address", "method", "when", "permission", "feature")
    return "\n".join((page("Addresses", intro), table(head, sorted(rows))))


def macros() -> str:
    rows = sorted((f"`[[{m.name}]]`", m.doc) for feature in FEATURES for m in feature.macros)
    intro = "In wiki text: `[[Name]]` or `[[Name(arguments)]]`."
    return "\n".join((page("Macros", intro), table(("macro", "shows"), rows)))


def commands() -> str:
    rows = [(f"`{spoken.line}`", spoken.help) for spoken in SPOKEN]
    intro = "`trac-admin ENV COMMAND`. `trackside --help` lists the commands of `trackside`."
    return "\n".join((page("Administration commands", intro), table(("command", "does"), rows)))


def page(title: str, intro: str) -> str:
    return f"# {title}\n\n{NOTE} {intro}\n"


def table(head: Row, rows: Iterable[Row]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(map(cell, line))} |" for line in lines) + "\n"


def cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def code(text: str) -> str:
    return f"`{text}`" if text else ""


if __name__ == "__main__":
    sys.exit(main())
