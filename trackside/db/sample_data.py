"""Rows of a sample project that no page can make yet: ticket field values and people's names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, Table, delete, insert

from trackside.db.schema import component, milestone, session, session_attribute, version

Rows = Sequence[Mapping[str, object]]


def replace_choices(db: Connection, components: Rows, milestones: Rows, versions: Rows) -> None:
    """These components, milestones and versions instead of those that every new project begins with."""
    for table, rows in ((component, components), (milestone, milestones), (version, versions)):
        _replace(db, table, rows)


def _replace(db: Connection, table: Table, rows: Rows) -> None:
    db.execute(delete(table))
    db.execute(insert(table), [dict(row) for row in rows])


def add_people(db: Connection, names: Mapping[str, Mapping[str, str]], seen: datetime) -> None:
    """Sessions of people who have been here signed in, with what they say of themselves."""
    visit = int(seen.timestamp())
    db.execute(insert(session), [{"sid": login, "authenticated": 1, "last_visit": visit} for login in names])
    db.execute(
        insert(session_attribute),
        [
            {"sid": login, "authenticated": 1, "name": name, "value": value}
            for login, about in names.items()
            for name, value in about.items()
        ],
    )
