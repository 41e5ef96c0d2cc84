"""Table `wiki`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Insert, Update, and_, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from trackside.db.dialects import contains
from trackside.db.schema import wiki
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
)
from trackside.kernel.access import Cached, Grant, Scope
from trackside.kernel.dates import from_stamp, to_stamp
from trackside.markup.interwiki import InterWiki, read_intermap

_COLUMNS = (
    wiki.c.name,
    wiki.c.version,
    wiki.c.time,
    wiki.c.author,
    wiki.c.text,
    wiki.c.comment,
    wiki.c.readonly,
)
_named = wiki.c.name == bindparam("page")
_newest = select(func.max(wiki.c.version)).where(_named).scalar_subquery()
_PAGE = select(*_COLUMNS, _newest.label("newest")).where(_named)
_LATEST = _PAGE.where(wiki.c.version == _newest)
_AT = _PAGE.where(wiki.c.version == bindparam("number"))
_HISTORY = (
    select(wiki.c.version, wiki.c.time, wiki.c.author, wiki.c.comment)
    .where(_named)
    .order_by(wiki.c.version.desc())
)
_FLAGS = select(wiki.c.version, wiki.c.readonly).where(_named).order_by(wiki.c.version.desc()).limit(1)
_INTER_MAP = select(wiki.c.text).where(wiki.c.name == INTER_MAP).order_by(wiki.c.version.desc()).limit(1)


def _load_names(db: Connection) -> frozenset[str]:
    return frozenset(db.execute(select(wiki.c.name).distinct()).scalars())


def _load_map(db: Connection) -> dict[str, InterWiki]:
    return read_intermap(db.execute(_INTER_MAP).scalar() or "")


PAGES: Cached[frozenset[str]] = Cached("trac.wiki.api.WikiSystem.pages", _load_names)
INTER_WIKI: Cached[dict[str, InterWiki]] = Cached("trac.wiki.interwiki.InterWikiMap.interwiki_map", _load_map)


def load(db: Connection, grant: Grant) -> Page | None:
    """The version that the grant names, or the newest."""
    ref = grant.check(WIKI_VIEW, WIKI_CREATE, WIKI_MODIFY, WIKI_DELETE, WIKI_RENAME)
    if ref.version is None:
        row = db.execute(_LATEST, {"page": ref.id}).first()
    else:
        row = db.execute(_AT, {"page": ref.id, "number": ref.version}).first()
    if row is None:
        return None
    return Page(
        name=row.name,
        version=row.version,
        time=from_stamp(row.time),
        author=row.author or "",
        text=row.text or "",
        comment=row.comment or "",
        is_readonly=bool(row.readonly),
        newest=row.newest,
    )


def is_readonly(db: Connection, name: str) -> bool:
    """The mark of the newest version; for policies, which decide before there is a grant."""
    row = db.execute(_FLAGS, {"page": name}).first()
    return bool(row and row.readonly)


def history(db: Connection, grant: Grant) -> list[Version]:
    rows = db.execute(_HISTORY, {"page": grant.id(WIKI_VIEW)})
    return [Version(r.version, from_stamp(r.time), r.author or "", r.comment or "") for r in rows]


def versions(db: Connection, grant: Grant) -> list[int]:
    return list(
        db.execute(select(wiki.c.version).where(wiki.c.name == grant.id(WIKI_DELETE, WIKI_RENAME))).scalars()
    )


def change_comment(db: Connection, grant: Grant, comment: str) -> bool:
    """Of the version that the grant names; whether there is one."""
    ref = grant.check(WIKI_ADMIN)
    here = (wiki.c.name == ref.id, wiki.c.version == ref.version)
    return bool(db.execute(update(wiki).where(*here).values(comment=comment)).rowcount)


def add_version(
    db: Connection, grant: Grant, change: PageChange, version: int, author: str, now: datetime, readonly: bool
) -> bool:
    """False when somebody has stored that version just now."""
    row = {
        "name": grant.id(WIKI_CREATE, WIKI_MODIFY),
        "version": version,
        "time": to_stamp(now),
        "author": author,
        "text": change.text,
        "comment": change.comment,
        "readonly": int(readonly),
    }
    return _unless_taken(db, insert(wiki).values(row))


def _unless_taken(db: Connection, statement: Insert | Update) -> bool:
    try:
        with db.begin_nested():
            db.execute(statement)
    except IntegrityError:
        return False
    return True


def mark_readonly(db: Connection, grant: Grant, readonly: bool) -> None:
    db.execute(update(wiki).where(wiki.c.name == grant.id(WIKI_ADMIN)).values(readonly=int(readonly)))


def remove(db: Connection, grant: Grant, versions: Sequence[int] | None = None) -> None:
    """Some versions, or all."""
    statement = delete(wiki).where(wiki.c.name == grant.id(WIKI_DELETE))
    db.execute(statement if versions is None else statement.where(wiki.c.version.in_(versions)))


def rename(db: Connection, grant: Grant, new_name: str) -> bool:
    """False when there is a page of that name."""
    here = wiki.c.name == grant.id(WIKI_RENAME)
    return _unless_taken(db, update(wiki).where(here).values(name=new_name))


def changes(db: Connection, scope: Scope, start: datetime, stop: datetime) -> list[tuple[str, Version]]:
    """What was edited from start until before stop, newest first."""
    scope.check(WIKI_VIEW)
    if scope.is_empty:
        return []
    rows = db.execute(
        select(wiki.c.name, wiki.c.version, wiki.c.time, wiki.c.author, wiki.c.comment)
        .where(wiki.c.time >= to_stamp(start), wiki.c.time < to_stamp(stop))
        .order_by(wiki.c.time.desc())
    )
    return [(r.name, Version(r.version, from_stamp(r.time), r.author or "", r.comment or "")) for r in rows]


def latest_changes(db: Connection, scope: Scope, prefix: str, limit: int) -> list[tuple[str, Version]]:
    """The newest version of each page, newest first."""
    scope.check(WIKI_VIEW)
    if scope.is_empty:
        return []
    newest = select(wiki.c.name, func.max(wiki.c.version).label("version")).group_by(wiki.c.name).subquery()
    rows = db.execute(
        select(wiki.c.name, wiki.c.version, wiki.c.time, wiki.c.author, wiki.c.comment)
        .join(newest, and_(newest.c.name == wiki.c.name, newest.c.version == wiki.c.version))
        .where(func.substr(wiki.c.name, 1, len(prefix)) == prefix)
        .order_by(wiki.c.time.desc())
        .limit(limit)
    )
    return [(r.name, Version(r.version, from_stamp(r.time), r.author or "", r.comment or "")) for r in rows]


def search(db: Connection, scope: Scope, terms: Sequence[str], limit: int) -> list[Page]:
    """Newest versions in which every term occurs in name, author or text; the latest edited first."""
    scope.check(WIKI_VIEW)
    if scope.is_empty:
        return []
    newest = select(wiki.c.name, func.max(wiki.c.version).label("newest")).group_by(wiki.c.name).subquery()
    statement = (
        select(*_COLUMNS, newest.c.newest)
        .join(newest, and_(newest.c.name == wiki.c.name, newest.c.newest == wiki.c.version))
        .order_by(wiki.c.time.desc())
        .limit(limit)
    )
    for term in terms:
        statement = statement.where(
            contains(wiki.c.name, term) | contains(wiki.c.author, term) | contains(wiki.c.text, term)
        )
    return [
        Page(
            r.name,
            r.version,
            from_stamp(r.time),
            r.author or "",
            r.text or "",
            r.comment or "",
            False,
            r.newest,
        )
        for r in db.execute(statement)
    ]
