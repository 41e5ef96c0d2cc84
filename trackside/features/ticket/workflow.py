"""The workflow of `[ticket-workflow]`: which actions a ticket offers, and what each changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from trackside.kernel.i18n import N_

NEW = "new"
RESET = "_reset"
RESET_LABEL = N_("Reset")
ANY = "*"
CREATED = "<none>"
ADMIN = "TICKET_ADMIN"
DEFAULT_OWNER = ("< default >", "<default>")
OPERATIONS = frozenset(
    [
        "leave_status",
        "set_owner",
        "may_set_owner",
        "set_owner_to_self",
        "del_owner",
        "set_resolution",
        "del_resolution",
        "reset_workflow",
    ]
)
BASIC: Mapping[str, str] = {
    "create": "<none> -> new",
    "create.default": "1",
    "create_and_assign": "<none> -> assigned",
    "create_and_assign.label": "assign",
    "create_and_assign.operations": "may_set_owner",
    "create_and_assign.permissions": "TICKET_MODIFY",
    "leave": "* -> *",
    "leave.operations": "leave_status",
    "leave.default": "1",
    "accept": "new,assigned,accepted,reopened -> accepted",
    "accept.operations": "set_owner_to_self",
    "accept.permissions": "TICKET_MODIFY",
    "resolve": "new,assigned,accepted,reopened -> closed",
    "resolve.operations": "set_resolution",
    "resolve.permissions": "TICKET_MODIFY",
    "reassign": "new,assigned,accepted,reopened -> assigned",
    "reassign.operations": "set_owner",
    "reassign.permissions": "TICKET_MODIFY",
    "reopen": "closed -> reopened",
    "reopen.operations": "del_resolution",
    "reopen.permissions": "TICKET_CREATE",
}


@dataclass(frozen=True, slots=True)
class Action:
    """One action. `old` are the states it starts from; `new` is where it leads, `*` for where it is."""

    key: str
    old: tuple[str, ...]
    new: str
    label: str
    permissions: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    weight: int = 0
    owners: tuple[str, ...] = ()
    resolutions: tuple[str, ...] = ()

    @property
    def sets_owner(self) -> bool:
        """Whether the owner is asked for."""
        return "set_owner" in self.operations or "may_set_owner" in self.operations

    @property
    def touches_owner(self) -> bool:
        return self.sets_owner or "set_owner_to_self" in self.operations or "del_owner" in self.operations

    @property
    def sets_resolution(self) -> bool:
        return "set_resolution" in self.operations

    def target(self, status: str) -> str:
        return status if self.new == ANY else self.new


@dataclass(frozen=True)
class Workflow:
    """All actions by key, and what is wrong with the section, for administrators."""

    actions: Mapping[str, Action]
    problems: tuple[str, ...] = ()

    @cached_property
    def states(self) -> tuple[str, ...]:
        """Every word left or right of an arrow."""
        words = {w for action in self.actions.values() for w in (*action.old, action.new)}
        return tuple(sorted(words - {ANY, CREATED, ""}))


@dataclass(frozen=True, slots=True)
class Standing:
    """The stored state of a ticket (`status` None before it is created), and who asks."""

    status: str | None
    owner: str
    actor: str
    allows: Callable[[str], bool] = field(repr=False)


def parse(section: Mapping[str, str]) -> Workflow:
    """The section's actions; one whose arrow cannot be read is left out and named among the problems."""
    actions: dict[str, Action] = {}
    problems = []
    for key, value in section.items():
        if "." in key:
            continue
        ends = value.split("->")
        if len(ends) != 2:
            problems.append(key)
            continue
        prefix = key + "."
        own = {k[len(prefix) :]: v for k, v in section.items() if k.startswith(prefix)}
        actions[key] = _action(key, ends[0], ends[1].strip(), own)
    if RESET not in actions and any(NEW in (*a.old, a.new) for a in actions.values()):
        actions[RESET] = Action(RESET, (), NEW, RESET_LABEL, (ADMIN,), ("reset_workflow",))
    return Workflow(actions, tuple(problems))


def _action(key: str, old: str, new: str, own: Mapping[str, str]) -> Action:
    states = tuple(CREATED if s == "< none >" else s for s in _items(old))
    return Action(
        key=key,
        old=states,
        new=new,
        label=own.get("label") or own.get("name") or key.replace("_", " ").strip(),
        permissions=_items(own.get("permissions", "")),
        operations=_items(own.get("operations", "")),
        weight=_weight(own.get("default", "")),
        owners=_items(own.get("set_owner", "")),
        resolutions=_items(own.get("set_resolution", "")),
    )


def _items(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",") if item.strip())


def _weight(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return 0


def available(workflow: Workflow, standing: Standing) -> list[Action]:
    """The actions offered, in the order of a form: by weight, then name, both descending."""
    is_lost = standing.status is not None and standing.status not in workflow.states
    offered = [
        action
        for action in workflow.actions.values()
        if (_is_reset(action, is_lost) or _starts_here(action, standing))
        and _is_worth(action, standing)
        and _is_permitted(action, standing)
    ]
    return sorted(offered, key=lambda action: (action.weight, action.key), reverse=True)


def find(workflow: Workflow, standing: Standing, key: str) -> Action | None:
    """The action of that key, when it is offered."""
    return next((action for action in available(workflow, standing) if action.key == key), None)


def _is_reset(action: Action, is_lost: bool) -> bool:
    return action.key == RESET and is_lost


def _starts_here(action: Action, standing: Standing) -> bool:
    if standing.status is None:
        return CREATED in action.old
    return action.old == (ANY,) or standing.status in action.old


def _is_worth(action: Action, standing: Standing) -> bool:
    """Not an acceptance that would change nothing, nor an action that somebody else's code must do."""
    if action.new == ANY and not _is_ours(action):
        return False
    is_pure_acceptance = action.operations == ("set_owner_to_self",)
    is_mine = standing.owner == standing.actor and standing.status == action.target(standing.status or "")
    return not (is_pure_acceptance and is_mine)


def _is_ours(action: Action) -> bool:
    operations = set(action.operations)
    return "leave_status" in operations or (bool(operations) and operations <= OPERATIONS)


def _is_permitted(action: Action, standing: Standing) -> bool:
    return not action.permissions or any(standing.allows(name) for name in action.permissions)


def apply(
    action: Action, standing: Standing, arguments: Mapping[str, str], default_owner: str
) -> dict[str, str]:
    """The fields that an action sets. `arguments` holds the chosen `owner` and `resolution`, as far as sent;
    an owner left out is the first of the action's own list, and `< default >` is the component's owner.
    """
    changes: dict[str, str] = {}
    if action.new != ANY:
        changes["status"] = action.new
    for operation in action.operations:
        match operation:
            case "set_owner" | "may_set_owner":
                owner = _argument(arguments, "owner", action.owners)
                changes["owner"] = default_owner if owner in DEFAULT_OWNER else owner
            case "set_owner_to_self":
                changes["owner"] = standing.actor
            case "del_owner":
                changes["owner"] = ""
            case "set_resolution":
                changes["resolution"] = _argument(arguments, "resolution", action.resolutions)
            case "del_resolution":
                changes["resolution"] = ""
    return changes


def _argument(arguments: Mapping[str, str], name: str, candidates: Sequence[str]) -> str:
    typed = arguments.get(name)
    if typed is None:
        return candidates[0] if candidates else ""
    return typed.strip()
