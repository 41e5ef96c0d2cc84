"""Work: one project, one transaction, one actor, one clock, the events so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeVar, cast

from sqlalchemy import Connection

from trackside.kernel.access import Access, Actor, Cached
from trackside.kernel.errors import Misconfigured
from trackside.kernel.events import MAX_DEPTH, Event
from trackside.kernel.href import Href
from trackside.kernel.i18n import ENGLISH, Locale
from trackside.kernel.project import Project

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Work:
    """What every action, job, command and page is given first. `now` is one instant for all of it."""

    project: Project
    db: Connection
    actor: Actor
    now: datetime
    mode: Literal["read", "write"] = "read"
    href: Href = Href()
    locale: Locale = ENGLISH
    depth: int = 0
    is_abandoned: bool = False
    events: list[Event] = field(default_factory=list)
    access: Access = field(init=False)
    _generations: Mapping[str, int] | None = None
    _stale: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.access = Access(self.actor, self.project.policies, self)

    def settings(self, kind: type[T]) -> T:
        return self.project.settings(kind)

    def abandon(self) -> None:
        """Roll back at the end although nothing was raised: the answer tells of a failure."""
        self.is_abandoned = True

    def emit(self, event: Event) -> None:
        """Remember what happened; its jobs are stored with the change itself."""
        if self.depth >= MAX_DEPTH:
            raise Misconfigured("Handlers answer one another in a circle: %(kind)s.", kind=event.kind)
        self.events.append(event)

    def cached(self, cached: Cached[T]) -> T:
        """The value of a cache, fresh as of this transaction: one statement for all caches of a work."""
        if cached.key in self._stale:
            return cached.load(self.db)
        if self._generations is None:
            self._generations = self.project.generations.read(self.db)
        generation = self._generations.get(cached.key, -1)
        held = self.project.cache.get(cached.key)
        if held is not None and held[0] == generation:
            return cast(T, held[1])
        value = cached.load(self.db)
        if not self._stale:
            self.project.cache[cached.key] = (generation, value)
        return value

    def invalidate(self, *caches: Cached[Any]) -> None:
        """Tell every process, Trac's included, that these values changed with this transaction."""
        for cached in caches:
            self.project.generations.bump(self.db, cached.key)
            self._stale.add(cached.key)
