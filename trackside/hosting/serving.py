"""What `trackside serve` and `tracd` have in common: a plan of what to serve where, and doing it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from trackside.hosting import locate
from trackside.hosting.http_auth import Basic, Digest, HttpAuth, Scheme, parse_option
from trackside.hosting.opening import open_config, open_project
from trackside.hosting.server import THREADS, Listen, Server
from trackside.hosting.wsgi import Site, most_bytes
from trackside.jobs.scope import WAKE_FOLDER
from trackside.jobs.worker import run_due
from trackside.kernel.errors import Failure, Misconfigured

log = logging.getLogger("trackside.hosting")
Say = Callable[[str], None]
SWEEP_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Plan:
    """One project, several, or (`is_parent`) all of a directory; `is_single` serves one at the root."""

    paths: tuple[Path, ...]
    is_parent: bool = False
    is_single: bool = False
    hostname: str = "127.0.0.1"
    port: int = 8000
    basic: tuple[str, ...] = ()
    digest: tuple[str, ...] = ()
    base_path: str = ""
    threads: int = THREADS


@dataclass(frozen=True, slots=True)
class _Placed:
    """Tells the site in every request what the command line said."""

    site: WSGIApplication
    keys: Mapping[str, object]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ.update(self.keys)
        return self.site(environ, start_response)


def serve(plan: Plan, say: Say) -> None:
    """Until SIGTERM or SIGINT. What cannot be served is said before the port is taken."""
    site = Site()
    if plan.is_single:
        site.projects.find(plan.paths[0].absolute())
    listen = Listen(plan.hostname, plan.port, plan.base_path, threads=plan.threads)
    listen = replace(listen, most_bytes=max([listen.most_bytes, *map(_most_bytes, _directories(plan))]))
    server = Server(application(plan, site), listen, site.projects.open_ones)
    say(f"Serving at http://{plan.hostname}:{server.port}{plan.base_path or '/'} (stop with Ctrl-C)")
    server.run()


def _directories(plan: Plan) -> Iterator[Path]:
    """Everything that can be asked for, also what no index lists."""
    for path in plan.paths:
        yield from path.glob("*") if plan.is_parent else (path,)


def _most_bytes(path: Path) -> int:
    """The most that a project takes in one request; 0 for what is none."""
    try:
        return most_bytes(open_config(path))
    except Failure:
        return 0


def application(plan: Plan, site: Site) -> WSGIApplication:
    placed = _Placed(site, _keys(plan))
    if plan.basic and plan.digest:
        raise Misconfigured("Choose one way to sign in: password files for Basic, or for Digest.")
    schemes: dict[str, Scheme] = dict(
        chain(
            (parse_option(text, Basic) for text in plan.basic),
            (parse_option(text, Digest) for text in plan.digest),
        )
    )
    return (
        HttpAuth(placed, schemes, plan.paths[0].absolute().name if plan.is_single else "")
        if schemes
        else placed
    )


def _keys(plan: Plan) -> Mapping[str, object]:
    if plan.is_single:
        return {"trac.env_path": str(plan.paths[0].absolute())}
    if plan.is_parent and len(plan.paths) == 1:
        parent = plan.paths[0].absolute()
        if not parent.is_dir():
            raise Misconfigured("%(path)s is not a directory.", path=parent)
        return {"trac.env_parent_dir": str(parent)}
    return {"trac.env_paths": [str(path) for path in _by_name(_environments(plan))]}


def _environments(plan: Plan) -> Iterator[Path]:
    for path in plan.paths:
        if plan.is_parent:
            yield from locate.listed(path.absolute())
        else:
            yield path.absolute()


def _by_name(paths: Iterable[Path]) -> Iterable[Path]:
    """Of two directories with the same name the first is served."""
    found: dict[str, Path] = {}
    for path in paths:
        if found.setdefault(path.name, path) != path:
            log.warning("%s is not served: %s has the same name", path, found[path.name])
    return found.values()


def work(paths: Sequence[Path], *, once: bool, is_stopped: Callable[[], bool] = lambda: False) -> None:
    """The background work of projects, or of directories full of them: woken by hints, sweeping by clock."""
    for path in paths:
        if not path.is_dir():
            raise Misconfigured("%(path)s is not a directory.", path=path)
    last_sweep = 0.0
    while not is_stopped():
        is_sweep = once or time.monotonic() - last_sweep > SWEEP_SECONDS
        for path in _found(paths) if is_sweep else _woken(paths):
            _work_on(path)
        if once:
            return
        last_sweep = time.monotonic() if is_sweep else last_sweep
        time.sleep(1.0)


def _found(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if (path / "VERSION").exists():
            yield path.absolute()
        elif path.is_dir():
            yield from sorted(p.absolute() for p in path.iterdir() if (p / "VERSION").exists())


def _woken(paths: Sequence[Path]) -> Iterator[Path]:
    for path in _found(paths):
        hint = path.parent / WAKE_FOLDER / path.name
        if hint.exists():
            hint.unlink(missing_ok=True)
            yield path


def _work_on(path: Path) -> None:
    try:
        run_due(open_project(path))
    except Failure as failure:
        log.warning("%s is left out: %s", path, failure)
