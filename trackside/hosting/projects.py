"""Many environments, few of them open: find one by its path, reload it when its trac.ini changed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from trackside.kernel.project import Project

KEPT = 200


class Projects:
    """The open projects of a process, least recently used first.

    A changed trac.ini makes a new Project outside the lock; readers of the old one finish with it. What
    cannot be opened is not remembered, so it heals without a restart.
    """

    def __init__(self, open_one: Callable[[Path], Project], kept: int = KEPT) -> None:
        self._open_one = open_one
        self._kept = kept
        self._open: OrderedDict[Path, Project] = OrderedDict()
        self._lock = threading.Lock()
        self._opening: dict[Path, threading.Lock] = {}

    def find(self, path: Path) -> Project:
        """The project, open and as its trac.ini is now."""
        with self._lock:
            project = self._open.get(path)
            if project is not None:
                self._open.move_to_end(path)
        if project is not None and not project.config.is_stale():
            return project
        return self._reopen(path, project)

    def _reopen(self, path: Path, seen: Project | None) -> Project:
        """One thread opens; others wait for it and take what it made."""
        with self._lock:
            gate = self._opening.setdefault(path, threading.Lock())
        with gate:
            with self._lock:
                present = self._open.get(path)
            if present is not None and present is not seen:
                return present
            project = self._open_one(path)
            self._put(path, project)
        return project

    def _put(self, path: Path, project: Project) -> None:
        with self._lock:
            self._open[path] = project
            self._open.move_to_end(path)
            self._opening.pop(path, None)
            while len(self._open) > self._kept:
                self._open.popitem(last=False)

    def open_ones(self) -> list[Project]:
        with self._lock:
            return list(self._open.values())
