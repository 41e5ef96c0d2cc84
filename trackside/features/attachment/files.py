"""The files themselves: written so that a row never stands without its bytes."""

from __future__ import annotations

import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path
from typing import IO

from trackside.features.attachment.model import MOST_NAMESAKES, file_path, namesake
from trackside.kernel.errors import Invalid, Unavailable
from trackside.kernel.ref import Ref

_CHUNK = 256 * 1024


def keep(
    root: Path, parent: Ref, name: str, taken: set[str] | None, data: IO[bytes], limit: int
) -> tuple[str, int]:
    """Store the bytes; the name they got (`name.2.ext` when taken) and how many they are.

    Without names that are `taken` they replace what is there.
    Written beside their place, made durable, then put there: what is under a name is whole.
    """
    folder = file_path(root, parent, name).parent
    unfinished = folder / f".{secrets.token_hex(8)}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        size = _write(unfinished, data, limit)
        final = _place(root, parent, name, taken, unfinished)
        _sync_folder(folder)
    except OSError as error:
        raise Unavailable(
            "The file cannot be stored now: %(reason)s.", reason=error.strerror or error
        ) from error
    finally:
        with suppress(OSError):
            unfinished.unlink()
    return final, size


def _write(path: Path, data: IO[bytes], limit: int) -> int:
    size = 0
    with open(path, "xb") as file:
        while chunk := data.read(_CHUNK):
            size += len(chunk)
            if 0 <= limit < size:
                raise Invalid(
                    "The file is too large: at most %(limit)d bytes can be attached.",
                    {"attachment": "This file is too large."},
                    limit=limit,
                )
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if not size:
        raise Invalid("The file is empty.", {"attachment": "This file is empty."})
    return size


def _place(root: Path, parent: Ref, name: str, taken: set[str] | None, unfinished: Path) -> str:
    """Take the first free name: neither another row's nor another upload's under way."""
    if taken is None:
        os.replace(unfinished, file_path(root, parent, name))
        return name
    for number in range(1, MOST_NAMESAKES + 1):
        candidate = namesake(name, number)
        if candidate in taken:
            continue
        place = file_path(root, parent, candidate)
        try:
            os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        except FileExistsError:
            continue
        os.replace(unfinished, place)
        return candidate
    raise Invalid("There are too many files of the name %(name)s.", name=name)


def copy(root: Path, parent: Ref, new_parent: Ref, name: str) -> None:
    """The same bytes under another thing, whole or not at all; a file that is missing on disk stays so."""
    old, new = file_path(root, parent, name), file_path(root, new_parent, name)
    unfinished = new.parent / f".{secrets.token_hex(8)}.part"
    try:
        new.parent.mkdir(parents=True, exist_ok=True)
        _link_or_copy(old, unfinished)
        os.replace(unfinished, new)
        _sync_folder(new.parent)
    except FileNotFoundError:
        return
    except OSError as error:
        raise Unavailable(
            "The file cannot be stored now: %(reason)s.", reason=error.strerror or error
        ) from error
    finally:
        with suppress(OSError):
            unfinished.unlink()


def _link_or_copy(old: Path, new: Path) -> None:
    """A second name for the same bytes where the disk knows that."""
    try:
        os.link(old, new)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(old, new)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def drop(root: Path, parent: Ref, name: str) -> None:
    """A file that is gone already is no mistake. A folder that is empty then goes with it."""
    path = file_path(root, parent, name)
    with suppress(OSError):
        path.unlink()
        path.parent.rmdir()
