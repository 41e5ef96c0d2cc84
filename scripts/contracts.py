"""Check the import contracts of pyproject.toml, and name each wrong import by its file and line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

WRONG_IMPORT = re.compile(r"([\w.]+) -> ([\w.]+) \(l\.(\d+)[^)]*\)")


def main() -> int:
    """Run the contracts in the current folder, which may be a copy of the tree."""
    linter = Path(sys.executable).with_name("lint-imports")
    unfolded = {**os.environ, "COLUMNS": "1000"}
    done = subprocess.run([linter, "--no-cache"], capture_output=True, text=True, env=unfolded)
    report = done.stdout[done.stdout.find("Analyzed") :] if "Analyzed" in done.stdout else done.stdout
    print("\n".join(named(line) for line in report.splitlines()) + done.stderr)
    return done.returncode


def named(line: str) -> str:
    """`a.b -> c.d (l.3)` with the file of `a.b` before it."""
    match = WRONG_IMPORT.search(line)
    if match is None:
        return line
    importer, imported, line_number = match.groups()
    return f"{path_of(importer)}:{line_number}: {importer} -> {imported}"


def path_of(module: str) -> Path:
    path = Path(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


if __name__ == "__main__":
    sys.exit(main())
