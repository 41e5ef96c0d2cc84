"""Sign in and out, preferences, grants."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping, Sequence
from datetime import UTC

from trackside.features.people import store
from trackside.features.people.model import (
    PERMISSION_GRANT,
    PERMISSION_REVOKE,
    Granted,
    actions_of,
    check_grant,
    is_action,
    permission_ref,
)
from trackside.kernel.access import Permission
from trackside.kernel.errors import Forbidden, Invalid, NotFound
from trackside.kernel.i18n import zone_named
from trackside.kernel.work import Work

PREFERENCES: Mapping[str, frozenset[str] | None] = {
    "name": None,
    "email": None,
    "tz": None,
    "lc_time": frozenset(("", "locale", "iso8601")),
    "dateinfo": frozenset(("", "relative", "absolute")),
}
_LONGEST = 250


def list_permissions(work: Work) -> Granted:
    """Every subject with what it was given."""
    work.access.require_any((PERMISSION_GRANT, PERMISSION_REVOKE), permission_ref())
    return work.cached(store.GRANTED)


def list_actions_of(work: Work, user: str) -> Sequence[str]:
    """All that a user may do, groups and inclusions worked out."""
    granted = list_permissions(work)
    return sorted(actions_of(user, granted, work.project.permissions))


def grant_permission(work: Work, user: str, action: str) -> bool:
    """False when the subject had it already."""
    grant = work.access.require(PERMISSION_GRANT, permission_ref())
    if action in work.cached(store.GRANTED).get(user, ()):
        return False
    check_grant(user, action, work.project.permissions)
    _check_own(work, action)
    store.insert_row(work.db, grant, user, action)
    work.invalidate(store.GRANTED)
    return True


def _check_own(work: Work, name: str) -> None:
    """Nobody gives away what they do not hold, nor a group that holds it."""
    given = (
        actions_of(name, work.cached(store.GRANTED), work.project.permissions) if not is_action(name) else ()
    )
    for action in (*given, *work.project.permissions.get(name, ())):
        if not work.access.allows(Permission(action), permission_ref()):
            raise Forbidden("You cannot give %(action)s, because you do not hold it.", action=action)


def revoke_permission(work: Work, user: str, action: str) -> int:
    """`*` stands for anybody or anything; how many rows went. NotFound when there is none."""
    grant = work.access.require(PERMISSION_REVOKE, permission_ref())
    rows = [
        (subject, name)
        for subject, names in work.cached(store.GRANTED).items()
        for name in names
        if user in ("*", subject) and action in ("*", name)
    ]
    if not rows:
        raise NotFound("%(user)s has not been given %(action)s.", user=user, action=action)
    for subject, name in rows:
        store.delete_row(work.db, grant, subject, name)
    work.invalidate(store.GRANTED)
    return len(rows)


def change_preferences(work: Work, visitor: MutableMapping[str, str], sent: Mapping[str, str]) -> None:
    """Keep what the visitor prefers; an empty value takes the preference away. Everybody has their own."""
    problems = {
        name: "This is not one of the choices."
        for name, value in sent.items()
        if not _is_acceptable(name, value.strip())
    }
    if problems:
        raise Invalid("Some preferences could not be kept.", problems)
    for name, value in sent.items():
        visitor[name] = value.strip()


def _is_acceptable(name: str, value: str) -> bool:
    if name not in PREFERENCES or len(value) > _LONGEST or not value.isprintable():
        return False
    if name == "tz":
        return value in ("", "UTC") or zone_named(value) is not UTC
    choices = PREFERENCES[name]
    return choices is None or value in choices
