"""Guessing passwords takes longer with every guess."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

FREE = 5
LONGEST_SECONDS = 900.0
MOST_REMEMBERED = 10_000


@dataclass(slots=True)
class _Guesses:
    count: int
    until: float


class Throttle:
    """Counts wrong passwords for each address and for each name; `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._guesses: OrderedDict[str, _Guesses] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, *keys: str) -> float:
        """Seconds until the next guess is looked at; 0 when it is at once."""
        now = self._clock()
        with self._lock:
            waits = [self._guesses[key].until - now for key in keys if key in self._guesses]
        return max([0.0, *waits])

    def failed(self, *keys: str) -> None:
        """A wrong password: after the first few the wait doubles each time."""
        now = self._clock()
        with self._lock:
            for key in keys:
                count = self._guesses[key].count + 1 if key in self._guesses else 1
                pause = min(2.0 ** (count - FREE), LONGEST_SECONDS) if count >= FREE else 0.0
                self._guesses[key] = _Guesses(count, now + pause)
                self._guesses.move_to_end(key)
            while len(self._guesses) > MOST_REMEMBERED:
                self._guesses.popitem(last=False)

    def succeeded(self, *keys: str) -> None:
        with self._lock:
            for key in keys:
                self._guesses.pop(key, None)
