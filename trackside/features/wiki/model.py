"""Pages, their names, permissions and settings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from trackside.kernel.access import Permission
from trackside.kernel.errors import Invalid
from trackside.kernel.ref import Ref
from trackside.kernel.settings import option, settings

WIKI_VIEW = Permission("WIKI_VIEW")
WIKI_CREATE = Permission("WIKI_CREATE")
WIKI_MODIFY = Permission("WIKI_MODIFY")
WIKI_RENAME = Permission("WIKI_RENAME")
WIKI_DELETE = Permission("WIKI_DELETE")
WIKI_ADMIN = Permission("WIKI_ADMIN", (WIKI_VIEW, WIKI_CREATE, WIKI_MODIFY, WIKI_RENAME, WIKI_DELETE))
# Asked of policies only: whether the read-only mark of a page may be changed.
WIKI_CHANGE_READONLY = Permission("WIKI_CHANGE_READONLY", is_grantable=False)
PERMISSIONS = (WIKI_VIEW, WIKI_CREATE, WIKI_MODIFY, WIKI_RENAME, WIKI_DELETE, WIKI_ADMIN)

START = "WikiStart"
INDEX = "TitleIndex"
INTER_MAP = "InterMapTxt"
TEMPLATES = "PageTemplates/"
LONGEST_NAME = 500


@settings("wiki")
class WikiSettings:
    max_size: int = option(262144, doc="The longest text of a page, in characters.")
    default_edit_area_height: int = option(20, doc="Rows of the editor.")


@dataclass(frozen=True, slots=True)
class Page:
    """One version of a page. `version` 0 is a page that does not exist yet."""

    name: str
    version: int
    time: datetime | None
    author: str
    text: str
    comment: str
    is_readonly: bool
    newest: int

    @property
    def is_newest(self) -> bool:
        return self.version == self.newest


@dataclass(frozen=True, slots=True)
class Version:
    """A line of a page's history."""

    version: int
    time: datetime | None
    author: str
    comment: str


@dataclass(frozen=True, slots=True)
class PageChange:
    """What the editor sends. `base` is the version the edit started from, 0 for a new page.

    Only a page that nobody wrote here has None for a comment.
    """

    text: str
    comment: str | None
    base: int | None
    is_readonly: bool | None = None


def page_ref(name: str | None = None, version: int | None = None) -> Ref:
    return Ref("wiki", name, version)


def readonly_note(name: str) -> tuple[str, str]:
    """Under what the policy notes whether a page is read-only, so that it is looked up once."""
    return ("wiki.readonly", name)


def check_name(name: str) -> str:
    """The name, or Invalid."""
    parts = name.split("/")
    is_wrong = any(part in ("", ".", "..") for part in parts) or not name.isprintable()
    if is_wrong or len(name) > LONGEST_NAME:
        raise Invalid("“%(name)s” cannot be the name of a page.", name=name[:80])
    return name


def clean_name(name: str) -> str:
    """Without slashes at the ends and doubled ones."""
    return "/".join(part for part in name.split("/") if part)


def resolve_name(name: str, source: str, pages: Collection[str]) -> str:
    """The page that a name means in a text of the page `source` (empty: a text that is of no page)."""
    if name.startswith("/"):
        return name.lstrip("/").rstrip("/") or START
    name = name.rstrip("/")
    if not name:
        return START
    parts = name.split("/")
    if parts[0] in (".", ".."):
        return _relative(parts, source)
    return _scoped(name, source, pages) if "/" in source else name


def _relative(parts: list[str], source: str) -> str:
    place = source.split("/") if source else []
    rest = list(parts)
    while rest and rest[0] in (".", ".."):
        if rest.pop(0) == "..":
            place = place[:-1]
    return "/".join([*place, *rest]) or START


def _scoped(name: str, source: str, pages: Collection[str]) -> str:
    place = source.split("/")[:-1]
    for depth in range(len(place), -1, -1):
        candidate = "/".join([*place[:depth], name])
        if candidate in pages:
            return candidate
    first, slash, rest = name.partition("/")
    whole = source.split("/")
    if slash:
        for depth, part in enumerate(whole, 1):
            if part == first and "/".join(whole[:depth]) in pages:
                return "/".join([*whole[:depth], rest])
    return "/".join([*place, name])
