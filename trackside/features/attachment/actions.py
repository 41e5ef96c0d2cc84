"""Attach, list, read, delete files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import IO

from trackside.features.attachment import files, store
from trackside.features.attachment.model import (
    ATTACHMENT_CREATE,
    ATTACHMENT_DELETE,
    ATTACHMENT_VIEW,
    REALM,
    Attachment,
    AttachmentSettings,
    attachment_ref,
    check_file_name,
    file_path,
)
from trackside.kernel.access import Grant
from trackside.kernel.errors import Conflict, NotFound
from trackside.kernel.events import Event
from trackside.kernel.feature import find_realm
from trackside.kernel.ref import Ref
from trackside.kernel.work import Work


def check_parent(work: Work, parent: Ref) -> None:
    """NotFound unless there is such a thing and files can be attached to it."""
    realm = find_realm(work.project, parent.realm)
    if realm is None or realm.attach is None or not realm.exists(work, parent):
        raise NotFound("There is no %(thing)s.", thing=parent)


def list_attachments(work: Work, parent: Ref) -> list[Attachment]:
    """Oldest first; none for those who may not see the thing."""
    grant = work.access.find(ATTACHMENT_VIEW, attachment_ref(parent))
    return store.of_parent(work.db, grant) if grant is not None else []


def read_attachment(work: Work, parent: Ref, name: str) -> Attachment:
    found = store.load(work.db, work.access.require(ATTACHMENT_VIEW, attachment_ref(parent, name)))
    if found is None:
        raise NotFound("There is no file %(name)s.", name=name)
    return found


def path_of(work: Work, found: Attachment) -> Path:
    """Where its bytes are; NotFound when they are missing on disk."""
    path = file_path(work.project.path, found.parent, found.name)
    if not path.is_file():
        raise NotFound(
            "%(name)s is listed, but its bytes are missing on the disk. The administrator may have a copy.",
            name=found.name,
        )
    return path


def attach_file(
    work: Work, parent: Ref, name: str, data: IO[bytes], description: str = "", *, replaces: bool = False
) -> Attachment:
    """Store a file of a thing. A name that is taken becomes `name.2.ext`, unless it `replaces` that file."""
    check_parent(work, parent)
    grant = work.access.require(ATTACHMENT_CREATE, attachment_ref(parent))
    name = check_file_name(name)
    taken: set[str] | None = store.names_of(work.db, grant)
    if replaces and taken and name in taken:
        description, taken = description or read_attachment(work, parent, name).description, None
        store.remove(work.db, work.access.require(ATTACHMENT_DELETE, attachment_ref(parent, name)))
    limit = work.settings(AttachmentSettings).max_size
    final, size = files.keep(work.project.path, parent, name, taken, data, limit)
    try:
        store.add(work.db, grant, final, size, work.now, description, work.actor.author)
    except BaseException:
        if taken is not None:
            files.drop(work.project.path, parent, final)
        raise
    ref = attachment_ref(parent, final)
    work.emit(Event("attachment.added", ref, work.actor.author, work.now, comment=description))
    return Attachment(parent, final, size, work.now, description, work.actor.author)


def delete_attachment(work: Work, parent: Ref, name: str) -> None:
    read_attachment(work, parent, name)
    _remove(work, parent, name)


def _remove(work: Work, parent: Ref, name: str) -> None:
    """The row goes with this transaction, the file when that is stored."""
    ref = attachment_ref(parent, name)
    store.remove(work.db, work.access.require(ATTACHMENT_DELETE, ref))
    work.emit(Event("attachment.deleted", ref, work.actor.author, work.now))


def follow_thing(work: Work, grant: Grant, new: str | None) -> None:
    """The files of a thing go with it: to its new id, or away. Those who may do that to it may do this.

    Their bytes are at both places until the transaction is stored, so that they are at one whatever happens.
    """
    if new is not None and grant.id(grant.permission) == new:
        return
    parent = grant.ref.at(None)
    names = sorted(store.names_at(work.db, grant, parent.id or ""))
    if new is None:
        store.remove_all(work.db, grant)
    else:
        _move_all(work, grant, Ref(parent.realm, new), names)
    for name in names:
        ref = attachment_ref(parent, name)
        kind = "attachment.deleted" if new is None else "attachment.moved"
        work.emit(Event(kind, ref, work.actor.author, work.now))


def _move_all(work: Work, grant: Grant, new_parent: Ref, names: Sequence[str]) -> None:
    id = grant.id(grant.permission)
    taken = store.names_at(work.db, grant, new_parent.id or "")
    if taken & set(names):
        raise Conflict(
            "The files of %(old)s cannot go to %(new)s: %(names)s is there already.",
            old=id,
            new=new_parent.id,
            names=", ".join(sorted(taken & set(names))),
        )
    for name in names:
        files.copy(work.project.path, Ref(grant.ref.realm, id), new_parent, name)
    store.move_all(work.db, grant, new_parent.id or "")


def sweep_file(work: Work, event: Event) -> None:
    """Remove the bytes of a file that was deleted or moved, unless one of that name was attached since."""
    ref = event.ref
    if ref.parent is None or ref.id is None:
        return
    grant = work.access.require(ATTACHMENT_VIEW, ref)
    if store.load(work.db, grant) is None:
        files.drop(work.project.path, ref.parent, ref.id)


def list_existing(work: Work, refs: Sequence[Ref]) -> dict[Ref, str]:
    """The descriptions of those of the given attachments that there are and that may be seen."""
    scope = work.access.scope(ATTACHMENT_VIEW, REALM)
    found = store.existing(work.db, scope, refs)
    return {ref: found[ref] for ref in scope.filter(sorted(found, key=str), lambda ref: ref)}


def list_changes(work: Work, start: datetime, stop: datetime) -> list[Attachment]:
    scope = work.access.scope(ATTACHMENT_VIEW, REALM)
    return scope.filter(store.changes(work.db, scope, start, stop), lambda a: a.ref)


def search_attachments(work: Work, terms: Sequence[str], limit: int) -> list[Attachment]:
    scope = work.access.scope(ATTACHMENT_VIEW, REALM)
    return scope.filter(store.search(work.db, scope, terms, limit), lambda a: a.ref)
