"""What can be seen of milestones and done with them: how far they are, whose tickets they wait for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from trackside.features.attachment.actions import follow_thing
from trackside.features.roadmap import store
from trackside.features.roadmap.model import (
    REALM,
    ROADMAP_VIEW,
    Progress,
    StateGroup,
    completed_of,
    groups_of,
    milestone_ref,
    progress,
)
from trackside.features.ticket import milestones, offers
from trackside.features.ticket.fields import Field
from trackside.features.ticket.model import (
    MILESTONE_DELETE,
    MILESTONE_MODIFY,
    MILESTONE_VIEW,
    TICKET_VIEW,
    Milestone,
)
from trackside.kernel.errors import NotFound
from trackside.kernel.ref import Ref
from trackside.kernel.work import Work


@dataclass(frozen=True, slots=True)
class Bar:
    """One value of a field: its progress, and how wide its bar is beside the others, in percent."""

    value: str
    progress: Progress
    width: int


def list_milestones(work: Work) -> list[Milestone]:
    """The milestones that may be seen, in order: completed ones, then by due date, then those without."""
    scope = work.access.scope(MILESTONE_VIEW, REALM)
    return scope.filter(offers.list_milestones(work), lambda m: milestone_ref(m.name))


def list_roadmap(work: Work, has_completed: bool, has_undated: bool) -> list[tuple[Milestone, Progress]]:
    """The milestones to show with their progress: one statement counts for all of them."""
    work.access.require(ROADMAP_VIEW, Ref("roadmap"))
    shown = [
        m
        for m in list_milestones(work)
        if (has_completed or not m.completed) and (has_undated or m.due or m.completed)
    ]
    groups = state_groups(work)
    counts = store.count_by_milestone(work.db, work.access.scope(TICKET_VIEW, "ticket")) if shown else {}
    return [(m, progress(groups, counts.get(m.name, {}))) for m in shown]


def find_milestone(work: Work, name: str) -> Milestone | None:
    """None where there is none; Forbidden for one that may not be seen."""
    work.access.require(MILESTONE_VIEW, milestone_ref(name))
    return offers.find_milestone(work, name)


def read_milestone(work: Work, name: str) -> Milestone:
    found = find_milestone(work, name)
    if found is None:
        raise NotFound("There is no milestone “%(name)s”.", name=name)
    return found


def change_milestone(work: Work, name: str, new: Milestone) -> str:
    """New values; tickets and files go with a new name. Answers the name."""
    grant = work.access.require(MILESTONE_MODIFY, milestone_ref(name))
    stored = milestones.change_milestone(work, name, new)
    if stored != name:
        follow_thing(work, grant, stored)
    return stored


def delete_milestone(work: Work, name: str, target: str) -> int:
    """Its tickets go to another one or to none, its files with it. Answers how many tickets."""
    grant = work.access.require(MILESTONE_DELETE, milestone_ref(name))
    moved = milestones.delete_milestone(work, name, target)
    follow_thing(work, grant, None)
    return moved


def state_groups(work: Work) -> tuple[StateGroup, ...]:
    return groups_of(work.project.config.items("milestone-groups"), offers.workflow_of(work).states)


def group_fields(work: Work) -> list[Field]:
    """The fields by which a milestone's tickets can be grouped."""
    return [
        field
        for field in offers.fields_of(work)
        if field.name != "milestone" and (field.kind == "select" or field.name in ("owner", "reporter"))
    ]


def read_bars(work: Work, milestone: Milestone, by: str) -> tuple[Progress, list[Bar]]:
    """A milestone's progress, and that of each value of a field; one statement for both."""
    field = next((f for f in group_fields(work) if f.name == by), None)
    scope = work.access.scope(TICKET_VIEW, "ticket")
    column, is_custom = (field.name, field.is_custom) if field else ("milestone", False)
    counts = store.count_by_field(work.db, scope, milestone.name, column, is_custom)
    groups = state_groups(work)
    whole: dict[str, int] = {}
    for states in counts.values():
        for state, count in states.items():
            whole[state] = whole.get(state, 0) + count
    values = _ordered(field, counts) if field else []
    found = [(value, progress(groups, counts[value])) for value in values]
    largest = max((p.total for _, p in found), default=0)
    bars = [Bar(value, p, p.total * 80 // largest) for value, p in found if p.total]
    return progress(groups, whole), bars


def _ordered(field: Field, counts: Mapping[str, object]) -> list[str]:
    """The values in the field's own order; others, and none at all, behind them."""
    ranks = {value: rank for rank, value in enumerate(field.options)}
    return sorted(counts, key=lambda value: (value == "", ranks.get(value, len(ranks)), value))


def list_owned(work: Work, owner: str) -> Sequence[Any]:
    """Somebody's tickets that are meant for a milestone."""
    return store.owned_by(work.db, work.access.scope(TICKET_VIEW, "ticket"), owner)


def list_completed(work: Work, start: datetime, stop: datetime) -> list[tuple[datetime, Milestone]]:
    """What was completed in a span of time; no statement beyond the cached list."""
    from_to = [(completed, m) for m in list_milestones(work) if (completed := completed_of(m))]
    return [(at, m) for at, m in from_to if start <= at <= stop]


def find_words(work: Work, terms: Sequence[str]) -> list[Milestone]:
    """The milestones in which every term occurs, in name or description."""
    folded = [term.lower() for term in terms]
    return [
        m
        for m in list_milestones(work)
        if all(term in m.name.lower() or term in m.description.lower() for term in folded)
    ]
