"""The `tracd` command: the stand-alone server with Trac's options."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from trackside import __version__
from trackside.hosting import process_log, serving
from trackside.kernel.errors import Failure, Misconfigured, Unavailable


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit codes as Trac's: 2 for what was asked wrongly, 1 for a port that is taken."""
    options = _parser().parse_args(arguments)
    process_log.start(sys.stderr)
    try:
        serving.serve(_plan(options), click.echo)
    except Unavailable as failure:
        click.echo(f"Error: {failure}", err=True)
        return 1
    except Failure as failure:
        click.echo(f"Error: {failure}", err=True)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tracd", description="Serve Trac environments.")
    parser.add_argument("env", nargs="*", type=Path, help="directories of projects")
    parser.add_argument("-p", "--port", type=int, default=80, help="80 unless told otherwise")
    parser.add_argument("-b", "--hostname", default="", help="all addresses unless told otherwise")
    parser.add_argument("-e", "--env-parent-dir", type=Path, metavar="DIRECTORY")
    parser.add_argument("-s", "--single-env", action="store_true", help="serve one project at the root")
    parser.add_argument("--base-path", default="", metavar="PATH", help="what stands before every address")
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("-a", "--auth", action="append", default=[], metavar="PROJECT,HTDIGEST,REALM")
    ways.add_argument("--basic-auth", action="append", default=[], metavar="PROJECT,HTPASSWD,REALM")
    parser.add_argument("--protocol", default="http", choices=("http",))
    parser.add_argument("--http11", action="store_true", help="the default")
    parser.add_argument("--pidfile", type=Path)
    parser.add_argument("--umask", type=_octal, metavar="OCTAL")
    parser.add_argument("--version", action="version", version=f"tracd {__version__}")
    return parser


def _octal(text: str) -> int:
    return int(text, 8)


def _plan(options: argparse.Namespace) -> serving.Plan:
    if options.umask is not None:
        os.umask(options.umask)
    is_parent = options.env_parent_dir is not None
    if not is_parent and not options.env:
        raise Misconfigured("Name the directory of a project, or with -e one that is full of them.")
    if options.single_env and (len(options.env) != 1 or is_parent):
        raise Misconfigured("With --single-env exactly one project is served.")
    paths = (options.env_parent_dir,) if is_parent else tuple(options.env)
    for path in paths:
        if not path.is_dir():
            raise Misconfigured("%(path)s is not a directory.", path=path)
    if options.pidfile is not None:
        options.pidfile.write_text(f"{os.getpid()}\n", encoding="ascii")
    return serving.Plan(
        paths=paths,
        is_parent=is_parent,
        is_single=options.single_env,
        hostname=options.hostname or "0.0.0.0",  # noqa: S104 - tracd listens everywhere unless told otherwise
        port=options.port,
        basic=tuple(options.basic_auth),
        digest=tuple(options.auth),
        base_path=_with_slash(options.base_path),
    )


def _with_slash(path: str) -> str:
    path = path.strip("/")
    return f"/{path}" if path else ""


if __name__ == "__main__":
    raise SystemExit(main())
