"""Visitor sessions and login cookies, in Trac's tables."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping, MutableMapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from werkzeug.wrappers import Response

from trackside.db.schema import auth_cookie, session, session_attribute
from trackside.kernel.access import Actor
from trackside.kernel.project import Project
from trackside.kernel.site_settings import TracSettings
from trackside.kernel.work import Work
from trackside.web.known_users import KNOWN_USERS
from trackside.web.request import Request

AUTH_COOKIE = "trac_auth"
SESSION_COOKIE = "trac_session"
SESSION_DAYS = 90
COOKIE_ROW_DAYS = 10
_SID = re.compile(r"[0-9a-f]{24}")
_COOKIE = re.compile(r"[0-9a-f]{32}")

_ATTRIBUTES = select(session_attribute.c.name, session_attribute.c.value).where(
    session_attribute.c.sid == bindparam("sid"),
    session_attribute.c.authenticated == bindparam("authenticated"),
)
_SIGNED_IN = select(auth_cookie.c.name, auth_cookie.c.ipnr).where(auth_cookie.c.cookie == bindparam("cookie"))


class Session(MutableMapping[str, str]):
    """Trac session attributes of one visitor; setting an empty value removes it."""

    def __init__(self, sid: str, is_authenticated: bool, values: Mapping[str, str]) -> None:
        self.sid = sid
        self.is_authenticated = is_authenticated
        self._stored = dict(values)
        self._values = dict(values)

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __setitem__(self, name: str, value: str) -> None:
        if value:
            self._values[name] = value
        else:
            self._values.pop(name, None)

    def __delitem__(self, name: str) -> None:
        self._values.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    @property
    def is_changed(self) -> bool:
        return self._values != self._stored

    def differences(self) -> tuple[dict[str, str], list[str]]:
        """What to write: values that are new or other, and names to remove."""
        changed = {n: v for n, v in self._values.items() if self._stored.get(n) != v}
        return changed, [n for n in self._stored if n not in self._values]


def load(db: Connection, request: Request, actor_name: str) -> Session:
    """The visitor's session; no statement for a stranger without a cookie."""
    if actor_name:
        return Session(actor_name, True, _read(db, actor_name, 1))
    sid = request.cookies.get(SESSION_COOKIE, "")
    values = _read(db, sid, 0) if _SID.fullmatch(sid) else {}
    return Session(sid if values else "", False, values)


def _read(db: Connection, sid: str, authenticated: int) -> dict[str, str]:
    rows = db.execute(_ATTRIBUTES, {"sid": sid, "authenticated": authenticated})
    return {row.name: row.value or "" for row in rows}


def save(work: Work, request: Request, response: Response, visitor: Session) -> None:
    """Write what changed, in its own small transaction after the answer was made."""
    if not visitor.sid:
        visitor.sid = secrets.token_hex(12)
        set_cookie(work.project, request, response, SESSION_COOKIE, visitor.sid, timedelta(days=SESSION_DAYS))
    authenticated = int(visitor.is_authenticated)
    _touch(work.db, visitor.sid, authenticated, work.now)
    changed, removed = visitor.differences()
    _remove(work.db, visitor.sid, authenticated, [*changed, *removed])
    if changed:
        rows = [
            {"sid": visitor.sid, "authenticated": authenticated, "name": name, "value": value}
            for name, value in changed.items()
        ]
        work.db.execute(insert(session_attribute), rows)
    if visitor.is_authenticated and {"name", "email"} & {*changed, *removed}:
        work.invalidate(KNOWN_USERS)


def _touch(db: Connection, sid: str, authenticated: int, now: datetime) -> bool:
    """Note the visit; whether the session is new."""
    here = (session.c.sid == sid, session.c.authenticated == authenticated)
    seconds = int(now.timestamp())
    if db.execute(update(session).where(*here).values(last_visit=seconds)).rowcount:
        return False
    db.execute(insert(session).values(sid=sid, authenticated=authenticated, last_visit=seconds))
    return True


def _remove(db: Connection, sid: str, authenticated: int, names: list[str]) -> None:
    if names:
        db.execute(
            delete(session_attribute).where(
                session_attribute.c.sid == sid,
                session_attribute.c.authenticated == authenticated,
                session_attribute.c.name.in_(names),
            )
        )


def set_cookie(
    project: Project,
    request: Request,
    response: Response,
    name: str,
    value: str,
    lifetime: timedelta | None = None,
) -> None:
    """A cookie of this project; SameSite, so that no other site's form carries it."""
    options = project.settings(TracSettings)
    response.set_cookie(
        name,
        value,
        max_age=lifetime,
        path=_path(project, request, name),
        domain=options.auth_cookie_domain or None if name == AUTH_COOKIE else None,
        secure=options.secure_cookies or request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def _path(project: Project, request: Request, name: str) -> str:
    chosen = project.settings(TracSettings).auth_cookie_path if name == AUTH_COOKIE else ""
    return chosen or request.environ.get("SCRIPT_NAME", "").rstrip("/") or "/"


def find_signed_in(db: Connection, request: Request, check_address: bool) -> str:
    """The name behind the login cookie, or empty."""
    cookie = request.cookies.get(AUTH_COOKIE, "")
    if not _COOKIE.fullmatch(cookie):
        return ""
    row = db.execute(_SIGNED_IN, {"cookie": cookie}).first()
    if row is None or (check_address and row.ipnr != (request.remote_addr or "")):
        return ""
    return str(row.name or "")


def sign_in(work: Work, request: Request, response: Response, user: str) -> None:
    """Give the browser a login cookie of its own and make the anonymous session the user's."""
    now = int(work.now.timestamp())
    work.db.execute(delete(auth_cookie).where(auth_cookie.c.time < now - COOKIE_ROW_DAYS * 86400))
    cookie = secrets.token_hex(16)
    work.db.execute(
        insert(auth_cookie).values(cookie=cookie, name=user, ipnr=request.remote_addr or "", time=now)
    )
    _promote(work, request, response, user)
    seconds = work.settings(TracSettings).auth_cookie_lifetime
    lifetime = timedelta(seconds=seconds) if seconds > 0 else None
    set_cookie(work.project, request, response, AUTH_COOKIE, cookie, lifetime)


def _promote(work: Work, request: Request, response: Response, user: str) -> None:
    sid = request.cookies.get(SESSION_COOKIE, "")
    values = _read(work.db, sid, 0) if _SID.fullmatch(sid) else {}
    is_new = _touch(work.db, user, 1, work.now)
    if is_new and values:
        rows = [{"sid": user, "authenticated": 1, "name": n, "value": v} for n, v in values.items()]
        work.db.execute(insert(session_attribute), rows)
    if is_new:
        work.invalidate(KNOWN_USERS)
    if sid:
        _forget(work.db, sid)
        response.delete_cookie(SESSION_COOKIE, path=_path(work.project, request, SESSION_COOKIE))


def _forget(db: Connection, sid: str) -> None:
    db.execute(
        delete(session_attribute).where(
            session_attribute.c.sid == sid, session_attribute.c.authenticated == 0
        )
    )
    db.execute(delete(session).where(session.c.sid == sid, session.c.authenticated == 0))


def sign_out(work: Work, request: Request, response: Response, user: str) -> None:
    """End this browser's sign-in; without a cookie all of the user's."""
    cookie = request.cookies.get(AUTH_COOKIE, "")
    which = auth_cookie.c.cookie == cookie if cookie else auth_cookie.c.name == user
    work.db.execute(delete(auth_cookie).where(which))
    response.delete_cookie(AUTH_COOKIE, path=_path(work.project, request, AUTH_COOKIE))


def purge(work: Work) -> None:
    """Drop anonymous sessions that nobody came back to."""
    days = work.settings(TracSettings).anonymous_session_lifetime
    if days <= 0:
        return
    limit = int((work.now - timedelta(days=days)).timestamp())
    old = select(session.c.sid).where(session.c.authenticated == 0, session.c.last_visit < limit)
    sids = list(work.db.execute(old.limit(500)).scalars())
    for sid in sids:
        _forget(work.db, sid)


def anonymous_label(visitor: Mapping[str, str]) -> str:
    """How an unsigned visitor signs: `name <mail>`, either, or nothing."""
    name, email = visitor.get("name", ""), visitor.get("email", "")
    return f"{name} <{email}>" if name and email else name or email


def actor_of(name: str, visitor: Session) -> Actor:
    return Actor(name) if name else Actor(label=anonymous_label(visitor))
