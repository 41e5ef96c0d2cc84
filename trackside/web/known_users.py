"""Who has been here signed in: login names with their full name and address, as Trac counts known users."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, and_, select

from trackside.db.schema import session, session_attribute
from trackside.kernel.access import Cached

_NAMES = (
    select(session.c.sid, session_attribute.c.name, session_attribute.c.value)
    .select_from(
        session.outerjoin(
            session_attribute,
            and_(
                session_attribute.c.sid == session.c.sid,
                session_attribute.c.authenticated == 1,
                session_attribute.c.name.in_(("name", "email")),
            ),
        )
    )
    .where(session.c.authenticated == 1)
)


def _load(db: Connection) -> Mapping[str, tuple[str, str]]:
    people: dict[str, tuple[str, str]] = {}
    for sid, attribute, value in db.execute(_NAMES):
        name, email = people.get(sid, ("", ""))
        people[sid] = (value or "", email) if attribute == "name" else (name, value or email)
        if attribute is None:
            people[sid] = (name, email)
    return people


KNOWN_USERS: Cached[Mapping[str, tuple[str, str]]] = Cached("trac.env.Environment._known_users", _load)
