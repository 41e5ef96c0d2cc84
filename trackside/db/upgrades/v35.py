"""35: single things that somebody watches."""

from __future__ import annotations

from trackside.db.schema import notify_watch
from trackside.db.upgrades.step import Step, create_missing


def shape(step: Step) -> None:
    create_missing(step.db, notify_watch)
