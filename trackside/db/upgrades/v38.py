"""38: changes of files have numbers, for a path may be changed twice in a revision."""

from __future__ import annotations

from trackside.db.schema import node_change
from trackside.db.upgrades.step import Step, has_column, rebuild


def shape(step: Step) -> None:
    if not has_column(step.db, "node_change", "id"):
        rebuild(step.db, node_change)
