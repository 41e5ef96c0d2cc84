"""Milestones in sight: permissions, settings, groups of states and the progress that they make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from trackside.features.ticket.model import (
    MILESTONE_CREATE,
    MILESTONE_DELETE,
    MILESTONE_MODIFY,
    MILESTONE_VIEW,
    Milestone,
)
from trackside.kernel.access import Permission
from trackside.kernel.dates import from_stamp
from trackside.kernel.errors import Misconfigured
from trackside.kernel.ref import Ref
from trackside.kernel.settings import option, settings

REALM = "milestone"

MILESTONE_ADMIN = Permission(
    "MILESTONE_ADMIN", (MILESTONE_CREATE, MILESTONE_DELETE, MILESTONE_MODIFY, MILESTONE_VIEW)
)
ROADMAP_VIEW = Permission("ROADMAP_VIEW")
ROADMAP_ADMIN = Permission("ROADMAP_ADMIN", (MILESTONE_ADMIN, ROADMAP_VIEW))
PERMISSIONS = (
    MILESTONE_VIEW,
    MILESTONE_CREATE,
    MILESTONE_MODIFY,
    MILESTONE_DELETE,
    MILESTONE_ADMIN,
    ROADMAP_VIEW,
    ROADMAP_ADMIN,
)

_YES = frozenset({"yes", "true", "enabled", "on", "aye", "1"})
_DEFAULT_GROUPS = {
    "closed": "closed",
    "closed.order": "0",
    "closed.query_args": "group=resolution",
    "closed.overall_completion": "true",
    "active": "*",
    "active.order": "1",
    "active.css_class": "open",
}


@settings("milestone")
class MilestoneSettings:
    default_group_by: str = option("component", doc="The field by which a milestone's bars are grouped.")
    default_retarget_to: str = option(
        "", doc="The milestone that is proposed for the tickets of one that is closed or deleted."
    )
    stats_provider: str = option(
        "DefaultTicketGroupStatsProvider", doc="The component that counts the tickets of a milestone."
    )


@settings("roadmap")
class RoadmapSettings:
    stats_provider: str = option(
        "DefaultTicketGroupStatsProvider", doc="The component that counts tickets on the roadmap."
    )


@dataclass(frozen=True, slots=True)
class StateGroup:
    """A segment of a progress bar: the states that count for it; `query` narrows its link."""

    name: str
    label: str
    css: str
    states: frozenset[str]
    is_complete: bool
    query: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """`start` and `percent` place it on the bar."""

    group: StateGroup
    count: int
    start: int
    percent: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far something is: `percent` of its tickets count as completed, `done` in number."""

    total: int
    done: int
    percent: int
    segments: tuple[Segment, ...]


def milestone_ref(name: str) -> Ref:
    return Ref(REALM, name)


def due_of(milestone: Milestone) -> datetime | None:
    return from_stamp(milestone.due)


def completed_of(milestone: Milestone) -> datetime | None:
    return from_stamp(milestone.completed)


def groups_of(section: Mapping[str, str], states: Iterable[str]) -> tuple[StateGroup, ...]:
    """`[milestone-groups]`, or what stands for it. One group may hold all the states that no other names."""
    given = dict(section) or _DEFAULT_GROUPS
    known = set(states)
    names = [name for name in given if "." not in name]
    named = {name: _words(given[name]) for name in names if given[name].strip() != "*"}
    rest = [name for name in names if name not in named]
    if len(rest) > 1:
        raise Misconfigured(
            "[milestone-groups] has two groups for all other states: %(names)s.", names=", ".join(rest)
        )
    _refuse_doubles(named)
    left = known.difference(*named.values())
    groups = [
        (_integer(given.get(f"{name}.order", "")), _group(name, given, named.get(name, left)))
        for name in names
    ]
    return tuple(group for _, group in sorted(groups, key=lambda pair: pair[0]))


def _words(text: str) -> set[str]:
    return {word.strip() for word in text.split(",") if word.strip()}


def _refuse_doubles(named: Mapping[str, set[str]]) -> None:
    seen: dict[str, str] = {}
    for name, states in named.items():
        for state in states:
            if state in seen:
                raise Misconfigured(
                    "[milestone-groups] counts the state %(state)s in two groups: %(one)s and %(other)s.",
                    state=state,
                    one=seen[state],
                    other=name,
                )
            seen[state] = name


def _group(name: str, given: Mapping[str, str], states: Iterable[str]) -> StateGroup:
    pairs = (part.partition("=") for part in given.get(f"{name}.query_args", "").split(","))
    return StateGroup(
        name,
        given.get(f"{name}.label") or name,
        given.get(f"{name}.css_class") or name,
        frozenset(states),
        given.get(f"{name}.overall_completion", "").strip().lower() in _YES,
        tuple((key.strip(), value.strip()) for key, equals, value in pairs if equals),
    )


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return 0


def progress(groups: Sequence[StateGroup], counts: Mapping[str, int]) -> Progress:
    """Whole percents that add up to 100 wherever something is done."""
    numbers = [sum(counts.get(state, 0) for state in group.states) for group in groups]
    total = sum(numbers)
    done = sum(n for n, group in zip(numbers, groups, strict=True) if group.is_complete)
    percents = [round(100 * n / total) if total else 0 for n in numbers]
    overall = sum(p for p, group in zip(percents, groups, strict=True) if group.is_complete)
    missing = 100 - sum(percents)
    if total and missing and overall:
        part = min(p for p in percents if p) if missing > 0 else max(percents)
        percents[percents.index(part)] += missing
        overall += missing
    starts = [sum(percents[:i]) for i in range(len(percents))]
    segments = tuple(Segment(*parts) for parts in zip(groups, numbers, starts, percents, strict=True))
    return Progress(total, done, overall, segments)
