"""Stored permissions as a policy."""

from __future__ import annotations

from collections.abc import Mapping

from trackside.features.people.model import Granted, actions_of
from trackside.features.people.store import GRANTED
from trackside.kernel.access import Access, Permission
from trackside.kernel.ref import Ref

_MOST_REMEMBERED = 1000


class DefaultPermissionPolicy:
    """What the `permission` table says; no answer for what it does not mention.

    Everybody's actions are worked out once for each state of the table.
    """

    name = "DefaultPermissionPolicy"

    def __init__(self, permissions: Mapping[str, frozenset[str]]) -> None:
        self._permissions = permissions
        self._remembered: tuple[Granted, dict[str, frozenset[str]]] = ({}, {})

    def decide(self, access: Access, permission: Permission, ref: Ref) -> bool | None:
        actions = self._actions(access.actor.name, access.facts.cached(GRANTED))
        return True if permission.name in actions else None

    def looks_at_things(self, permission: Permission, realm: str) -> bool:
        return False

    def _actions(self, user: str, granted: Granted) -> frozenset[str]:
        state, known = self._remembered
        if state is not granted or len(known) > _MOST_REMEMBERED:
            known = {}
            self._remembered = (granted, known)
        if user not in known:
            known[user] = actions_of(user, granted, self._permissions)
        return known[user]
