"""25: microseconds instead of seconds."""

from __future__ import annotations

from sqlalchemy import select, update

from trackside.db import ddl
from trackside.db.schema import attachment, milestone, revision, ticket, ticket_change, version, wiki
from trackside.db.upgrades.step import Step

_TIMES = (
    attachment.c.time,
    wiki.c.time,
    revision.c.time,
    ticket.c.time,
    ticket.c.changetime,
    ticket_change.c.time,
    milestone.c.due,
    milestone.c.completed,
    version.c.time,
)
_WIDEN = {
    "postgresql": "ALTER TABLE {table} ALTER COLUMN {column} TYPE bigint",
    "mysql": "ALTER TABLE {table} MODIFY {column} bigint{required}",
}
_MICROSECONDS = 1_000_000


def shape(step: Step) -> None:
    backend = step.db.dialect.name
    for column in _TIMES:
        if backend in _WIDEN:
            step.db.exec_driver_sql(
                _WIDEN[backend].format(
                    table=ddl.quote(backend, column.table.name),
                    column=ddl.quote(backend, column.name),
                    required=" NOT NULL" if column.primary_key else "",
                )
            )


def data(step: Step) -> None:
    for column in _TIMES:
        step.db.execute(update(column.table).values({column: column * _MICROSECONDS}))
    _scale_edits(step)


def _scale_edits(step: Step) -> None:
    """When a comment was edited is kept as text."""
    change = ticket_change
    edits = select(change.c.ticket, change.c.time, change.c.field, change.c.newvalue)
    for row in step.db.execute(edits.where(change.c.field.like("/_comment%", escape="/"))).all():
        if row.newvalue and row.newvalue.strip().isdecimal():
            step.db.execute(
                update(change)
                .where(change.c.ticket == row.ticket, change.c.time == row.time, change.c.field == row.field)
                .values(newvalue=str(int(row.newvalue) * _MICROSECONDS))
            )
