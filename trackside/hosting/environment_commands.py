"""The commands of `trac-admin` that are about the environment itself."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from trackside.hosting import environment
from trackside.hosting.opening import check_directory, open_config
from trackside.kernel.config import Config
from trackside.kernel.errors import Failure, Invalid, NotFound

Say = Callable[[str], None]


def initenv(env: Path, arguments: Sequence[str], say: Say) -> int | None:
    """Without a name and a database they are asked for; `--name=value` options may stand anywhere."""
    options = [a for a in arguments if a.startswith("--")]
    places = [a for a in arguments if not a.startswith("--")]
    inherit = [o.partition("=")[2] for o in options if o.startswith("--inherit=")]
    files = [o.partition("=")[2] for o in options if o.startswith("--config=")]
    given = Config.load(Path(files[-1])) if files else None
    _refuse_unknown(options)
    _refuse_existing(env)
    name, database = _name_and_database(places, given)
    environment.create(
        env,
        name=name,
        database=database,
        inherit=inherit,
        given=given,
        has_default_data="--no-default-data" not in options,
    )
    say(f"The project environment for “{name}” is made.")
    say(f"Its settings are in {env / 'conf' / 'trac.ini'}.")
    say(f"To serve it: tracd --port 8000 {env}")
    return 0


def _refuse_unknown(options: Sequence[str]) -> None:
    for option in options:
        if option != "--no-default-data" and not option.startswith(("--inherit=", "--config=")):
            raise Invalid("initenv knows no option %(option)s.", option=option)


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
        raise Invalid("initenv takes a project name and a database string, or neither: then it asks.")
    name = _ask("Project name", default_name)
    return name, _ask("Database connection string", default_database)


def _ask(question: str, default: str) -> str:
    click.echo(f"{question} [{default}]> ", nl=False)
    return sys.stdin.readline().strip() or default


def upgrade(env: Path, arguments: Sequence[str], say: Say) -> int | None:
    if any(a not in ("-b", "--no-backup") for a in arguments):
        raise Invalid("Usage: upgrade [-b|--no-backup]")
    environment.upgrade(env, has_backup=not arguments, say=say)
    return 0


def hotcopy(env: Path, arguments: Sequence[str], say: Say) -> int | None:
    places = [a for a in arguments if not a.startswith("--")]
    options = [a for a in arguments if a.startswith("--")]
    if len(places) != 1 or any(o != "--no-database" for o in options):
        raise Invalid("Usage: hotcopy DIRECTORY [--no-database]")
    say(f"Copying {env} to {places[0]} …")
    problems = environment.hot_copy(env, Path(places[0]), has_database=not options)
    for problem in problems:
        click.echo(f"Not copied: {problem}", err=True)
    say("The copy is made.")
    return 1 if problems else 0


def config_get(env: Path, arguments: Sequence[str], say: Say) -> int | None:
    section, option = _exactly(arguments, 2, "config get SECTION OPTION")
    config = open_config(env)
    if not config.has(section, option):
        default = environment.default_of(section, option)
        if default is None:
            raise NotFound(
                "There is no option %(option)s in section [%(section)s].", option=option, section=section
            )
        say(default)
        return 0
    say(config.get(section, option))
    return 0


def config_set(env: Path, arguments: Sequence[str], say: Say) -> int | None:
    section, option, value = _exactly(arguments, 3, "config set SECTION OPTION VALUE")
    config = open_config(env)
    config.set(section, option, value)
    config.save()
    return 0


def config_remove(env: Path, arguments: Sequence[str], say: Say) -> int | None:
    section, option = _exactly(arguments, 2, "config remove SECTION OPTION")
    config = open_config(env)
    if not config.has(section, option) and environment.default_of(section, option) is None:
        raise NotFound(
            "There is no option %(option)s in section [%(section)s].", option=option, section=section
        )
    config.remove(section, option)
    config.save()
    return 0


def _exactly(arguments: Sequence[str], count: int, usage: str) -> Sequence[str]:
    if len(arguments) != count:
        raise Invalid("Usage: %(usage)s", usage=usage)
    return arguments


_INITENV = "[NAME DATABASE] [--inherit=FILE …] [--config=FILE] [--no-default-data]"

COMMANDS = (
    ("initenv", _INITENV, "Make a new environment; without NAME and DATABASE they are asked for.", initenv),
    ("upgrade", "[-b|--no-backup]", "Bring the database to the newest version, after a backup.", upgrade),
    ("hotcopy", "DIRECTORY [--no-database]", "Copy an environment while it is in use.", hotcopy),
    ("config get", "SECTION OPTION", "Show the value of an option.", config_get),
    ("config set", "SECTION OPTION VALUE", "Set an option and save trac.ini.", config_set),
    ("config remove", "SECTION OPTION", "Remove an option and save trac.ini.", config_remove),
)
