"""What the project and a ticket offer to an actor: fields, rights, steps of the workflow, owners."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from trackside.features.ticket import fields as field_rules
from trackside.features.ticket import workflow
from trackside.features.ticket.choices import CHOICES, MILESTONES
from trackside.features.ticket.fields import Defaults, Fields
from trackside.features.ticket.model import (
    REALM,
    TICKET_ADMIN,
    TICKET_APPEND,
    TICKET_CHG_MILESTONE,
    TICKET_CHGPROP,
    TICKET_CREATE,
    TICKET_EDIT_CC,
    TICKET_EDIT_DESCRIPTION,
    TICKET_MODIFY,
    Choices,
    Milestone,
    Milestones,
    Ticket,
    TicketSettings,
)
from trackside.features.ticket.rules import Clock, Rights
from trackside.features.ticket.workflow import Action, Standing, Workflow
from trackside.kernel.access import Permission
from trackside.kernel.config import Config
from trackside.kernel.i18n import N_
from trackside.kernel.ref import Ref
from trackside.kernel.work import Work
from trackside.web.known_users import KNOWN_USERS

_DATED, _UNDATED, _CLOSED = N_("Open, by due date"), N_("Open, without a date"), N_("Completed")


@lru_cache(maxsize=256)
def _workflow(config: Config) -> Workflow:
    return workflow.parse(config.items("ticket-workflow") or workflow.BASIC)


@lru_cache(maxsize=256)
def _fields(config: Config, settings: TicketSettings, choices: Choices, milestones: Milestones) -> Fields:
    defaults = Defaults(settings.defaults, settings.allowed_empty_fields, settings.sizes)
    return field_rules.build(
        defaults,
        config.items("ticket-custom"),
        choices,
        tuple(milestones.by_name.values()),
        _workflow(config).states,
    )


def workflow_of(work: Work) -> Workflow:
    return _workflow(work.project.config)


def fields_of(work: Work) -> Fields:
    """The fields of this project, with the choices of this moment."""
    return _fields(
        work.project.config, work.settings(TicketSettings), work.cached(CHOICES), work.cached(MILESTONES)
    )


def choices_of(work: Work) -> Choices:
    return work.cached(CHOICES)


def list_milestones(work: Work) -> list[Milestone]:
    """All milestones in order: completed ones, then open ones by due date. Whoever shows them asks Access."""
    return field_rules.order_milestones(work.cached(MILESTONES).by_name.values())


def find_milestone(work: Work, name: str) -> Milestone | None:
    return work.cached(MILESTONES).by_name.get(name)


def clock_of(work: Work) -> Clock:
    return Clock(work.now, work.locale.zone)


def rights_of(work: Work, ticket: Ticket | None) -> Rights:
    """What the actor may set on a ticket, or on a new one."""
    if ticket is None:
        ref, is_new = Ref(REALM), work.access.allows(TICKET_CREATE, Ref(REALM))
    else:
        ref, is_new = ticket.ref, False

    def may(permission: Permission) -> bool:
        return is_new or work.access.allows(permission, ref)

    return Rights(
        me=work.actor.author if work.actor.is_authenticated else work.actor.label,
        properties=may(TICKET_CHGPROP),
        description=may(TICKET_EDIT_DESCRIPTION),
        reporter=work.access.allows(TICKET_ADMIN, ref) or (is_new and not work.actor.is_authenticated),
        cc=work.access.allows(TICKET_EDIT_CC, ref),
        comment=may(TICKET_APPEND),
    )


def standing_of(work: Work, ticket: Ticket | None) -> Standing:
    ref = ticket.ref if ticket else Ref(REALM)
    return Standing(
        ticket["status"] if ticket else None,
        ticket["owner"] if ticket else "",
        work.actor.author,
        lambda name: work.access.allows(Permission(name), ref),
    )


def list_actions(work: Work, ticket: Ticket | None) -> list[Action]:
    """The steps that a ticket, or a new one, offers to the actor; the first is the one to preselect."""
    return workflow.available(workflow_of(work), standing_of(work, ticket))


def list_owners(work: Work, action: Action, ticket: Ticket | None) -> list[str] | None:
    """Who may be chosen as owner by an action; None where anyone's name can be typed."""
    ref = ticket.ref if ticket else Ref(REALM)
    if action.owners:
        names = [name for entry in action.owners for name in _expand_owner(work, entry, ref)]
    elif work.settings(TicketSettings).restrict_owner:
        names = sorted(_holders(work, TICKET_MODIFY, ref))
    else:
        return None
    if "may_set_owner" in action.operations and names:
        names.insert(0, ticket["owner"] if ticket else work.settings(TicketSettings).default_owner)
    return list(dict.fromkeys(names)) or None


def _expand_owner(work: Work, entry: str, ref: Ref) -> list[str]:
    if entry == "authenticated":
        return sorted(_known(work))
    if entry in work.project.permissions:
        return sorted(_holders(work, Permission(entry), ref))
    return [entry]


def _known(work: Work) -> Mapping[str, tuple[str, str]]:
    return work.cached(KNOWN_USERS)


def is_known_user(work: Work, name: str) -> bool:
    """Whether somebody signs in by this name."""
    return name in _known(work)


def _holders(work: Work, permission: Permission, ref: Ref) -> list[str]:
    return [
        name
        for name in _known(work)
        if work.access.as_actor(name).allows(permission, ref)
    ]  # fmt: skip


def list_resolutions(work: Work, action: Action) -> tuple[str, ...]:
    field = fields_of(work).get("resolution")
    return action.resolutions or (field.options if field else ())


def milestone_groups(work: Work, current: str) -> list[tuple[str, list[str]]]:
    """The milestones that the actor may choose, in groups with their labels; done ones for administrators."""
    groups: dict[str, list[str]] = {}
    shows_done = work.access.allows(TICKET_ADMIN, Ref(REALM))
    for one in list_milestones(work):
        is_current = one.name == current
        if one.completed and not (shows_done or is_current):
            continue
        if is_current or work.access.allows(TICKET_CHG_MILESTONE, Ref("milestone", one.name)):
            label = _CLOSED if one.completed else _DATED if one.due else _UNDATED
            groups.setdefault(label, []).append(one.name)
    return [(label, groups[label]) for label in (_DATED, _UNDATED, _CLOSED) if label in groups]


def default_owner_text(work: Work) -> str:
    """The owner that a form for a new ticket proposes."""
    return work.settings(TicketSettings).default_owner


def default_resolution(work: Work) -> str:
    return work.settings(TicketSettings).default_resolution


def initial_values(work: Work) -> dict[str, str]:
    """What a new ticket's form starts with."""
    return {f.name: field_rules.default_of(f, work.now, work.locale.zone) for f in fields_of(work)}
