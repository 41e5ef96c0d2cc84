"""The `trackside` command."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

from trackside import __version__
from trackside.hosting import adopt, environment, process_log, serving
from trackside.kernel.errors import Failure

P = ParamSpec("P")
T = TypeVar("T")
_ENV = click.argument("env", type=click.Path(path_type=Path))


def told(command: Callable[P, T]) -> Callable[P, T]:
    """A failure is one sentence on standard error and exit code 2, never a traceback."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except Failure as failure:
            click.echo(f"Error: {failure}", err=True)
            raise SystemExit(2) from None

    return run


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="trackside")
@click.option("-v", "--verbose", is_flag=True, help="Say more in the log.")
def main(verbose: bool) -> None:
    """Serve and look after projects: wiki, tickets, roadmap, timeline and search in one place."""
    process_log.start(sys.stderr, logging.INFO if verbose else logging.WARNING)


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-b", "--hostname", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("-p", "--port", default=8000, show_default=True, help="Port to listen at; 0 takes a free one.")
@click.option("-e", "--parent", is_flag=True, help="Each PATH is a directory full of projects.")
@click.option(
    "--basic-auth", multiple=True, metavar="PROJECT,FILE,REALM", help="Sign in by an htpasswd file."
)
@click.option("--auth", multiple=True, metavar="PROJECT,FILE,REALM", help="Sign in by an htdigest file.")
@click.option("--base-path", default="", help="Put this path before every address.")
@click.option("--threads", default=8, show_default=True, help="Requests answered at once.")
@told
def serve(
    paths: tuple[Path, ...],
    hostname: str,
    port: int,
    parent: bool,
    basic_auth: tuple[str, ...],
    auth: tuple[str, ...],
    base_path: str,
    threads: int,
) -> None:
    """Serve the projects at PATHS until stopped."""
    plan = serving.Plan(
        paths=paths,
        is_parent=parent,
        is_single=len(paths) == 1 and not parent,
        hostname=hostname,
        port=port,
        basic=basic_auth,
        digest=auth,
        base_path=base_path,
        threads=threads,
    )
    serving.serve(plan, lambda line: click.echo(line, err=True))


@main.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--once", is_flag=True, help="Do what is due and end.")
@told
def worker(paths: tuple[Path, ...], once: bool) -> None:
    """Do the background work of the projects at PATHS; `trackside serve` does that of its own."""
    serving.work(paths, once=once)


@main.command()
@_ENV
@click.option("--name", default="My Project", show_default=True, help="The project's name.")
@click.option("--database", default="sqlite:db/trac.db", show_default=True, help="Where its data are kept.")
@click.option("--admin", default="", help="Give this user every permission.")
@told
def init(env: Path, name: str, database: str, admin: str) -> None:
    """Make a new project at ENV."""
    environment.create(env, name=name, database=database)
    if admin:
        environment.grant_admin(env, admin)
    click.echo(f"The project “{name}” is ready at {env}. To serve it:\n  trackside serve {env}")


@main.command(name="adopt")
@_ENV
@click.option("--check", is_flag=True, help="Only look and report; change nothing.")
@click.option("--no-copy", is_flag=True, help="Make no copy of the environment first.")
@click.option("--json", "as_json", is_flag=True, help="Report as JSON.")
@told
def adopt_command(env: Path, check: bool, no_copy: bool, as_json: bool) -> None:
    """Take over the Trac environment at ENV in place; Trac 1.6 can still open it afterwards."""
    report = adopt.survey(env)
    click.echo(report.as_json() if as_json else report.as_text())
    if check:
        return
    adopt.adopt(env, has_copy=not no_copy, say=lambda line: click.echo(line, err=as_json))


@main.command()
@_ENV
@told
def release(env: Path) -> None:
    """Give the environment at ENV back: remove our own tables from it, and nothing else."""
    if not adopt.release(env):
        click.echo("Another process has the database open, so its file keeps the write-ahead log.", err=True)
    click.echo(f"{env} holds nothing of Trackside any more.")


@main.command()
@_ENV
@click.option("--no-backup", is_flag=True, help="Make no backup of the database first.")
@told
def upgrade(env: Path, no_backup: bool) -> None:
    """Bring the database of ENV to the newest schema of Trac."""
    environment.upgrade(env, has_backup=not no_backup, say=click.echo)


if __name__ == "__main__":
    main()
