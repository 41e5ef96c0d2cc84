"""Table `permission`."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from trackside.db.schema import permission
from trackside.features.people.model import PERMISSION_GRANT, PERMISSION_REVOKE, Granted
from trackside.kernel.access import Cached, Grant


def _load(db: Connection) -> Granted:
    granted: dict[str, set[str]] = {}
    for row in db.execute(select(permission.c.username, permission.c.action)):
        granted.setdefault(row.username, set()).add(row.action)
    return {user: frozenset(actions) for user, actions in granted.items()}


GRANTED: Cached[Granted] = Cached("trac.perm.DefaultPermissionStore._all_permissions", _load)


def insert_row(db: Connection, grant: Grant, user: str, action: str) -> None:
    grant.check(PERMISSION_GRANT)
    db.execute(insert(permission).values(username=user, action=action))


def delete_row(db: Connection, grant: Grant, user: str, action: str) -> None:
    grant.check(PERMISSION_REVOKE)
    db.execute(delete(permission).where(permission.c.username == user, permission.c.action == action))
