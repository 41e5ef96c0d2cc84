"""What `trac-admin` understands, told without loading what does it: help must answer at once.

A test holds this list to the commands themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


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

SPOKEN = (
    Spoken("component add", "NAME [OWNER]", "Add a component."),
    Spoken("component chown", "NAME OWNER", "Change the owner of a component."),
    Spoken("component list", "", "Show all components."),
    Spoken("component remove", "NAME", "Remove a component."),
    Spoken("component rename", "NAME NEWNAME", "Rename a component."),
    Spoken("config get", "SECTION OPTION", "Show the value of an option."),
    Spoken("config remove", "SECTION [OPTION]", "Remove an option, or a whole section, and save trac.ini."),
    Spoken("config set", "SECTION OPTION VALUE", "Set an option and save trac.ini."),
    Spoken("help", "[COMMAND]", "Show what a command does."),
    Spoken("hotcopy", "DIRECTORY [--no-database]", "Copy an environment while it is in use."),
    Spoken("initenv", _INITENV, INITENV),
    Spoken("milestone add", "NAME [DUE]", "Add a milestone."),
    Spoken("milestone completed", "NAME COMPLETED", "Set when it was completed."),
    Spoken("milestone due", "NAME DUE", "Set when a milestone is due; empty for never."),
    Spoken("milestone list", "", "Show all milestones."),
    Spoken("milestone remove", "NAME", "Remove a milestone."),
    Spoken("milestone rename", "NAME NEWNAME", "Rename a milestone."),
    Spoken("permission add", "USER ACTION [ACTION …]", "Give permissions or groups to a user."),
    Spoken("permission export", "[FILE]", "Write what was given to whom, as CSV."),
    Spoken("permission import", "[FILE]", "Give what a CSV file says; nothing is taken away."),
    Spoken("permission list", "[USER]", "Show what was given to whom."),
    Spoken("permission remove", "USER ACTION [ACTION …]", "Take permissions from a user."),
    Spoken("priority add", "VALUE", "Add one of the priorities."),
    Spoken("priority change", "VALUE NEWVALUE", "Rename one of the priorities."),
    Spoken("priority list", "", "Show all priorities."),
    Spoken("priority order", "VALUE UP|DOWN", "Move one of the priorities up or down."),
    Spoken("priority remove", "VALUE", "Remove one of the priorities."),
    Spoken("resolution add", "VALUE", "Add one of the resolutions."),
    Spoken("resolution change", "VALUE NEWVALUE", "Rename one of the resolutions."),
    Spoken("resolution list", "", "Show all resolutions."),
    Spoken("resolution order", "VALUE UP|DOWN", "Move one of the resolutions up or down."),
    Spoken("resolution remove", "VALUE", "Remove one of the resolutions."),
    Spoken("severity add", "VALUE", "Add one of the severities."),
    Spoken("severity change", "VALUE NEWVALUE", "Rename one of the severities."),
    Spoken("severity list", "", "Show all severities."),
    Spoken("severity order", "VALUE UP|DOWN", "Move one of the severities up or down."),
    Spoken("severity remove", "VALUE", "Remove one of the severities."),
    Spoken("ticket remove", "NUMBER", "Remove a ticket with all its data."),
    Spoken("ticket remove_comment", "NUMBER COMMENT", "Remove a change of a ticket."),
    Spoken("ticket_type add", "VALUE", "Add one of the types of tickets."),
    Spoken("ticket_type change", "VALUE NEWVALUE", "Rename one of the types of tickets."),
    Spoken("ticket_type list", "", "Show all types of tickets."),
    Spoken("ticket_type order", "VALUE UP|DOWN", "Move one of the types of tickets up or down."),
    Spoken("ticket_type remove", "VALUE", "Remove one of the types of tickets."),
    Spoken("upgrade", "[-b|--no-backup]", "Bring the database to the newest version, after a backup."),
    Spoken("version add", "NAME [TIME]", "Add a version."),
    Spoken("version list", "", "Show all versions."),
    Spoken("version remove", "NAME", "Remove a version."),
    Spoken("version rename", "NAME NEWNAME", "Rename a version."),
    Spoken("version time", "NAME TIME", "Set when a version was released."),
)


def beginning_with(words: Sequence[str]) -> list[Spoken]:
    """The commands whose first words these are."""
    count = len(words)
    return [spoken for spoken in SPOKEN if spoken.words.split()[:count] == list(words)]


def similar_to(word: str) -> list[str]:
    """First words that may have been meant."""
    firsts = sorted({spoken.words.split()[0] for spoken in SPOKEN})
    near = [first for first in firsts if first.startswith(word) or _distance(first, word) <= 0.5]
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
