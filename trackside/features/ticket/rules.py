"""What an edit comes to: which fields somebody may set, what they become, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from trackside.features.ticket import fields as field_rules
from trackside.features.ticket.fields import PROTECTED, Field, Fields
from trackside.features.ticket.model import Choices, Edit, Ticket, TicketSettings, is_same, normalise_cc
from trackside.features.ticket.workflow import DEFAULT_OWNER, NEW, Action
from trackside.kernel.errors import Invalid
from trackside.kernel.i18n import N_
from trackside.kernel.text import split_names, whole_number


@dataclass(frozen=True, slots=True)
class Rights:
    """What one actor may set on one ticket; `me` is who a cc list gains when they add themselves."""

    me: str
    properties: bool
    description: bool
    reporter: bool
    cc: bool
    comment: bool


@dataclass(frozen=True, slots=True)
class Clock:
    """When and where somebody types a date."""

    now: datetime
    zone: tzinfo


def editable(fields: Fields, rights: Rights) -> list[Field]:
    """The fields that a form offers. Status, resolution and owner are the workflow's."""
    return [field for field in fields if _is_editable(field, rights)]


def _is_editable(field: Field, rights: Rights) -> bool:
    if field.name in PROTECTED or (field.name == "owner" and not field.is_custom):
        return False
    if field.name == "description":
        return rights.description
    if field.name == "reporter":
        return rights.reporter
    return rights.properties


def typed_values(
    edit: Edit, before: Mapping[str, str], fields: Fields, rights: Rights, clock: Clock
) -> dict[str, str]:
    """The editable fields of an edit as they would be stored. What is not offered is left out."""
    values: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for field in editable(fields, rights):
        if field.name not in edit.values:
            continue
        try:
            value = field_rules.clean(field, edit.values[field.name], clock.zone, clock.now)
        except Invalid:
            wrong[field.name] = N_("This is not a date. Write it like 2026-11-22 or 2026-11-22T18:00.")
            continue
        values[field.name] = _list_value(value, before, rights) if field.name == "cc" else value
    if wrong:
        raise refusal(wrong)
    return values


def _list_value(value: str, before: Mapping[str, str], rights: Rights) -> str:
    """The cc list; somebody who may not edit it adds or removes just themselves."""
    old = before.get("cc", "")
    new = normalise_cc(value)
    if new == normalise_cc(old):
        return old
    if rights.cc:
        return new
    others = [name for name in split_names(old) if name != rights.me]
    return ", ".join([*others, rights.me]) if rights.me in split_names(new) else ", ".join(others)


def refusal(wrong: Mapping[str, str]) -> Invalid:
    """One failure for all fields that are wrong."""
    return Invalid("Nothing is stored yet: look at the marked fields, then send the form again.", wrong)


def problems(fields: Fields, changes: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with new values, by field."""
    found: dict[str, str] = {}
    for name, value in changes.items():
        field = fields.get(name)
        problem = field_rules.problem(field, value) if field else None
        if problem:
            found[name] = problem
    return found


def comment_problem(edit: Edit, settings: TicketSettings) -> str | None:
    if settings.max_comment_size and len(edit.comment) > settings.max_comment_size:
        return N_("This comment is longer than this site allows.")
    return None


def check_reply(reply_to: str) -> None:
    """Raises Invalid for what is neither a comment's number nor the description."""
    if reply_to and reply_to != "description" and whole_number(reply_to) is None:
        raise Invalid("“%(text)s” is neither the number of a comment nor the description.", text=reply_to)


def choice_problem(
    action: Action,
    changes: Mapping[str, str],
    arguments: Mapping[str, str],
    owners: Iterable[str] | None,
    current_owner: str,
) -> dict[str, str]:
    """What is wrong with the owner and resolution chosen for an action."""
    found: dict[str, str] = {}
    typed = {changes.get("owner", ""), arguments.get("owner", changes.get("owner", "")).strip()}
    if action.sets_owner and owners is not None and typed.isdisjoint((*owners, current_owner)):
        found["owner"] = N_("Choose one of the people offered.")
    resolution = changes.get("resolution")
    if action.sets_resolution and action.resolutions and resolution not in action.resolutions:
        found["resolution"] = N_("Choose one of the resolutions offered.")
    return found


def component_owner(choices: Choices, component: str) -> str:
    return next((c.owner for c in choices.components if c.name == component), "")


def default_owner(choices: Choices, settings: TicketSettings, component: str) -> str:
    """Who owns a new ticket when nobody was chosen."""
    if settings.default_owner.strip() in DEFAULT_OWNER:
        return component_owner(choices, component)
    return settings.default_owner


def following_owner(
    choices: Choices, before: Mapping[str, str], changes: Mapping[str, str], action: Action | None
) -> str | None:
    """The new component's owner, when a ticket that is still new moves and was the old one's."""
    if "component" not in changes or (action is not None and action.touches_owner):
        return None
    if before.get("status") != NEW or changes.get("status", NEW) != NEW:
        return None
    if before.get("owner", "") != component_owner(choices, before.get("component", "")):
        return None
    return component_owner(choices, changes["component"]) or None


def with_defaults(ticket: Ticket, fields: Fields, clock: Clock) -> tuple[dict[str, str], tuple[str, ...]]:
    """A ticket's values with the defaults of custom fields that it has no row for, and the names of those."""
    late = tuple(field.name for field in fields.custom if field.name not in ticket.values)
    filled = {name: field_rules.default_of(fields[name], clock.now, clock.zone) for name in late}
    return {**ticket.values, **filled}, late


def changed_only(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in after.items() if not is_same(before.get(name, ""), value)}
