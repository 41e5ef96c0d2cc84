"""44: values of ticket fields have a description, which stock reports must not confuse with the ticket's."""

from __future__ import annotations

import re

from sqlalchemy import select, update

from trackside.db.schema import enum, report
from trackside.db.upgrades.step import Step, add_text_column

_STOCK = (1, 2, 3, 4, 5, 7, 8)
_UNQUALIFIED = re.compile(r"(?<![\w.])description\s+AS\s+_description_?(?!\w)", re.IGNORECASE)


def shape(step: Step) -> None:
    add_text_column(step.db, enum, "description")


def data(step: Step) -> None:
    unclear = []
    rows = step.db.execute(select(report.c.id, report.c.query).where(report.c.id.in_(_STOCK))).all()
    for row in rows:
        query = row.query or ""
        if len(_UNQUALIFIED.findall(query)) == 1:
            fixed = _UNQUALIFIED.sub(lambda found: f"t.{found[0]}", query)
            step.db.execute(update(report).where(report.c.id == row.id).values(query=fixed))
        elif "enum" in query and re.search(r"(?<![\w.])description\b", query, re.IGNORECASE):
            unclear.append(str(row.id))
    if unclear:
        step.report(
            "These reports may name a column “description” without saying of which table,"
            f" please look at them: {', '.join(unclear)}"
        )
