"""Trac's `cache` table: counters that tell every process which of its kept values are out of date."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, insert, select, update

from trackside.db.schema import cache

_READ = select(cache.c.key, cache.c.generation)
_BUMP = (
    update(cache)
    .where(cache.c.id == bindparam("cache_id"))
    .values(generation=cache.c.generation + 1, key=bindparam("cache_key"))
)
_MASK = 0x7FFFFFFF
_PRIME = 1000003


def cache_id(key: str) -> int:
    """The number of 31 bits by which Trac knows a key."""
    value = ord(key[0]) << 7 if key else 0
    for character in key:
        value = (value * _PRIME & _MASK) ^ ord(character)
    return value ^ len(key)


def read(db: Connection) -> Mapping[str, int]:
    """All counters by key; what is not there counts as -1."""
    return {row.key: row.generation for row in db.execute(_READ)}


def bump(db: Connection, key: str) -> None:
    """Count on within the writer's transaction, so that others see it when they can see the change."""
    number = cache_id(key)
    if db.execute(_BUMP, {"cache_id": number, "cache_key": key}).rowcount == 0:
        db.execute(insert(cache), {"id": number, "generation": 0, "key": key})
