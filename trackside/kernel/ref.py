"""Ref: the name of a thing."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Ref:
    """Realm, id, version and parent, as Trac names resources.

    `id` is None for the realm as a whole; `version` is None for the newest.
    """

    realm: str
    id: str | None = None
    version: int | None = None
    parent: Ref | None = None

    def child(self, realm: str, id: str | None = None) -> Ref:
        return Ref(realm, id, None, self)

    def at(self, version: int | None) -> Ref:
        return replace(self, version=version)

    def __str__(self) -> str:
        own = f"{self.realm}:{self.id if self.id is not None else '*'}"
        if self.version is not None:
            own = f"{own}@{self.version}"
        return f"{self.parent}/{own}" if self.parent else own
