"""A cache of bounded size that forgets what was not asked for the longest time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Cache(Generic[K, V]):
    """`limit` is the sum of the sizes that its values were put with."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K) -> V | None:
        with self._lock:
            held = self._values.get(key)
            if held is None:
                return None
            self._values.move_to_end(key)
            return held[0]

    def put(self, key: K, value: V, size: int) -> None:
        if size > self._limit // 4:
            return
        with self._lock:
            old = self._values.pop(key, None)
            self._size += size - (old[1] if old is not None else 0)
            self._values[key] = (value, size)
            while self._size > self._limit:
                _, (_, freed) = self._values.popitem(last=False)
                self._size -= freed

    def __len__(self) -> int:
        return len(self._values)

    @property
    def size(self) -> int:
        return self._size
