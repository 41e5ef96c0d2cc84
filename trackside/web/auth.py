"""Who is the actor: REMOTE_USER, a login cookie, or nobody known."""

from __future__ import annotations

from sqlalchemy import Connection

from trackside.kernel.access import Actor
from trackside.kernel.i18n import SERVER_ZONE, Locale, zone_named
from trackside.kernel.project import Project
from trackside.kernel.site_settings import TracSettings
from trackside.web import session
from trackside.web.request import Request


def identify(project: Project, request: Request, db: Connection) -> tuple[Actor, Locale]:
    """The actor and how this reader wants words and dates; leaves the visitor's session at the request."""
    options = project.settings(TracSettings)
    name = remote_user(request, options) or session.find_signed_in(db, request, options.check_auth_ip)
    visitor = session.load(db, request, name)
    request.session = visitor
    return session.actor_of(name, visitor), locale_of(options, visitor)


def remote_user(request: Request, options: TracSettings) -> str:
    """The name that the web server vouches for, as sign-in folds it."""
    name = request.environ.get("REMOTE_USER") or ""
    return name.lower() if options.ignore_auth_case else name


def locale_of(options: TracSettings, visitor: session.Session) -> Locale:
    style = visitor.get("lc_time", "") or options.default_date_format
    info = visitor.get("dateinfo", "") or options.default_dateinfo_format
    zone = visitor.get("tz", "") or options.default_timezone
    return Locale(
        language="en",
        zone=zone_named(zone) if zone else SERVER_ZONE,
        date_style="iso8601" if style == "iso8601" else "locale",
        is_relative=info == "relative",
    )


def may_be_answered_alike(request: Request) -> bool:
    """Whether the request is a stranger's: no name, no sign-in, no session, so all such see one page."""
    cookies = request.cookies
    return not (
        request.environ.get("REMOTE_USER")
        or session.AUTH_COOKIE in cookies
        or session.SESSION_COOKIE in cookies
        or "Authorization" in request.headers
    )
