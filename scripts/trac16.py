"""Make a virtual environment with Trac 1.6, which tests run beside Trackside to compare the two."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / ".cache" / "trac16"
PACKAGES = ("Trac==1.6", "setuptools<80", "pygments", "docutils", "babel", "psycopg2-binary", "pymysql")


def trac16(place: Path = PLACE) -> Path:
    """The directory of Trac 1.6's commands; made when it is not there. `TRAC16` names another place."""
    commands = Path(os.environ.get("TRAC16") or place) / "bin"
    commands.parent.parent.mkdir(parents=True, exist_ok=True)
    with open(commands.parent.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (commands / "trac-admin").exists():
            venv.create(commands.parent, clear=True, with_pip=True)
            install = [str(commands / "python"), "-m", "pip", "install", "--quiet", *PACKAGES]
            subprocess.run(install, check=True, stdout=sys.stderr)
    return commands


if __name__ == "__main__":
    print(trac16())
