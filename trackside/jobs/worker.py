"""Take jobs, run their handlers as Work, try again later what failed."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from trackside.jobs import queue, schedule
from trackside.jobs.scope import open_system_work
from trackside.kernel.errors import Failure
from trackside.kernel.events import Event
from trackside.kernel.feature import Handler, features_of
from trackside.kernel.project import Project

log = logging.getLogger("trackside.jobs")
SWEEP_SECONDS = 5.0


def run_due(project: Project, now: datetime | None = None) -> int:
    """Run what is due in one project; how many jobs were taken."""
    at = now or datetime.now(UTC)
    with project.database.begin("read") as db:
        waiting = queue.due(db, at)
    taken = sum(_run(project, id, at) for id in waiting)
    schedule.run_due(project, at)
    return taken


def _run(project: Project, id: int, now: datetime) -> bool:
    with project.database.begin("write") as db:
        job = queue.claim(db, id, now)
    if job is None:
        return False
    handler = next((h for f in features_of(project) for h in f.handlers if h.name == job.handler), None)
    try:
        if handler is None:
            raise LookupError(f"no feature of this project has a handler {job.handler}")
        _call(project, handler, job, now)
    except Exception as error:
        log.warning(
            "job %d of %s failed: %s", id, project.name, error, exc_info=not isinstance(error, Failure)
        )
        with project.database.begin("write") as db:
            queue.fail(db, job, now, f"{type(error).__name__}: {error}")
    return True


def _call(project: Project, handler: Handler, job: queue.Job, now: datetime) -> None:
    """Inside handlers share the transaction that removes their job; outside ones run between two."""
    if handler.prepare is not None:
        _call_outside(project, handler.prepare, job, now)
    elif handler.run is not None:
        with open_system_work(project, "handlers act for nobody", now=now, depth=job.event.depth + 1) as work:
            handler.run(work, job.event)
            queue.finish(work.db, job.id)


def _call_outside(
    project: Project,
    prepare: Callable[..., Callable[[], None]],
    job: queue.Job,
    now: datetime,
) -> None:
    event: Event = job.event
    with open_system_work(project, "handlers act for nobody", "read", now=now, depth=event.depth + 1) as work:
        send = prepare(work, event)
    send()
    with project.database.begin("write") as db:
        queue.finish(db, job.id)


class Worker:
    """A thread that sweeps the open projects every few seconds, and at once when woken."""

    def __init__(self, projects: Callable[[], Iterable[Project]]) -> None:
        self._projects = projects
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._loop, name="trackside-worker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._wake.set()

    def stop(self) -> None:
        """Let the job under way finish, then end."""
        self._stopping = True
        self._wake.set()
        self._thread.join(timeout=30)

    def _loop(self) -> None:
        while not self._stopping:
            self._wake.wait(SWEEP_SECONDS)
            self._wake.clear()
            self.sweep()

    def sweep(self) -> None:
        for project in self._projects():
            if self._stopping:
                return
            try:
                run_due(project)
            except Exception as error:
                log.warning("the jobs of %s wait: %s", project.name, error)
