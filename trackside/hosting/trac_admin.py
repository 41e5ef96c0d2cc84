"""The `trac-admin` command, in Trac's words: `trac-admin ENV COMMAND [ARGUMENT …]`."""

from __future__ import annotations

import difflib
import sys
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from trackside import __version__
from trackside.kernel.errors import Failure, Invalid

Say = Callable[[str], None]
Run = Callable[[Path, Sequence[str], Say], int | None]
FAILED = 2

USAGE = """trac-admin - Trackside {version}

Usage: trac-admin </path/to/projenv> [command [subcommand] [option ...]]
"""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A command as it is typed and explained."""

    words: str
    usage: str
    help: str
    run: Run


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit codes as Trac's: 0 well, 2 any failure."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _dispatch(words)
    except Failure as failure:
        click.echo(f"Error: {failure}", err=True)
        return FAILED
    except BrokenPipeError:
        return 0


def _dispatch(words: list[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help") and len(words) == 1:
        return _say_usage()
    if words[0] in ("-v", "--version"):
        click.echo(f"trac-admin {__version__}")
        return 0
    if words[0] == "help":
        return _help(_commands(), words[1:])
    if len(words) == 1:
        raise Invalid("Name a command, as in: trac-admin %(env)s help", env=words[0])
    env, command = Path(words[0]), words[1:]
    if command[0] == "help":
        return _help(_commands(), command[1:])
    return _run(env, command)


def _say_usage() -> int:
    click.echo(USAGE.format(version=__version__))
    for command in _environment_commands():
        if command.words == "initenv":
            click.echo(f"help     Show what a command does\n{command.words}  {command.help}")
    return 0


def _run(env: Path, words: Sequence[str]) -> int:
    commands = _commands()
    for length in (3, 2, 1):
        typed = " ".join(words[:length])
        found = next((c for c in commands if c.words == typed), None)
        if found is not None and len(words) >= length:
            return _call(found, env, words[length:])
    known = sorted({c.words.split()[0] for c in commands})
    near = difflib.get_close_matches(words[0], known, 3)
    hint = f" Did you mean {', '.join(near)}?" if near else ""
    click.echo(f"Error: there is no command “{' '.join(words[:2])}”.{hint}", err=True)
    return FAILED


class WrongArguments(Exception):
    """The arguments are too few or too many for the command."""


def _call(command: Spoken, env: Path, arguments: Sequence[str]) -> int:
    try:
        return command.run(env, arguments, click.echo) or 0
    except WrongArguments:
        click.echo(f"Error: the arguments of {command.words} are wrong.", err=True)
        click.echo(f"Usage: {command.words} {command.usage}")
        return FAILED


def _help(commands: Sequence[Spoken], words: Sequence[str]) -> int:
    typed = " ".join(words)
    found = [c for c in commands if c.words == typed or c.words.startswith(f"{typed} ") or not typed]
    if not found:
        click.echo(f"There is no documentation for “{typed}”.", err=True)
        firsts = sorted({c.words.split()[0] for c in commands})
        for near in difflib.get_close_matches(typed, firsts, 5, 0.5):
            click.echo(near, err=True)
        return 0
    for command in sorted(found, key=lambda c: c.words):
        click.echo(f"{command.words} {command.usage}".rstrip())
        click.echo(textwrap.indent(textwrap.fill(command.help, 75), "    "))
    return 0


def _commands() -> list[Spoken]:
    return [*_environment_commands(), *_feature_commands()]


def _environment_commands() -> list[Spoken]:
    from trackside.hosting.environment_commands import COMMANDS  # heavy: usage answers without it

    return [Spoken(*row) for row in COMMANDS]


def _feature_commands() -> list[Spoken]:
    from trackside.hosting.feature_commands import commands  # heavy: usage answers without it

    return [Spoken(*row) for row in commands()]


if __name__ == "__main__":
    raise SystemExit(main())
