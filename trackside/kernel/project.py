"""Project: one assembled environment. Frozen, so that readers of an old one finish with it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, TypeVar, cast

from sqlalchemy import Connection

from trackside.kernel import settings
from trackside.kernel.access import Policy
from trackside.kernel.config import Config
from trackside.kernel.errors import Misconfigured

T = TypeVar("T")


class Database(Protocol):
    def begin(self, mode: Literal["read", "write"]) -> AbstractContextManager[Connection]: ...

    def stamp(self) -> tuple[int, ...] | None:
        """Differs after every committed change, whoever made it; None where that cannot be told cheaply."""

    def close(self) -> None:
        """Let go of what is held open between transactions."""


class Generations(Protocol):
    """Cross-process counters of Trac's `cache` table, by Trac's dotted names."""

    def read(self, db: Connection) -> Mapping[str, int]: ...

    def bump(self, db: Connection, key: str) -> None: ...


@dataclass(frozen=True, slots=True, eq=False)
class Project:
    """`name` is the directory's; `permissions` maps each name to all names it includes."""

    name: str
    path: Path
    config: Config
    database: Database
    generations: Generations
    policies: tuple[Policy, ...]
    permissions: Mapping[str, frozenset[str]]
    parts: Mapping[type, object]
    _settings: dict[type, object] = field(default_factory=dict)
    cache: dict[str, tuple[int, object]] = field(default_factory=dict)
    serial: int = field(default_factory=itertools.count().__next__)

    def settings(self, kind: type[T]) -> T:
        """A feature's settings, built once from this version of trac.ini."""
        built = self._settings.get(kind)
        if built is None:
            built = self._settings[kind] = settings.build(kind, self.config)
        return cast(T, built)

    def part(self, kind: type[T]) -> T:
        """What assembling made of the features' contributions, as the syntax or the routes."""
        try:
            return cast(T, self.parts[kind])
        except KeyError:
            raise Misconfigured("This project was assembled without %(part)s.", part=kind.__name__) from None
