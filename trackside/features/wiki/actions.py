"""Read, list, change, rename, delete a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from trackside.features.wiki import store
from trackside.features.wiki.model import (
    INTER_MAP,
    WIKI_ADMIN,
    WIKI_CREATE,
    WIKI_DELETE,
    WIKI_MODIFY,
    WIKI_RENAME,
    WIKI_VIEW,
    Page,
    PageChange,
    Version,
    WikiSettings,
    check_name,
    clean_name,
    page_ref,
    readonly_note,
)
from trackside.kernel.errors import Conflict, Invalid, NotFound
from trackside.kernel.events import Event
from trackside.kernel.feature import follow
from trackside.kernel.work import Work

PAGES = store.PAGES
INTER_WIKI = store.INTER_WIKI


class EditConflict(Conflict):
    """The page was saved by somebody else since the edit began; `current` is their version."""

    def __init__(self, current: Page) -> None:
        super().__init__(
            "“%(page)s” was changed by %(author)s while you were editing. Nothing of yours is lost.",
            page=current.name,
            author=current.author,
        )
        self.current = current


class Unchanged(Invalid):
    """The text is the one that is stored already."""


def find_page(work: Work, name: str, version: int | None = None) -> Page | None:
    """The page, or one version of it; None when there is none."""
    page = store.load(work.db, work.access.require(WIKI_VIEW, page_ref(check_name(name), version)))
    if page is not None and page.is_newest:
        work.access.notes[readonly_note(page.name)] = page.is_readonly
    return page


def read_page(work: Work, name: str, version: int | None = None) -> Page:
    page = find_page(work, name, version)
    if page is None:
        raise NotFound("There is no page “%(name)s”.", name=name)
    return page


def new_page(name: str, text: str = "") -> Page:
    """What the editor of a page that does not exist starts from."""
    return Page(name, 0, None, "", text, "", False, 0)


def list_names(work: Work, prefix: str = "") -> list[str]:
    """Names of the pages that may be seen, sorted."""
    scope = work.access.scope(WIKI_VIEW, "wiki")
    names = sorted(n for n in work.cached(PAGES) if n.startswith(prefix))
    return scope.filter(names, page_ref)


def has_page(work: Work, name: str) -> bool:
    return name in work.cached(PAGES)


def list_versions(work: Work, name: str) -> list[Version]:
    """Newest first; NotFound for a page that does not exist."""
    versions = store.history(work.db, work.access.require(WIKI_VIEW, page_ref(check_name(name))))
    if not versions:
        raise NotFound("There is no page “%(name)s”.", name=name)
    return versions


def list_changes(work: Work, start: datetime, stop: datetime) -> list[tuple[str, Version]]:
    scope = work.access.scope(WIKI_VIEW, "wiki")
    rows = store.changes(work.db, scope, start, stop)
    return scope.filter(rows, lambda row: page_ref(row[0]))


def list_latest_changes(work: Work, prefix: str = "", limit: int = 50) -> list[tuple[str, Version]]:
    scope = work.access.scope(WIKI_VIEW, "wiki")
    rows = store.latest_changes(work.db, scope, prefix, limit)
    return scope.filter(rows, lambda row: page_ref(row[0]))


def search_pages(work: Work, terms: Sequence[str], limit: int) -> list[Page]:
    scope = work.access.scope(WIKI_VIEW, "wiki")
    return scope.filter(store.search(work.db, scope, terms, limit), lambda page: page_ref(page.name))


def check_editable(work: Work, name: str) -> None:
    """Forbidden for those who may not save the page."""
    exists = has_page(work, check_name(name))
    work.access.require(WIKI_MODIFY if exists else WIKI_CREATE, page_ref(name))


def change_page(work: Work, name: str, change: PageChange) -> Page:
    """Save a new version. EditConflict, Unchanged, or Invalid for a text that is too long."""
    exists = has_page(work, check_name(name))
    grant = work.access.require(WIKI_MODIFY if exists else WIKI_CREATE, page_ref(name))
    _check_size(work, change)
    current = store.load(work.db, grant) if exists else new_page(name)
    if current is None:
        raise NotFound("There is no page “%(name)s”.", name=name)
    if change.base != current.version:
        raise EditConflict(current)
    flag = _wanted_flag(work, current, change)
    if change.text == current.text and current.version:
        return _change_flag_only(work, current, flag)
    moment = max(work.now, current.time) if current.time else work.now
    version, author = current.version + 1, work.actor.author
    if not store.add_version(work.db, grant, change, version, author, moment, flag):
        raise EditConflict(store.load(work.db, grant) or current)
    _tell(work, current, change)
    return replace(current, version=version, newest=version, text=change.text, author=author)


def _check_size(work: Work, change: PageChange) -> None:
    limit = work.settings(WikiSettings).max_size
    if len(change.text) > limit:
        raise Invalid(
            "The text is too long: %(size)d characters, and a page may have %(limit)d.",
            {"text": "This is too long."},
            size=len(change.text),
            limit=limit,
        )


def _wanted_flag(work: Work, current: Page, change: PageChange) -> bool:
    """The read-only mark is for those who administer the page; others leave it as it is."""
    if change.is_readonly is None or change.is_readonly == current.is_readonly:
        return current.is_readonly
    may_change = work.access.allows(WIKI_ADMIN, page_ref(current.name))
    return change.is_readonly if may_change else current.is_readonly


def _change_flag_only(work: Work, current: Page, flag: bool) -> Page:
    if flag == current.is_readonly:
        raise Unchanged("Nothing was stored, because nothing was changed.")
    store.mark_readonly(work.db, work.access.require(WIKI_ADMIN, page_ref(current.name)), flag)
    return replace(current, is_readonly=flag)


def _tell(work: Work, current: Page, change: PageChange) -> None:
    if current.version == 0:
        work.invalidate(store.PAGES)
    if current.name == INTER_MAP:
        work.invalidate(store.INTER_WIKI)
    kind = "wiki.changed" if current.version else "wiki.created"
    ref = page_ref(current.name, current.version + 1)
    work.emit(Event(kind, ref, work.actor.author, work.now, comment=change.comment or ""))


def import_page(work: Work, name: str, text: str, *, is_readonly: bool = False) -> None:
    """A page that nobody wrote here, as those of a new environment: version 1 by `trac`."""
    grant = work.access.require(WIKI_CREATE, page_ref(check_name(name)))
    change = PageChange(text, None, 0)
    store.add_version(work.db, grant, change, 1, "trac", work.now, is_readonly)
    work.invalidate(store.PAGES, store.INTER_WIKI)


def delete_page(work: Work, name: str, version: int | None = None, after: int | None = None) -> bool:
    """The page, or one version of it, or all versions behind `after` up to it; whether something is left."""
    grant = work.access.require(WIKI_DELETE, page_ref(check_name(name)))
    numbers = store.versions(work.db, grant)
    if not numbers:
        raise NotFound("There is no page “%(name)s”.", name=name)
    first = version if after is None or version is None or after >= version else after + 1
    chosen = [n for n in numbers if version is None or first is not None and first <= n <= version]
    if not chosen:
        raise NotFound("“%(name)s” has no version %(version)d.", name=name, version=version)
    is_left = len(chosen) < len(numbers)
    store.remove(work.db, grant, chosen if is_left else None)
    if not is_left:
        follow(work, grant, None)
    work.invalidate(store.PAGES, store.INTER_WIKI)
    kind = "wiki.version-deleted" if is_left else "wiki.deleted"
    work.emit(Event(kind, page_ref(name), work.actor.author, work.now))
    return is_left


def change_comment(work: Work, name: str, version: int, comment: str) -> None:
    """Say in other words what was changed in a version."""
    grant = work.access.require(WIKI_ADMIN, page_ref(check_name(name), version))
    if not store.change_comment(work.db, grant, comment):
        raise NotFound("“%(name)s” has no version %(version)d.", name=name, version=version)
    work.emit(Event("wiki.comment-edited", grant.ref, work.actor.author, work.now, comment=comment))


def rename_page(work: Work, name: str, new_name: str, *, leaves_pointer: bool = False) -> str:
    """All versions under a new name, which is answered. Invalid for one that is taken or the same.

    A pointer is a new page at the old name that tells where its text went.
    """
    grant = work.access.require(WIKI_RENAME, page_ref(check_name(name)))
    new_name = check_name(clean_name(new_name))
    if new_name == name:
        raise Invalid("The new name is the old one.", {"new_name": "Choose another name."})
    numbers = store.versions(work.db, grant)
    if not numbers:
        raise NotFound("There is no page “%(name)s”.", name=name)
    if has_page(work, new_name) or not store.rename(work.db, grant, new_name):
        raise Invalid(
            "There is a page “%(name)s” already.", {"new_name": "Choose another name."}, name=new_name
        )
    follow(work, grant, new_name)
    if leaves_pointer:
        _leave_pointer(work, name, new_name, max(numbers))
    work.invalidate(store.PAGES, store.INTER_WIKI)
    changes = {"name": (name, new_name)}
    work.emit(Event("wiki.renamed", page_ref(new_name), work.actor.author, work.now, changes))
    return new_name


def _leave_pointer(work: Work, name: str, new_name: str, version: int) -> None:
    grant = work.access.require(WIKI_CREATE, page_ref(name))
    text = work.locale.gettext("See %(link)s.", link=f'[wiki:"{new_name}"]')
    comment = f'[wiki:"{new_name}@{version}" {name}] \u2192 [wiki:"{new_name}"].'
    store.add_version(work.db, grant, PageChange(text, comment, 0), 1, work.actor.author, work.now, False)
