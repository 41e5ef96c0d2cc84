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
_is_running = False


def watch(sweep: Sweep) -> None:
    """Call `sweep` each half minute until it answers that nothing is left to look after."""
    global _is_running
    if sweep in _sweeps:
        return
    with _lock:
        _sweeps.add(sweep)
        must_start = not _is_running
        _is_running = True
    if must_start:
        threading.Thread(target=_run, name="trackside-reaper", daemon=True).start()


def sweep_all() -> None:
    """One round. A sweep is taken off the list first: what comes in meanwhile puts it on again."""
    for sweep in list(_sweeps):
        with _lock:
            _sweeps.discard(sweep)
        if sweep():
            with _lock:
                _sweeps.add(sweep)


def _run() -> None:
    global _is_running
    while True:
        time.sleep(IDLE_SECONDS / 4)
        sweep_all()
        with _lock:
            if not _sweeps:
                _is_running = False
                return


def _after_fork() -> None:
    """The child has no such thread."""
    global _lock, _is_running
    _lock = threading.Lock()
    _is_running = False
    _sweeps.clear()


os.register_at_fork(after_in_child=_after_fork)
