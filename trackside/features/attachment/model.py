"""Files attached to things: where they lie, what they may be called."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from trackside.kernel.access import Permission
from trackside.kernel.errors import Invalid
from trackside.kernel.ref import Ref
from trackside.kernel.settings import option, settings
from trackside.kernel.text import clean_file_name

# Asked of policies only: they look at the permissions of the thing that the file is attached to.
ATTACHMENT_VIEW = Permission("ATTACHMENT_VIEW", is_grantable=False)
ATTACHMENT_CREATE = Permission("ATTACHMENT_CREATE", is_grantable=False)
ATTACHMENT_DELETE = Permission("ATTACHMENT_DELETE", is_grantable=False)

REALM = "attachment"
FOLDER = Path("files") / "attachments"
MOST_NAMESAKES = 100
_EXTENSION = re.compile(r"\.[A-Za-z0-9]+\Z")
_REALM = re.compile(r"[a-z][a-z0-9_-]*")


@settings("attachment")
class AttachmentSettings:
    max_size: int = option(
        262144, doc="The largest file that may be attached, in bytes; negative for any size."
    )
    max_zip_size: int = option(2097152, doc="How many bytes all files of a thing may have for a zip of them.")
    render_unsafe_content: bool = option(
        False,
        doc="Let attached files be shown in the browser as what they are. Only where everybody is trusted.",
    )


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of `parent`. Size in bytes."""

    parent: Ref
    name: str
    size: int
    time: datetime | None
    description: str
    author: str

    @property
    def ref(self) -> Ref:
        return attachment_ref(self.parent, self.name)


def attachment_ref(parent: Ref, name: str | None = None) -> Ref:
    return Ref(REALM, name, None, parent.at(None))


def file_path(root: Path, parent: Ref, name: str) -> Path:
    """Where a file lies below the environment: by digests, so that no name leads anywhere else."""
    if parent.id is None or not _REALM.fullmatch(parent.realm):
        raise Invalid("Nothing can be attached there.")
    place = hashlib.sha1(parent.id.encode("utf-8"), usedforsecurity=False).hexdigest()
    digest = hashlib.sha1(name.encode("utf-8"), usedforsecurity=False).hexdigest()
    extension = _EXTENSION.search(name)
    file = digest + (extension[0] if extension else "")
    return root / FOLDER / parent.realm / place[:3] / place / file


def check_file_name(name: str) -> str:
    """The name as it is stored, or Invalid."""
    cleaned = clean_file_name(name)
    if not cleaned or cleaned in (".", ".."):
        raise Invalid("Choose a file.", {"attachment": "There is no file."})
    if len(cleaned.encode("utf-8")) > 255:
        raise Invalid("The name of the file is too long.", {"attachment": "The name is too long."})
    return cleaned


def namesake(name: str, number: int) -> str:
    """`name.2.ext`, `name.3.ext` for files whose name is taken."""
    if number < 2:
        return name
    extension = _EXTENSION.search(name)
    stem = name[: extension.start()] if extension else name
    return f"{stem}.{number}{extension[0] if extension else ''}"
