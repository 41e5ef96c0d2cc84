"""Read-only pages and what follows from the permissions of a page."""

from __future__ import annotations

from collections.abc import Mapping

from trackside.features.wiki import store
from trackside.features.wiki.model import (
    WIKI_ADMIN,
    WIKI_CHANGE_READONLY,
    WIKI_DELETE,
    WIKI_MODIFY,
    WIKI_RENAME,
    readonly_note,
)
from trackside.kernel.access import Access, Permission
from trackside.kernel.ref import Ref

_GUARDED = frozenset((WIKI_MODIFY.name, WIKI_RENAME.name, WIKI_DELETE.name))


class DefaultWikiPolicy:
    """Only those who administer a read-only page may change it; they alone set the mark."""

    name = "DefaultWikiPolicy"

    def __init__(self, permissions: Mapping[str, frozenset[str]]) -> None:
        self._permissions = permissions

    def decide(self, access: Access, permission: Permission, ref: Ref) -> bool | None:
        if permission.name == WIKI_CHANGE_READONLY.name:
            return access.allows(WIKI_ADMIN, ref)
        if permission.name not in _GUARDED or ref.realm != "wiki" or ref.id is None:
            return None
        note = readonly_note(ref.id)
        if note not in access.notes:
            access.notes[note] = store.is_readonly(access.facts.db, ref.id)
        is_closed = access.notes[note] and not access.allows(WIKI_ADMIN, ref)
        return False if is_closed else None

    def looks_at_things(self, permission: Permission, realm: str) -> bool:
        return realm == "wiki" and permission.name in _GUARDED


class ReadonlyWikiPolicy(DefaultWikiPolicy):
    """The same under the name that environments of Trac 1.2 list."""

    name = "ReadonlyWikiPolicy"
