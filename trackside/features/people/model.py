"""Permissions about people, and the rules of names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from trackside.kernel.access import ANONYMOUS, AUTHENTICATED, TRAC_ADMIN, Permission
from trackside.kernel.errors import Invalid
from trackside.kernel.ref import Ref

PERMISSION_GRANT = Permission("PERMISSION_GRANT")
PERMISSION_REVOKE = Permission("PERMISSION_REVOKE")
PERMISSION_ADMIN = Permission("PERMISSION_ADMIN", (PERMISSION_GRANT, PERMISSION_REVOKE))
EMAIL_VIEW = Permission("EMAIL_VIEW")
PERMISSIONS = (TRAC_ADMIN, PERMISSION_GRANT, PERMISSION_REVOKE, PERMISSION_ADMIN, EMAIL_VIEW)

REALM = "permission"

# The rows of the table: a subject with the actions and groups it was given.
Granted = Mapping[str, frozenset[str]]


def permission_ref() -> Ref:
    return Ref(REALM)


def is_action(name: str) -> bool:
    """All upper case is an action; anything else is a group."""
    return name.isupper()


def actions_of(user: str, granted: Granted, permissions: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """All that a user may do: own rows, groups of any depth, and what each action includes."""
    subjects = {user, ANONYMOUS} if user == ANONYMOUS else {user, ANONYMOUS, AUTHENTICATED}
    actions: set[str] = set()
    waiting = list(subjects)
    while waiting:
        for name in granted.get(waiting.pop(), ()):
            if is_action(name):
                actions |= permissions.get(name, frozenset((name,)))
            elif name not in subjects:
                subjects.add(name)
                waiting.append(name)
    return frozenset(actions)


def extra_permissions(section: Mapping[str, str], known: Iterable[Permission]) -> tuple[Permission, ...]:
    """`[extra-permissions]`: `META = A, B` declares all three, `_any = A` only what stands behind it.

    What is known already stays as it is.
    """
    shipped = {permission.name: permission for permission in known}
    declared: dict[str, Permission] = {}
    for name, value in section.items():
        parts = [part for part in re.split(r"[,\s]+", value.upper()) if part]
        for part in parts:
            declared.setdefault(part, shipped.get(part, Permission(part)))
        meta = name.upper()
        if not name.startswith("_") and meta not in shipped:
            declared[meta] = Permission(meta, tuple(declared[part] for part in parts if part != meta))
    return tuple(permission for name, permission in declared.items() if name not in shipped)


def check_grant(user: str, action: str, known: Iterable[str]) -> None:
    """Invalid for a subject in capitals and for an action that does not exist."""
    if not user.strip() or user.isupper():
        raise Invalid("“%(user)s” cannot be given permissions: names in capitals are permissions.", user=user)
    names = set(known)
    if is_action(action) and action not in names:
        raise Invalid("There is no permission %(action)s.", action=action)
    if action not in names and action.upper() in names:
        raise Invalid("Permissions are written in capitals: %(action)s.", action=action.upper())
    if not action.strip():
        raise Invalid("Name a permission or a group.")
