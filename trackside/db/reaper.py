"""One thread of a process that closes what has been idle for long."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

IDLE_SECONDS = 120.0
Sweep = Callable[[], bool]

_lock = threading.Lock()
_sweeps: set[Sweep] = set()


def watch(sweep: Sweep) -> None:
    """Call `sweep` each half minute until it answers that nothing is left to look after."""
    if sweep in _sweeps:
        return
    with _lock:
        _sweeps.add(sweep)
        is_first = len(_sweeps) == 1
    if is_first:
        threading.Thread(target=_run, name="trackside-reaper", daemon=True).start()


def _run() -> None:
    while True:
        time.sleep(IDLE_SECONDS / 4)
        for sweep in list(_sweeps):
            if not sweep():
                _sweeps.discard(sweep)
        with _lock:
            if not _sweeps:
                return


def _after_fork() -> None:
    """The child has no such thread."""
    global _lock
    _lock = threading.Lock()
    _sweeps.clear()


os.register_at_fork(after_in_child=_after_fork)
