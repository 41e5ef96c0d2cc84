"""The log of a serving process: each line names the project and the request that it is about."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TextIO

_about: ContextVar[str] = ContextVar("trackside_about", default="-")
FORMAT = "%(asctime)s %(levelname)s [%(about)s] %(name)s: %(message)s"


def start(stream: TextIO, level: int = logging.WARNING) -> None:
    """Write the log of this process to a stream."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter(FORMAT))
    handler.addFilter(_add_about)
    logging.basicConfig(level=level, handlers=[handler])
    # It warns of every request that waits for a thread, if only for a moment.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)


def _add_about(record: logging.LogRecord) -> bool:
    record.about = _about.get()
    return True


@contextmanager
def about(project: str, request_id: str) -> Iterator[None]:
    """What is logged in the block is about this request to this project."""
    token = _about.set(f"{project} {request_id}")
    try:
        yield
    finally:
        _about.reset(token)
