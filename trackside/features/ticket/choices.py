"""The tables `enum`, `component`, `version` and `milestone`: what a ticket's fields may hold."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, insert, literal, select, union_all, update

from trackside.db.dialects import cast_int
from trackside.db.schema import component, enum, milestone, system, version
from trackside.features.ticket.model import (
    MILESTONE_CREATE,
    MILESTONE_DELETE,
    MILESTONE_MODIFY,
    TICKET_ADMIN,
    Choices,
    Component,
    EnumValue,
    Milestone,
    Milestones,
    Version,
)
from trackside.kernel.access import Cached, Grant

_ENUM_TYPES = ("ticket_type", "priority", "severity", "resolution")
# All lists in one statement, and what never changes; `kind` tells which one a row belongs to.
_CHOICES = union_all(
    select(
        enum.c.type.label("kind"),
        enum.c.name,
        cast_int(enum.c.value).label("number"),
        literal("").label("owner"),
        enum.c.description,
    ).where(enum.c.type.in_(_ENUM_TYPES)),
    select(literal("component"), component.c.name, literal(0), component.c.owner, component.c.description),
    select(literal("version"), version.c.name, version.c.time, literal(""), version.c.description),
    select(literal("system"), system.c.name, cast_int(system.c.value), literal(""), literal("")).where(
        system.c.name == "initial_database_version"
    ),
)
_MILESTONES = select(milestone.c.name, milestone.c.due, milestone.c.completed, milestone.c.description)


def _load_choices(db: Connection) -> Choices:
    lists: dict[str, list[tuple[str, int, str, str]]] = {}
    for kind, name, number, owner, text in db.execute(_CHOICES):
        lists.setdefault(kind, []).append((name, number or 0, owner or "", text or ""))
    enums = {
        kind: tuple(EnumValue(name, rank, text) for name, rank, _, text in sorted(rows, key=_by_rank))
        for kind, rows in lists.items()
        if kind in _ENUM_TYPES
    }
    return Choices(
        enums,
        tuple(Component(name, owner, text) for name, _, owner, text in sorted(lists.get("component", []))),
        tuple(Version(name, time, text) for name, time, _, text in lists.get("version", [])),
        next((number for _, number, _, _ in lists.get("system", [])), 0),
    )


def _by_rank(row: tuple[str, int, str, str]) -> tuple[int, str]:
    return row[1], row[0]


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


def put_component(db: Connection, grant: Grant, one: Component, former: str = "") -> None:
    """A new component, or other values for the one named `former`."""
    grant.check(TICKET_ADMIN)
    values = {"name": one.name, "owner": one.owner or None, "description": one.description or None}
    if former:
        db.execute(update(component).where(component.c.name == former).values(values))
    else:
        db.execute(insert(component).values(values))


def delete_component(db: Connection, grant: Grant, name: str) -> None:
    grant.check(TICKET_ADMIN)
    db.execute(delete(component).where(component.c.name == name))


def put_version(db: Connection, grant: Grant, one: Version, former: str = "") -> None:
    """A new version, or other values for the one named `former`."""
    grant.check(TICKET_ADMIN)
    values = {"name": one.name, "time": one.released or None, "description": one.description or None}
    if former:
        db.execute(update(version).where(version.c.name == former).values(values))
    else:
        db.execute(insert(version).values(values))


def delete_version(db: Connection, grant: Grant, name: str) -> None:
    grant.check(TICKET_ADMIN)
    db.execute(delete(version).where(version.c.name == name))


def replace_enum(db: Connection, grant: Grant, kind: str, values: Sequence[EnumValue]) -> None:
    """All values of a list, numbered as they stand."""
    grant.check(TICKET_ADMIN)
    db.execute(delete(enum).where(enum.c.type == kind))
    rows = [
        {"type": kind, "name": one.name, "value": str(place), "description": one.description or None}
        for place, one in enumerate(values, 1)
    ]
    if rows:
        db.execute(insert(enum), rows)
