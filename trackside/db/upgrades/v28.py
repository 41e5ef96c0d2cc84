"""28: attachments are stored by hashes of their names.

The files are linked into their new places here and leave the old ones only after the database is
upgraded (`finish`), so that both an old and a new database find them at any moment.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import select

from trackside.db.schema import attachment
from trackside.db.upgrades.step import Step

_EXTENSION = re.compile(r"\.[A-Za-z0-9]+\Z")


@dataclass(frozen=True, slots=True)
class _Move:
    old: Path
    new: Path


def data(step: Step) -> None:
    for move in _moves(step):
        if move.old.is_file() and not move.new.exists():
            _make_directories(step.env_path, move.new.parent)
            _link(move.old, move.new)
        elif not move.new.exists():
            step.report(f"The file of an attachment is missing: {move.old}")


def finish(step: Step) -> None:
    """Take the files from their old places; the old tree goes when nothing else is in it."""
    root = step.env_path / "attachments"
    if not root.is_dir():
        return
    for move in _moves(step):
        if move.new.exists():
            with suppress(OSError):
                move.old.unlink()
    for folder, _, _ in os.walk(root, topdown=False):
        with suppress(OSError):
            os.rmdir(folder)
    if root.exists():
        step.report(
            f"The folder {root} still holds files that belong to no attachment; please look after them."
        )


def new_path(env_path: Path, realm: str, parent: str, name: str) -> Path:
    hashed = hashlib.sha1(parent.encode(), usedforsecurity=False).hexdigest()
    extension = _EXTENSION.search(name)
    stored = hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest()
    file = stored + (extension[0] if extension else "")
    return env_path / "files" / "attachments" / realm / hashed[:3] / hashed / file


def old_path(env_path: Path, realm: str, parent: str, name: str) -> Path:
    return env_path / "attachments" / realm / quote(parent) / quote(name)


def _moves(step: Step) -> Iterator[_Move]:
    """Of what lies inside the attachment folders, as names in old databases need not."""
    roots = (step.env_path / "attachments", step.env_path / "files" / "attachments")
    rows = step.db.execute(select(attachment.c.type, attachment.c.id, attachment.c.filename)).all()
    for row in rows:
        move = _Move(
            old_path(step.env_path, row.type, row.id, row.filename),
            new_path(step.env_path, row.type, row.id, row.filename),
        )
        inside = (Path(os.path.normpath(path)) for path in (move.old, move.new))
        if all(path.is_relative_to(root) for path, root in zip(inside, roots, strict=True)):
            yield move
        else:
            step.report(f"The name of an attachment leads outside its folder; its file stays: {move.old}")


def _make_directories(env_path: Path, directory: Path) -> None:
    """New directories get the mode and owner of the old root."""
    model = os.stat(env_path / "attachments")
    missing = []
    while not directory.exists():
        missing.append(directory)
        directory = directory.parent
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        with suppress(OSError):
            os.chmod(path, model.st_mode & 0o7777)
            os.chown(path, model.st_uid, model.st_gid)


def _link(old: Path, new: Path) -> None:
    """The same file under both names; a copy where the file system has no links."""
    try:
        os.link(old, new)
    except OSError:
        unfinished = new.with_name(new.name + ".part")
        shutil.copy2(old, unfinished)
        with open(unfinished, "rb") as stream:
            os.fsync(stream.fileno())
        os.replace(unfinished, new)
