"""27: cache counters by number; what they held may be lost."""

from __future__ import annotations

from trackside.db import ddl
from trackside.db.schema import cache
from trackside.db.upgrades.step import Step, is_text


def shape(step: Step) -> None:
    if "cache" in ddl.table_names(step.db):
        if not is_text(step.db, "cache", "id"):
            return
        ddl.drop(step.db, "cache")
    ddl.create(step.db, cache)
