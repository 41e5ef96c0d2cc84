"""The stand-alone server: waitress with a worker thread, ended without cutting anybody off."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from wsgiref.types import WSGIApplication

from waitress.server import create_server

from trackside.jobs.worker import Worker
from trackside.kernel.errors import Unavailable
from trackside.kernel.project import Project

log = logging.getLogger("trackside.hosting")
GRACE_SECONDS = 30.0
THREADS = 8


@dataclass(frozen=True, slots=True)
class Listen:
    """Where to listen. `base_path` is put before every address, `scheme` is what links say.

    No request is longer than `most_bytes`: the server puts it on the disk before any project sees it.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    base_path: str = ""
    scheme: str = "http"
    threads: int = THREADS
    most_bytes: int = 256 * 1024 * 1024


class Server:
    """Serves until SIGTERM or SIGINT: then it takes no new request, answers those under way and ends."""

    def __init__(
        self, application: WSGIApplication, listen: Listen, projects: Callable[[], Iterable[Project]]
    ) -> None:
        self._stopping = threading.Event()
        self._worker = Worker(projects)
        try:
            self._server: Any = create_server(
                application,
                host=listen.host,
                port=listen.port,
                threads=listen.threads,
                url_prefix=listen.base_path,
                url_scheme=listen.scheme,
                ident="Trackside",
                clear_untrusted_proxy_headers=True,
                max_request_header_size=32 * 1024,
                max_request_body_size=listen.most_bytes,
                connection_limit=1000,
                channel_timeout=60,
                backlog=1024,
            )
        except OSError as error:
            raise Unavailable(
                "Nobody can listen at %(host)s port %(port)s: %(reason)s.",
                host=listen.host,
                port=listen.port,
                reason=error.strerror or error,
            ) from None

        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: self.stop())

    @property
    def port(self) -> int:
        return int(self._server.effective_port)

    def run(self) -> None:
        """Until stopped. A server made by another thread than the main one hears no signals."""
        self._worker.start()
        while not self._stopping.is_set():
            self._turn()
        self._finish()

    def stop(self) -> None:
        self._stopping.set()
        self._server.pull_trigger()

    def _turn(self, seconds: float = 1.0) -> None:
        server = self._server
        server.asyncore.loop(timeout=seconds, map=server._map, use_poll=server.adj.asyncore_use_poll, count=1)

    def _finish(self) -> None:
        server = self._server
        server.accepting = False
        server.del_channel()
        server.socket.close()
        until = time.monotonic() + GRACE_SECONDS
        while self._is_busy() and time.monotonic() < until:
            self._turn(0.05)
        server.task_dispatcher.shutdown()
        self._worker.stop()

    def _is_busy(self) -> bool:
        """Whether a request is being answered, or an answer not yet sent."""
        channels = list(self._server.active_channels.values())
        return any(c.requests or c.total_outbufs_len or c.request is not None for c in channels)
