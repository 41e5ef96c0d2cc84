"""42: addresses of authors are kept no longer."""

from __future__ import annotations

from trackside.db.schema import attachment, wiki
from trackside.db.upgrades.step import Step, drop_column


def shape(step: Step) -> None:
    for table in (attachment, wiki):
        drop_column(step.db, table, "ipnr")
