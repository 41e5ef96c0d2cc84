"""A ticket's fields as a page shows and asks for them: plain values for templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

from trackside.features.ticket import fields as field_rules
from trackside.features.ticket import offers
from trackside.features.ticket.fields import Field, Fields
from trackside.features.ticket.model import CLOSED, QuerySettings, Ticket
from trackside.features.ticket.rules import Rights, editable
from trackside.features.ticket.workflow import Action
from trackside.kernel.text import split_names
from trackside.kernel.work import Work

Options = Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Control:
    """One field of a form. `groups` are labelled lists of options; the label "" needs no heading."""

    name: str
    label: str
    kind: str
    value: str
    groups: Options = ()
    is_optional: bool = True
    rows: int = 4
    problem: str = ""
    me: str = ""
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the workflow as the form offers it. `owners` None: any name may be typed."""

    key: str
    label: str
    asks_owner: bool
    owners: Sequence[str] | None
    owner: str
    asks_resolution: bool
    resolutions: Sequence[str]
    resolution: str
    status: str
    changes_status: bool


@dataclass(frozen=True, slots=True)
class Property:
    """A field's value on the page: `kind` says how it looks; `items` are (text, address) pairs."""

    name: str
    label: str
    kind: str
    items: Sequence[tuple[str, str]] = ()
    moment: datetime | None = None
    text: str = ""


def make_controls(
    work: Work,
    fields: Fields,
    rights: Rights,
    values: Mapping[str, str],
    problems: Mapping[str, str],
) -> list[Control]:
    """The controls of all fields that may be edited, in their order."""
    return [
        _control(work, field, rights, values.get(field.name, ""), problems.get(field.name, ""))
        for field in editable(fields, rights)
    ]


def _control(work: Work, field: Field, rights: Rights, value: str, problem: str) -> Control:
    kind, me = field.kind, ""
    if field.name == "cc" and not rights.cc and not field.is_custom:
        kind, me = "me", rights.me
    if kind == "time":
        value = typed_time(work, value)
    return Control(
        name=field.name,
        label=field.label,
        kind=kind,
        value=value,
        groups=_groups(work, field, value),
        is_optional=field.is_optional,
        rows=field.rows or (12 if field.name == "description" else 4),
        problem=problem,
        me=me,
        is_wide=field.kind == "textarea" or field.name in ("summary", "keywords", "cc"),
    )


def _groups(work: Work, field: Field, value: str) -> Options:
    if not field.is_choice:
        return ()
    groups: list[tuple[str, Sequence[str]]] = [("", field.options)]
    if field.name == "milestone" and not field.is_custom:
        groups = list(offers.milestone_groups(work, value))
    if value and not any(value in options for _, options in groups):
        groups.append(("", (value,)))
    return groups


def typed_time(work: Work, value: str) -> str:
    """A stored moment as somebody would type it, so that sending it back changes nothing."""
    moment = field_rules.read_time(value)
    if moment is None:
        return value
    local = moment.astimezone(work.locale.zone)
    if (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0):
        return local.date().isoformat()
    return local.replace(tzinfo=None).isoformat(timespec="auto")


def make_steps(
    work: Work, ticket: Ticket | None, steps: Sequence[Action], arguments: Mapping[str, Mapping[str, str]]
) -> list[Step]:
    """The workflow's steps; `arguments` holds what was typed for each, by action."""
    return [_step(work, ticket, action, arguments.get(action.key, {})) for action in steps]


def _step(work: Work, ticket: Ticket | None, action: Action, typed: Mapping[str, str]) -> Step:
    status = ticket["status"] if ticket else ""
    owners = offers.list_owners(work, action, ticket) if action.sets_owner else None
    current = ticket["owner"] if ticket else offers.default_owner_text(work)
    proposal = current if "may_set_owner" in action.operations else work.actor.author
    resolutions = offers.list_resolutions(work, action) if action.sets_resolution else ()
    return Step(
        key=action.key,
        label=action.label,
        asks_owner=action.sets_owner,
        owners=owners,
        owner=typed.get("owner", proposal),
        asks_resolution=action.sets_resolution,
        resolutions=resolutions,
        resolution=typed.get("resolution", offers.default_resolution(work)),
        status=action.target(status),
        changes_status=action.target(status) != status or action.touches_owner,
    )


HEADED = frozenset({"summary", "reporter", "description", "type", "status", "time", "changetime"})


def make_properties(work: Work, fields: Fields, ticket: Ticket) -> list[Property]:
    """What the side column shows: every field that has no place in the heading."""
    base = parse_qsl(work.settings(QuerySettings).ticketlink_query.lstrip("?"), keep_blank_values=True)
    shown = [
        _property(work, field, ticket[field.name], base)
        for field in fields
        if field.name not in HEADED or field.is_custom
    ]
    return [one for one in shown if one.name != "resolution" or one.items]


def _property(work: Work, field: Field, value: str, base: Sequence[tuple[str, str]]) -> Property:
    if field.link_query is not None:
        base = parse_qsl(field.link_query.lstrip("?"), keep_blank_values=True)
    if not value:
        return Property(field.name, field.label, "none")
    if field.kind == "time":
        moment = field_rules.read_time(value)
        return Property(field.name, field.label, field.format, moment=moment, text=value)
    if field.is_list:
        kind = "people" if field.name == "cc" else "chips"
        items = [(item, _address(work, field.name, f"~{item}", base)) for item in split_names(value)]
        return Property(field.name, field.label, kind, items)
    kind = _kind(field)
    if kind in ("wide", "text"):
        return Property(field.name, field.label, kind, text=value)
    address = _address(work, field.name, value, base)
    if field.name == "milestone" and not field.is_custom:
        address = work.href("milestone", value)
    return Property(field.name, field.label, kind, [(value, address)])


def _kind(field: Field) -> str:
    if field.kind == "checkbox":
        return "flag"
    if field.name == "owner" and not field.is_custom:
        return "person"
    if field.is_choice or field.format == "reference":
        return "link"
    return "wide" if field.kind == "textarea" or field.format == "wiki" else "text"


def _address(work: Work, name: str, value: str, base: Sequence[tuple[str, str]]) -> str:
    """The list of tickets with the same value; that of a mail address would show what is hidden."""
    if "@" in value:
        return ""
    pairs = [(key, text) for key, text in base if key != name]
    if name == "resolution":
        pairs = [(key, text) for key, text in pairs if key != "status"] + [("status", CLOSED)]
    return work.href("query", query=[*pairs, (name, value)])
