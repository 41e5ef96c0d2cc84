"""The commands that features contribute, run on an environment without asking for permissions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from trackside.hosting.features import FEATURES
from trackside.hosting.opening import open_project
from trackside.jobs.scope import open_system_work
from trackside.kernel.feature import Command

Say = Callable[[str], None]
Run = Callable[[Path, Sequence[str], Say], int | None]

COMMANDS = {command.words: command for feature in FEATURES for command in feature.commands}


def find(words: str) -> Run | None:
    """What runs the command of these words."""
    command = COMMANDS.get(words)
    return None if command is None else _on_environment(command)


def _on_environment(command: Command) -> Run:
    def run(env: Path, arguments: Sequence[str], say: Say) -> int | None:
        project = open_project(env)
        reason = "the command line acts for the administrator"
        with open_system_work(project, reason, command.mode) as work:
            return command.run(work, arguments, say)

    return run
