"""The permission commands of trac-admin."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from trackside.features.people import actions
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


def _user_and_names(arguments: Sequence[str]) -> tuple[str, Sequence[str]]:
    if not arguments:
        raise Invalid("Name a user and the permissions or groups.")
    return arguments[0], arguments[1:]


COMMANDS = (
    Command("permission list", "[USER]", "Show what was given to whom.", list_permissions, "read"),
    Command("permission add", "USER ACTION [ACTION …]", "Give permissions or groups to a user.", add),
    Command("permission remove", "USER ACTION [ACTION …]", "Take permissions from a user.", remove),
)
