"""Who may see, add and delete a file follows from the thing it is attached to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from trackside.features.attachment import store
from trackside.features.attachment.model import ATTACHMENT_CREATE, ATTACHMENT_DELETE, ATTACHMENT_VIEW
from trackside.kernel.access import Access, Permission
from trackside.kernel.feature import find_realm
from trackside.kernel.project import Project
from trackside.kernel.ref import Ref

_PLACES = {ATTACHMENT_VIEW.name: 0, ATTACHMENT_CREATE.name: 1, ATTACHMENT_DELETE.name: 2}


class LegacyAttachmentPolicy:
    """The parent's permission decides; who attached a file may delete it."""

    name = "LegacyAttachmentPolicy"

    def __init__(self, permissions: Mapping[str, frozenset[str]]) -> None:
        self._permissions = permissions

    def decide(self, access: Access, permission: Permission, ref: Ref) -> bool | None:
        place = _PLACES.get(permission.name)
        if place is None or ref.parent is None:
            return None
        realm = find_realm(cast(Project, access.facts.project), ref.parent.realm)
        if realm is None or realm.attach is None:
            return False
        if access.allows(realm.attach[place], ref.parent):
            return True
        if permission.name == ATTACHMENT_DELETE.name and access.actor.is_authenticated and ref.id:
            return store.author_of(access.facts.db, ref.parent, ref.id) == access.actor.name
        return False

    def looks_at_things(self, permission: Permission, realm: str) -> bool:
        return permission.name in _PLACES
