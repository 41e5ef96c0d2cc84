"""What `trac-admin` understands, told without loading what does it: help must answer at once.

The commands of features are listed in `commands.txt`, which `make docs` writes from the features.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class WrongArguments(Exception):
    """The arguments are too few, too many or of a kind that the command does not know."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A command as it is typed and explained."""

    words: str
    usage: str
    help: str

    @property
    def line(self) -> str:
        return f"{self.words} {self.usage}".rstrip()


_INITENV = "[NAME DATABASE] [--inherit=FILE …] [--config=FILE] [--no-default-data]"
INITENV = "Make a new environment; without NAME and DATABASE they are asked for."

_OWN = (
    Spoken("config get", "SECTION OPTION", "Show the value of an option."),
    Spoken("config remove", "SECTION [OPTION]", "Remove an option, or a whole section, and save trac.ini."),
    Spoken("config set", "SECTION OPTION VALUE", "Set an option and save trac.ini."),
    Spoken("help", "[COMMAND]", "Show what a command does."),
    Spoken("hotcopy", "DIRECTORY [--no-database]", "Copy an environment while it is in use."),
    Spoken("initenv", _INITENV, INITENV),
    Spoken("upgrade", "[-b|--no-backup]", "Bring the database to the newest version, after a backup."),
)
LISTED = Path(__file__).with_name("commands.txt")


def _contributed() -> list[Spoken]:
    lines = LISTED.read_text(encoding="utf-8").splitlines()
    return [Spoken(*line.split("\t")) for line in lines]


SPOKEN = tuple(sorted([*_OWN, *_contributed()], key=lambda spoken: spoken.words))


def beginning_with(words: Sequence[str]) -> list[Spoken]:
    """The commands whose first words these are."""
    count = len(words)
    return [spoken for spoken in SPOKEN if spoken.words.split()[:count] == list(words)]


def similar_to(word: str) -> list[str]:
    """First words that may have been meant."""
    firsts = sorted({spoken.words.split()[0] for spoken in SPOKEN})
    near = [first for first in firsts if first.startswith(word) or _distance(first, word) <= 0.35]
    return near[:5]


def _distance(one: str, other: str) -> float:
    """Single letters to change, as a part of both lengths; 0 for equal words."""
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        diagonal, row[0] = row[0], i
        for j, letter_of_other in enumerate(other, 1):
            cost = min(row[j] + 1, row[j - 1] + 1, diagonal + (letter != letter_of_other))
            diagonal, row[j] = row[j], cost
    return 2 * row[-1] / (len(one) + len(other))
