"""SQLite connections that nobody uses now, kept a while because opening one costs more than a page may."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.pool import PoolProxiedConnection

from trackside.db.poolable import pool_size
from trackside.db.reaper import IDLE_SECONDS, watch


@dataclass(slots=True, eq=False)
class Open:
    """A connection with the file's identity at the time it was opened."""

    key: tuple[object, ...]
    proxy: PoolProxiedConnection
    raw: sqlite3.Connection
    inode: tuple[int, int]
    since: float = 0.0

    def close(self) -> None:
        with suppress(sqlite3.Error):
            self.proxy.close()


class Idle:
    """The connections that nobody uses now: the last few used, closed after two minutes."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._lock = threading.Lock()
        self._open: list[Open] = []

    def take(self, key: tuple[object, ...], inode: tuple[int, int]) -> Open | None:
        stale = None
        with self._lock:
            for position in range(len(self._open) - 1, -1, -1):
                if self._open[position].key == key:
                    found = self._open.pop(position)
                    if found.inode == inode:
                        return found
                    stale = found
                    break
        if stale is not None:
            stale.close()
            return self.take(key, inode)
        return None

    def put(self, connection: Open) -> None:
        connection.since = time.monotonic()
        with self._lock:
            self._open.append(connection)
            surplus = self._open.pop(0) if len(self._open) > self.size else None
        if surplus is not None:
            surplus.close()
        watch(self._sweep)

    def close(self, file: str | None = None, *, older_than: float = 0.0) -> None:
        """Close what is idle: of one file or all, for so many seconds."""
        limit = time.monotonic() - older_than
        with self._lock:
            gone = [one for one in self._open if (file is None or one.key[0] == file) and one.since <= limit]
            self._open = [one for one in self._open if one not in gone]
        for one in gone:
            one.close()

    def __len__(self) -> int:
        return len(self._open)

    def after_fork(self) -> None:
        """In the child: threads and whoever held a lock are not there."""
        self._lock = threading.Lock()
        self._open = []

    def _sweep(self) -> bool:
        self.close(older_than=IDLE_SECONDS)
        return bool(self._open)


idle = Idle(pool_size())
