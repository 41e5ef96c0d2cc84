"""The tables `enum`, `component`, `version` and `milestone`: what a ticket's fields may hold."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select, update

from trackside.db.dialects import cast_int
from trackside.db.schema import component, enum, milestone, version
from trackside.features.ticket.model import (
    MILESTONE_CREATE,
    MILESTONE_DELETE,
    MILESTONE_MODIFY,
    Choices,
    Component,
    EnumValue,
    Milestone,
    Milestones,
    Version,
)
from trackside.kernel.access import Cached, Grant

_ENUMS = (
    select(enum.c.type, enum.c.name, cast_int(enum.c.value).label("rank"), enum.c.description)
    .where(enum.c.type.in_(("ticket_type", "priority", "severity", "resolution")))
    .order_by(enum.c.type, cast_int(enum.c.value), enum.c.name)
)
_COMPONENTS = select(component.c.name, component.c.owner, component.c.description).order_by(component.c.name)
_VERSIONS = select(version.c.name, version.c.time, version.c.description)
_MILESTONES = select(milestone.c.name, milestone.c.due, milestone.c.completed, milestone.c.description)


def _load_choices(db: Connection) -> Choices:
    enums: dict[str, list[EnumValue]] = {}
    for kind, name, rank, description in db.execute(_ENUMS):
        enums.setdefault(kind, []).append(EnumValue(name, rank or 0, description or ""))
    return Choices(
        {kind: tuple(values) for kind, values in enums.items()},
        tuple(Component(name, owner or "", text or "") for name, owner, text in db.execute(_COMPONENTS)),
        tuple(Version(name, time or 0, text or "") for name, time, text in db.execute(_VERSIONS)),
    )


def _load_milestones(db: Connection) -> Milestones:
    rows = db.execute(_MILESTONES)
    return Milestones(
        {name: Milestone(name, due or 0, completed or 0, text or "") for name, due, completed, text in rows}
    )


CHOICES: Cached[Choices] = Cached("trac.ticket.api.TicketSystem.fields", _load_choices)
MILESTONES: Cached[Milestones] = Cached("trac.ticket.model.MilestoneCache.milestones", _load_milestones)


def insert_milestone(db: Connection, grant: Grant, new: Milestone) -> None:
    grant.check(MILESTONE_CREATE)
    db.execute(insert(milestone).values(_values(new)))


def update_milestone(db: Connection, grant: Grant, new: Milestone) -> None:
    """Other values, the name included, for the milestone of the grant."""
    name = grant.id(MILESTONE_MODIFY)
    db.execute(update(milestone).where(milestone.c.name == name).values(_values(new)))


def delete_milestone(db: Connection, grant: Grant) -> None:
    db.execute(delete(milestone).where(milestone.c.name == grant.id(MILESTONE_DELETE)))


def _values(new: Milestone) -> dict[str, object]:
    return {
        "name": new.name,
        "due": new.due,
        "completed": new.completed,
        "description": new.description or None,
    }
