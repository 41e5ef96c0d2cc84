"""34: who wants to hear of what."""

from __future__ import annotations

from trackside.db.schema import notify_subscription
from trackside.db.upgrades.step import Step, create_missing


def shape(step: Step) -> None:
    create_missing(step.db, notify_subscription)
