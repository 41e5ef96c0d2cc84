"""What every test stands in: tests that measure run alone, and tests of what is not installed are left out."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without root, the set-up names the markers of what it could not install; those tests are skipped, by name."""
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
