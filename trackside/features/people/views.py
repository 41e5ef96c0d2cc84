"""Sign in, sign out, preferences."""

from __future__ import annotations

from urllib.parse import urlsplit
from zoneinfo import available_timezones

from werkzeug.wrappers import Response

from trackside.features.people import actions
from trackside.kernel.errors import Invalid, NotFound
from trackside.kernel.site_settings import TracSettings
from trackside.kernel.work import Work
from trackside.web import auth, forms, pages, session
from trackside.web.request import Request

_PANELS = frozenset(
    (
        "advanced",
        "datetime",
        "general",
        "keybindings",
        "language",
        "localization",
        "notification",
        "pygments",
        "userinterface",
    )
)


def login(work: Work, request: Request) -> Response:
    """The web server has asked for the password; what is left is a cookie, so that it need not ask again."""
    name = auth.remote_user(request, work.settings(TracSettings))
    if not name:
        return pages.render(work, request, "people/login.html", status=403)
    response = pages.redirect(work, request, _back(work, request))
    session.sign_in(work, request, response, name)
    return response


def logout(work: Work, request: Request) -> Response:
    response = pages.redirect(work, request, _after_logout(work))
    if work.actor.is_authenticated:
        session.sign_out(work, request, response, work.actor.name)
    return response


def logged_out(work: Work, request: Request) -> Response:
    """Signing out takes a form; an address alone only leads home."""
    return pages.redirect(work, request, work.href())


def _after_logout(work: Work) -> str:
    """`[metanav] logout.redirect` when it is an address of ours."""
    wanted = work.project.config.get("metanav", "logout.redirect").strip()
    if not wanted or "//" in wanted:
        return work.href()
    address = wanted if wanted.startswith("/") else work.href(wanted)
    return address if pages.is_ours(work, address) else work.href()


def _back(work: Work, request: Request) -> str:
    """The page somebody came from, when it is one of ours."""
    wanted = forms.text(request, "referer") or request.headers.get("Referer", "")
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return work.href()
    is_here = not parts.netloc or parts.netloc == urlsplit(request.site_origin).netloc
    address = parts.path + (f"?{parts.query}" if parts.query else "")
    is_door = parts.path.rstrip("/").endswith(("/login", "/logout"))
    return address if is_here and not is_door and pages.is_ours(work, address) else work.href()


def preferences(work: Work, request: Request) -> Response:
    return _preferences_page(work, request, dict(request.session), {}, 200)


def show_panel(work: Work, request: Request, panel: str) -> Response:
    """Trac's panels by their old addresses; all preferences are on one page here."""
    _check_panel(panel)
    return pages.redirect(work, request, work.href("prefs"))


def _check_panel(panel: str) -> None:
    if panel not in _PANELS:
        raise NotFound("There is no page of preferences %(panel)s.", panel=panel)


def change_preferences(work: Work, request: Request, panel: str = "general") -> Response:
    _check_panel(panel)
    sent = {name: forms.text(request, name) for name in actions.PREFERENCES if forms.flag(request, name)}
    try:
        actions.change_preferences(work, request.session, sent)
    except Invalid as invalid:
        pages.warn(request, work.locale.failure(invalid))
        return _preferences_page(work, request, sent, invalid.fields, 400)
    return pages.redirect(
        work, request, work.href("prefs"), notice=work.locale.gettext("Your preferences are kept.")
    )


def _preferences_page(
    work: Work, request: Request, values: dict[str, str], problems: dict[str, str], status: int
) -> Response:
    return pages.render(
        work,
        request,
        "people/preferences.html",
        status=status,
        values=values,
        problems=problems,
        zones=sorted(available_timezones()),
    )
