"""The `tracd` command: the stand-alone server with Trac's options."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

import click

from trackside import __version__
from trackside.hosting import serving
from trackside.kernel.errors import Failure, Misconfigured


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        serving.serve(_plan(options), lambda line: click.echo(line, err=True))
    except Failure as failure:
        click.echo(f"Error: {failure}", err=True)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tracd", description="Serve Trac environments.")
    parser.add_argument("env", nargs="*", type=Path, help="directories of projects")
    parser.add_argument("-p", "--port", type=int, default=8000)
    parser.add_argument("-b", "--hostname", default="")
    parser.add_argument("-e", "--env-parent-dir", type=Path, metavar="DIRECTORY")
    parser.add_argument("-s", "--single-env", action="store_true", help="serve one project at the root")
    parser.add_argument("--base-path", default="", metavar="PATH")
    parser.add_argument("-a", "--auth", action="append", default=[], metavar="PROJECT,HTDIGEST,REALM")
    parser.add_argument("--basic-auth", action="append", default=[], metavar="PROJECT,HTPASSWD,REALM")
    parser.add_argument("--protocol", default="http", choices=("http",))
    parser.add_argument("--http11", action="store_true", help="the default")
    parser.add_argument("--pidfile", type=Path)
    parser.add_argument("--umask", type=lambda text: int(text, 8))
    parser.add_argument("--version", action="version", version=f"tracd {__version__}")
    return parser


def _plan(options: argparse.Namespace) -> serving.Plan:
    if options.umask is not None:
        os.umask(options.umask)
    if options.env_parent_dir is None and not options.env:
        raise Misconfigured("Name the directory of a project, or with -e one that is full of them.")
    if options.single_env and (len(options.env) != 1 or options.env_parent_dir is not None):
        raise Misconfigured("With --single-env exactly one project is served.")
    if options.pidfile is not None:
        options.pidfile.write_text(f"{os.getpid()}\n", encoding="ascii")
    is_parent = options.env_parent_dir is not None
    return serving.Plan(
        paths=(options.env_parent_dir,) if is_parent else tuple(options.env),
        is_parent=is_parent,
        is_single=options.single_env,
        hostname=options.hostname or "0.0.0.0",  # noqa: S104 - tracd listens everywhere unless told otherwise
        port=options.port,
        basic=tuple(options.basic_auth),
        digest=tuple(options.auth),
        base_path=options.base_path.rstrip("/"),
    )


if __name__ == "__main__":
    raise SystemExit(main())
