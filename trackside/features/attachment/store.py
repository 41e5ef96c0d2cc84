"""Table `attachment`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, tuple_, update

from trackside.db.dialects import contains
from trackside.db.schema import attachment
from trackside.features.attachment.model import (
    ATTACHMENT_CREATE,
    ATTACHMENT_DELETE,
    ATTACHMENT_VIEW,
    Attachment,
)
from trackside.kernel.access import Grant, Permission, Scope
from trackside.kernel.dates import from_stamp, to_stamp
from trackside.kernel.ref import Ref

_COLUMNS = (
    attachment.c.type,
    attachment.c.id,
    attachment.c.filename,
    attachment.c.size,
    attachment.c.time,
    attachment.c.description,
    attachment.c.author,
)
_OF_PARENT = (
    select(*_COLUMNS)
    .where(attachment.c.type == bindparam("realm"), attachment.c.id == bindparam("parent"))
    .order_by(attachment.c.time, attachment.c.filename)
)
_ONE = _OF_PARENT.where(attachment.c.filename == bindparam("name"))


def _of(row: Any) -> Attachment:
    return Attachment(
        Ref(row.type, row.id),
        row.filename,
        row.size or 0,
        from_stamp(row.time),
        row.description or "",
        row.author or "",
    )


def _parent(grant: Grant, *accepted: Permission) -> tuple[Ref, str | None]:
    ref = grant.check(*accepted)
    if ref.parent is None:
        raise TypeError("an attachment has a parent")
    return ref.parent, ref.id


def load(db: Connection, grant: Grant) -> Attachment | None:
    parent, name = _parent(grant, ATTACHMENT_VIEW, ATTACHMENT_DELETE)
    row = db.execute(_ONE, {"realm": parent.realm, "parent": parent.id, "name": name}).first()
    return None if row is None else _of(row)


def of_parent(db: Connection, grant: Grant) -> list[Attachment]:
    """All files of the thing that the grant names as parent, oldest first."""
    parent, _ = _parent(grant, ATTACHMENT_VIEW)
    return [_of(row) for row in db.execute(_OF_PARENT, {"realm": parent.realm, "parent": parent.id})]


def names_of(db: Connection, grant: Grant) -> set[str]:
    parent, _ = _parent(grant, ATTACHMENT_CREATE)
    rows = db.execute(
        select(attachment.c.filename).where(attachment.c.type == parent.realm, attachment.c.id == parent.id)
    )
    return set(rows.scalars())


def existing(db: Connection, scope: Scope, refs: Sequence[Ref]) -> dict[Ref, str]:
    """What those of the given attachments that there are say of themselves: one statement."""
    scope.check(ATTACHMENT_VIEW)
    keys = [(r.parent.realm, r.parent.id, r.id) for r in refs if r.parent is not None]
    columns = tuple_(attachment.c.type, attachment.c.id, attachment.c.filename)
    rows = db.execute(
        select(attachment.c.type, attachment.c.id, attachment.c.filename, attachment.c.description).where(
            columns.in_(keys)
        )
    )
    found = {(realm, id, name): description or "" for realm, id, name, description in rows}
    parents = [(r, (r.parent.realm, r.parent.id or "", r.id or "")) for r in refs if r.parent is not None]
    return {ref: found[key] for ref, key in parents if key in found}


def add(
    db: Connection, grant: Grant, name: str, size: int, now: datetime, description: str, author: str
) -> None:
    parent, _ = _parent(grant, ATTACHMENT_CREATE)
    db.execute(
        insert(attachment).values(
            type=parent.realm,
            id=parent.id,
            filename=name,
            size=size,
            time=to_stamp(now),
            description=description,
            author=author,
        )
    )


def remove(db: Connection, grant: Grant) -> None:
    parent, name = _parent(grant, ATTACHMENT_DELETE)
    db.execute(
        delete(attachment).where(
            attachment.c.type == parent.realm, attachment.c.id == parent.id, attachment.c.filename == name
        )
    )


def move_all(db: Connection, grant: Grant, new: str) -> None:
    """The rows of the thing that the grant names, which may be renamed, to its new id."""
    here = (attachment.c.type == grant.ref.realm, attachment.c.id == grant.ref.id)
    db.execute(update(attachment).where(*here).values(id=new))


def remove_all(db: Connection, grant: Grant) -> None:
    """The rows of the thing that the grant names, which may be deleted."""
    db.execute(
        delete(attachment).where(attachment.c.type == grant.ref.realm, attachment.c.id == grant.ref.id)
    )


def names_at(db: Connection, grant: Grant, id: str) -> set[str]:
    """The files of a thing of the same realm as the grant's."""
    rows = db.execute(
        select(attachment.c.filename).where(attachment.c.type == grant.ref.realm, attachment.c.id == id)
    )
    return set(rows.scalars())


def changes(db: Connection, scope: Scope, start: datetime, stop: datetime) -> list[Attachment]:
    """Attached from start until before stop, newest first."""
    scope.check(ATTACHMENT_VIEW)
    if scope.is_empty:
        return []
    statement = (
        select(*_COLUMNS)
        .where(attachment.c.time >= to_stamp(start), attachment.c.time < to_stamp(stop))
        .order_by(attachment.c.time.desc())
    )
    return [_of(row) for row in db.execute(statement)]


def search(db: Connection, scope: Scope, terms: Sequence[str], limit: int) -> list[Attachment]:
    scope.check(ATTACHMENT_VIEW)
    if scope.is_empty:
        return []
    statement = select(*_COLUMNS).order_by(attachment.c.time.desc()).limit(limit)
    for term in terms:
        statement = statement.where(
            contains(attachment.c.filename, term)
            | contains(attachment.c.description, term)
            | contains(attachment.c.author, term)
        )
    return [_of(row) for row in db.execute(statement)]


def author_of(db: Connection, parent: Ref, name: str) -> str | None:
    """For policies, which decide before there is a grant."""
    row = db.execute(_ONE, {"realm": parent.realm, "parent": parent.id, "name": name}).first()
    return None if row is None else str(row.author or "")
