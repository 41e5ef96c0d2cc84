"""What every test stands in: measuring tests run alone, missing servers are left out, servers start once."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

from scripts.trac16 import trac16
from tests import servers
from tests.servers import Server

# Where a change is judged the same examples are tried each time; at a desk, others every time.
settings.register_profile("judge", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("judge")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without root, the set-up names the markers of what it could not install; those tests are skipped."""
    for marker in os.environ.get("TRACKSIDE_TESTS_LEFT_OUT", "").split():
        for item in items:
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=f"left out by the set-up: what `{marker}` needs"))


@pytest.fixture(autouse=True)
def its_turn(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A test marked `alone` waits until those beside it have ended, and the next ones wait for it."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        yield
        return
    is_alone = request.node.get_closest_marker("alone") is not None
    shared = tmp_path_factory.getbasetemp().parent
    with open(shared / "queue", "w") as queue, open(shared / "room", "w") as room:
        fcntl.flock(queue, fcntl.LOCK_EX)
        fcntl.flock(room, fcntl.LOCK_EX if is_alone else fcntl.LOCK_SH)
        fcntl.flock(queue, fcntl.LOCK_UN)
        yield


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    with _or_skipped("postgresql", servers.postgresql()) as server:
        yield server


@pytest.fixture(scope="session")
def mysql_server() -> Iterator[Server]:
    with _or_skipped("mysql", servers.mariadb()) as server:
        yield server


@contextmanager
def _or_skipped(kind: str, server: AbstractContextManager[Server]) -> Iterator[Server]:
    """Left out only where the set-up could not install a server and said so."""
    with ExitStack() as stack:
        try:
            started = stack.enter_context(server)
        except FileNotFoundError as error:
            if not os.environ.get("TRACKSIDE_TESTS_PARTIAL"):
                raise
            pytest.skip(f"{kind}: {error}")
        yield started


@pytest.fixture(scope="session")
def trac_admin() -> Path:
    """Trac 1.6's `trac-admin`, from a virtual environment of its own."""
    return trac16() / "trac-admin"
