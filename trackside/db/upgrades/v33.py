"""33: the workflow says how a ticket begins."""

from __future__ import annotations

from trackside.db.upgrades.step import Step

_SECTION = "ticket-workflow"
_CREATE = {"create": "<none> -> new", "create.default": "1"}
_CREATE_AND_ASSIGN = {
    "create_and_assign": "<none> -> assigned",
    "create_and_assign.label": "assign",
    "create_and_assign.operations": "may_set_owner",
    "create_and_assign.permissions": "TICKET_MODIFY",
}


def data(step: Step) -> None:
    """Where no workflow is written down the stock one counts, and that has both actions."""
    actions = step.settings.items(_SECTION)
    if not actions:
        return
    step.settings.keep_copy(".db33.bak")
    if "create" not in actions:
        _add(step, _CREATE)
    if "create_and_assign" not in actions and "assigned" in _states(actions):
        _add(step, _CREATE_AND_ASSIGN)


def _add(step: Step, options: dict[str, str]) -> None:
    for option, value in options.items():
        step.settings.set(_SECTION, option, value)


def _states(actions: dict[str, str]) -> set[str]:
    """Every state that a transition begins with or leads to."""
    states: set[str] = set()
    for option, value in actions.items():
        if "." not in option and "->" in value:
            before, after = value.split("->", 1)
            states.update(state.strip() for state in (*before.split(","), after))
    return states
