"""The `trac-admin` command, in Trac's words: `trac-admin ENV COMMAND [ARGUMENT …]`."""

from __future__ import annotations

import shlex
import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from trackside import __version__
from trackside.hosting.spoken import INITENV, SPOKEN, Spoken, WrongArguments, beginning_with, similar_to
from trackside.kernel.errors import Failure

Say = Callable[[str], None]
Run = Callable[[Path, Sequence[str], Say], int | None]
FAILED = 2

USAGE = """trac-admin - Trackside {version}

Usage: trac-admin </path/to/projenv> [command [subcommand] [option ...]]

Without a command it asks for one after the other.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit codes as Trac's: 0 well, 2 nearly any failure."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _dispatch(words)
    except BrokenPipeError:
        return 0


def _dispatch(words: list[str]) -> int:
    if not words or words in (["-h"], ["--help"], ["help"]):
        return _say_usage()
    if words[0] in ("-v", "--version"):
        click.echo(f"trac-admin {__version__}")
        return 0
    if words[0] == "help":
        return _help([spoken for spoken in beginning_with(words[1:]) if spoken.words == "initenv"], words[1:])
    if len(words) == 1:
        return _shell(Path(words[0]))
    return _run(Path(words[0]), words[1:])


def _say_usage() -> int:
    click.echo(USAGE.format(version=__version__))
    click.echo(f"help     Show what a command does.\ninitenv  {INITENV}")
    return 0


def _shell(env: Path) -> int:
    """One command a line, until the input ends."""
    click.echo(f"Trackside {__version__}. Commands one by one; “help” lists them, “quit” ends.")
    while True:
        click.echo(f"Trac [{env}]> ", nl=False)
        line = sys.stdin.readline()
        try:
            words = _split(line)
        except ValueError:
            click.echo("Error: a quotation mark has no partner.", err=True)
            continue
        if not line or words[:1] in (["quit"], ["exit"]):
            return 0
        if words:
            _run(env, ["help", *words[1:]] if words[0] == "?" else words)


def _split(line: str) -> list[str]:
    """At blanks that no quotation marks enclose; backslashes mean themselves."""
    lexer = shlex.shlex(line, posix=True)
    lexer.whitespace_split, lexer.escape, lexer.commenters = True, "", ""
    return list(lexer)


def _run(env: Path, words: Sequence[str]) -> int:
    if words[0] == "help":
        return _help(beginning_with(words[1:]) if len(words) > 1 else list(SPOKEN), words[1:])
    for length in (3, 2, 1):
        run = _find(" ".join(words[:length])) if len(words) >= length else None
        if run is not None:
            return _call(run, env, words[:length], words[length:])
    click.echo("Error: there is no such command.", err=True)
    _say_undocumented(words)
    return FAILED


def _find(typed: str) -> Run | None:
    from trackside.hosting import environment_commands, feature_commands  # heavy: help answers without them

    return environment_commands.COMMANDS.get(typed) or feature_commands.find(typed)


def _call(run: Run, env: Path, words: Sequence[str], arguments: Sequence[str]) -> int:
    try:
        return run(env, arguments, click.echo) or 0
    except WrongArguments:
        click.echo("Error: these are not the arguments of the command.", err=True)
        for spoken in beginning_with(words):
            click.echo(f"{spoken.line}\n\n    {spoken.help}")
    except Failure as failure:
        click.echo(f"Error: {failure}", err=True)
    return FAILED


def _help(found: Sequence[Spoken], words: Sequence[str]) -> int:
    if not found:
        _say_undocumented(words)
        return 0
    if not words:
        width = max(len(spoken.words) for spoken in found)
        click.echo(USAGE.format(version=__version__))
        for spoken in found:
            click.echo(f"{spoken.words:<{width}}  {spoken.help}")
        return 0
    for spoken in found:
        text = textwrap.fill(spoken.help, 79, initial_indent="    ", subsequent_indent="    ")
        click.echo(f"{spoken.line}\n\n{text}\n")
    return 0


def _say_undocumented(words: Sequence[str]) -> None:
    click.echo(f"There is no documentation for “{' '.join(words)}”. “help” lists the commands.", err=True)
    near = similar_to(words[0])
    if near:
        click.echo("Did you mean one of these?\n  " + "\n  ".join(near), err=True)


if __name__ == "__main__":
    raise SystemExit(main())
