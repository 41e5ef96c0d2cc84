"""Open a Work: one transaction, committed or rolled back, with the jobs of its events inside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import Connection

from trackside.jobs import queue
from trackside.kernel.access import Access, Actor
from trackside.kernel.feature import features_of
from trackside.kernel.href import Href
from trackside.kernel.i18n import ENGLISH, Locale
from trackside.kernel.project import Project
from trackside.kernel.work import Work

Who = Callable[[Connection], tuple[Actor, Locale]]
WAKE_FOLDER = ".wake"


class _Abandoned(Exception):
    """Unwinds the transaction of a work that answered with a failure."""


@contextmanager
def open_work(
    project: Project,
    who: Actor | Who,
    mode: Literal["read", "write"] = "read",
    *,
    href: Href | None = None,
    locale: Locale = ENGLISH,
    now: datetime | None = None,
    depth: int = 0,
) -> Iterator[Work]:
    """Leaving commits, raising or `work.abandon()` rolls back.

    `who` may be a function that finds out inside the transaction who asks.
    """
    stored = 0
    with suppress(_Abandoned), project.database.begin(mode) as db:
        if isinstance(who, Actor):
            actor = who
        else:
            actor, locale = who(db)
        work = Work(project, db, actor, now or datetime.now(UTC), mode, href or Href(), locale, depth)
        yield work
        if work.is_abandoned:
            raise _Abandoned
        stored = _store_jobs(work)
    if stored:
        wake(project)


@contextmanager
def open_system_work(
    project: Project,
    reason: str,
    mode: Literal["read", "write"] = "write",
    *,
    author: str = "trac",
    now: datetime | None = None,
    depth: int = 0,
) -> Iterator[Work]:
    """A Work that may do everything, for the command line, jobs and upgrades; `reason` is for readers."""
    with open_work(project, Actor(author), mode, now=now, depth=depth) as work:
        work.access = Access.system(reason, work, author)
        yield work


def _store_jobs(work: Work) -> int:
    if not work.events:
        return 0
    handlers = [h for feature in features_of(work.project) for h in feature.handlers]
    pairs = [
        (handler.name, event)
        for event in work.events
        for handler in handlers
        if event.kind in handler.kinds or "*" in handler.kinds
    ]
    return queue.put(work.db, work.now, pairs)


def wake(project: Project) -> None:
    """A hint to workers of other processes; without it they come by at their next sweep."""
    hint = project.path.parent / WAKE_FOLDER / project.name
    with suppress(OSError):
        hint.parent.mkdir(exist_ok=True)
        hint.touch()
