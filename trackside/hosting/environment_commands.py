"""The commands of `trac-admin` that are about the environment itself."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from trackside.db import default_data, failures, servers
from trackside.hosting import environment
from trackside.hosting.opening import check_directory, open_checked
from trackside.hosting.spoken import WrongArguments
from trackside.kernel.config import Config
from trackside.kernel.errors import Failure, Invalid, NotFound, Unavailable

Say = Callable[[str], None]
_MADE = """
The project environment for “{name}” is made.

Its settings are in

  {ini}

To serve it, and see it at http://localhost:8000/{directory}:

  tracd --port 8000 {env}
"""


def initenv(env: Path, arguments: Sequence[str], say: Say) -> int | None:
    """Without a name and a database they are asked for; `--name=value` options may stand anywhere."""
    options = [a for a in arguments if a.startswith("--")]
    places = [a for a in arguments if not a.startswith("--")]
    _check_options(options)
    _refuse_existing(env)
    inherit = [o.partition("=")[2] for o in options if o.startswith("--inherit=")]
    files = [o.partition("=")[2] for o in options if o.startswith("--config=")]
    given = Config.load(Path(files[-1])) if files else None
    name, database = _name_and_database(places, given)
    say(f"Making a new environment at {env.absolute()}")
    try:
        environment.create(
            env,
            name=name,
            database=database,
            inherit=inherit,
            given=given,
            has_default_data="--no-default-data" not in options,
        )
    except Failure as failure:
        if not _is_of_database(failure):
            raise
        click.echo(f"Error: {failure}", err=True)
        return 1
    ini = env.absolute() / "conf" / "trac.ini"
    say(_MADE.format(name=name, ini=ini, directory=env.absolute().name, env=env.absolute()))
    return 0


def _is_of_database(failure: Failure) -> bool:
    """Whether it was the database that refused: Trac ends with 1 then."""
    refusals = (failures.REFUSED, default_data.OCCUPIED, servers.NO_SCHEMA)
    return isinstance(failure, Unavailable) or failure.message in refusals


def _check_options(options: Sequence[str]) -> None:
    for option in options:
        if option != "--no-default-data" and not option.startswith(("--inherit=", "--config=")):
            raise WrongArguments


def _refuse_existing(env: Path) -> None:
    try:
        check_directory(env)
    except Failure:
        return
    raise Invalid("There is an environment at %(path)s already.", path=env)


def _name_and_database(places: Sequence[str], given: Config | None) -> tuple[str, str]:
    default_name, default_database = "My Project", "sqlite:db/trac.db"
    if given is not None:
        default_name = given.get("project", "name", default_name)
        default_database = given.get("trac", "database", default_database)
    if len(places) == 2:
        return places[0], places[1]
    if given is not None and len(places) <= 1:
        return (places[0] if places else default_name), default_database
    if places:
        raise WrongArguments
    name = _ask("Project Name", default_name)
    return name, _ask("Database connection string", default_database)


def _ask(question: str, default: str) -> str:
    click.echo(f"{question} [{default}]> ", nl=False)
    return sys.stdin.readline().strip() or default


def upgrade(env: Path, arguments: Sequence[str], say: Say) -> int | None:
    if len(arguments) > 1 or any(a not in ("-b", "--no-backup") for a in arguments):
        raise WrongArguments
    environment.upgrade(env, has_backup=not arguments, say=say)
    return 0


def hotcopy(env: Path, arguments: Sequence[str], say: Say) -> int | None:
    places = [a for a in arguments if not a.startswith("-")]
    options = [a for a in arguments if a.startswith("-")]
    if len(places) != 1 or any(o != "--no-database" for o in options):
        raise WrongArguments
    say(f"Copying {env} to {places[0]} …")
    problems = environment.hot_copy(env, Path(places[0]), has_database=not options)
    for problem in problems:
        click.echo(f"Not copied: {problem}", err=True)
    say("The copy is made.")
    return 1 if problems else 0


def config_get(env: Path, arguments: Sequence[str], say: Say) -> int | None:
    section, option = _exactly(arguments, 2)
    value = open_checked(env).find(section, option)
    if value is None:
        value = environment.default_of(section, option)
    if value is None:
        raise _unknown(section, option)
    say(value)
    return 0


def config_set(env: Path, arguments: Sequence[str], say: Say) -> int | None:
    section, option, value = _exactly(arguments, 3)
    config = open_checked(env)
    config.set(section, option, value)
    config.save()
    return 0


def config_remove(env: Path, arguments: Sequence[str], say: Say) -> int | None:
    if len(arguments) == 1:
        return _remove_section(env, arguments[0])
    section, option = _exactly(arguments, 2)
    config = open_checked(env)
    if not config.has(section, option) and environment.default_of(section, option) is None:
        raise _unknown(section, option)
    config.remove(section, option)
    config.save()
    return 0


def _remove_section(env: Path, section: str) -> int:
    config = open_checked(env)
    if section not in config.sections():
        raise NotFound("There is no section [%(section)s] in trac.ini.", section=section)
    for option in list(config.items(section)):
        config.remove(section, option)
    config.save()
    return 0


def _exactly(arguments: Sequence[str], count: int) -> Sequence[str]:
    if len(arguments) != count:
        raise WrongArguments
    return arguments


def _unknown(section: str, option: str) -> NotFound:
    return NotFound("There is no option %(option)s in section [%(section)s].", option=option, section=section)


COMMANDS: dict[str, Callable[[Path, Sequence[str], Say], int | None]] = {
    "initenv": initenv,
    "initdb": initenv,
    "upgrade": upgrade,
    "hotcopy": hotcopy,
    "config get": config_get,
    "config set": config_set,
    "config remove": config_remove,
}
