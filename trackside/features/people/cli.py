"""The permission commands of trac-admin."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from trackside.features.people import actions
from trackside.features.people.model import is_action
from trackside.kernel.errors import Invalid
from trackside.kernel.feature import Command
from trackside.kernel.work import Work

Say = Callable[[str], None]


def list_permissions(work: Work, arguments: Sequence[str], say: Say) -> int | None:
    """Rows of user and action, or all that one user may do."""
    if arguments:
        rows = [(arguments[0], action) for action in actions.list_actions_of(work, arguments[0])]
    else:
        granted = actions.list_permissions(work)
        rows = [(user, action) for user in sorted(granted) for action in sorted(granted[user])]
    width = max((len(user) for user, _ in rows), default=4)
    say(f"{'User':<{width}}  Action")
    say("-" * (width + 8))
    for user, action in rows:
        say(f"{user:<{width}}  {action}")
    if not arguments:
        say(f"\nAvailable actions:\n {', '.join(sorted(work.project.permissions))}")
    return 0


def add(work: Work, arguments: Sequence[str], say: Say) -> int | None:
    user, names = _user_and_names(arguments)
    for name in names:
        if not actions.grant_permission(work, user, name):
            say(f"{user} has {name} already.")
    return 0


def remove(work: Work, arguments: Sequence[str], say: Say) -> int | None:
    user, names = _user_and_names(arguments)
    for name in names:
        actions.revoke_permission(work, user, name)
    return 0


def export(work: Work, arguments: Sequence[str], say: Say) -> int | None:
    """One line a subject: its name, then what it was given."""
    granted = actions.list_permissions(work)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(
        [user, *sorted(granted[user], key=_actions_first)] for user in sorted(granted)
    )
    if not arguments:
        say(text.getvalue().rstrip("\n"))
        return 0
    try:
        Path(arguments[0]).write_text(text.getvalue(), encoding="utf-8")
    except OSError as error:
        raise Invalid("%(file)s: %(reason)s", file=arguments[0], reason=error.strerror) from None
    return 0


def _actions_first(name: str) -> tuple[bool, str]:
    return not is_action(name), name


def import_rows(work: Work, arguments: Sequence[str], say: Say) -> int | None:
    try:
        text = Path(arguments[0]).read_text(encoding="utf-8-sig") if arguments else sys.stdin.read()
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid("%(file)s cannot be read: %(reason)s", file=arguments[0], reason=error) from None
    for number, row in enumerate(csv.reader(text.splitlines()), 1):
        if len(row) < 2:
            raise Invalid("Line %(number)d names no user with a permission.", number=number)
        add(work, [cell.strip() for cell in row], say)
    return 0


def _user_and_names(arguments: Sequence[str]) -> tuple[str, Sequence[str]]:
    if not arguments:
        raise Invalid("Name a user and the permissions or groups.")
    return arguments[0], arguments[1:]


COMMANDS = (
    Command("permission list", "[USER]", "Show what was given to whom.", list_permissions, "read"),
    Command("permission add", "USER ACTION [ACTION …]", "Give permissions or groups to a user.", add),
    Command("permission export", "[FILE]", "Write what was given to whom, as CSV.", export, "read"),
    Command("permission import", "[FILE]", "Give what a CSV file says; nothing is taken away.", import_rows),
    Command("permission remove", "USER ACTION [ACTION …]", "Take permissions from a user.", remove),
)
