"""22: counters that keep the caches of several processes fresh."""

from __future__ import annotations

from sqlalchemy import MetaData, Table

from trackside.db.schema import int32, key
from trackside.db.upgrades.step import Step, create_missing

cache = Table("cache", MetaData(), key("id"), int32("generation"))


def shape(step: Step) -> None:
    create_missing(step.db, cache)
