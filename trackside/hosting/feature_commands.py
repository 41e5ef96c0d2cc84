"""The commands that features contribute, run on an environment without asking for permissions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from trackside.hosting.features import FEATURES
from trackside.hosting.opening import open_project
from trackside.jobs.scope import open_system_work
from trackside.kernel.feature import Command

Say = Callable[[str], None]
Row = tuple[str, str, str, Callable[[Path, Sequence[str], Say], int | None]]


def commands() -> Iterator[Row]:
    """(words, usage, help, run) of each."""
    for command in (c for feature in FEATURES for c in feature.commands):
        yield command.words, command.usage, command.help, _on_environment(command)


def _on_environment(command: Command) -> Callable[[Path, Sequence[str], Say], int | None]:
    def run(env: Path, arguments: Sequence[str], say: Say) -> int | None:
        project = open_project(env)
        reason = "the command line acts for the administrator"
        with open_system_work(project, reason, command.mode) as work:
            return command.run(work, arguments, say)

    return run
