"""What every page has around its content: the values that layout and small helpers need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from trackside.kernel.access import Permission
from trackside.kernel.feature import features_of
from trackside.kernel.ref import Ref
from trackside.kernel.site_settings import ProjectSettings, TracSettings
from trackside.kernel.text import obfuscate
from trackside.kernel.work import Work
from trackside.web import forms, guest_cache, navigation, site_texts, static
from trackside.web.known_users import KNOWN_USERS
from trackside.web.request import Request

EMAIL_VIEW = Permission("EMAIL_VIEW")
_TIME = Markup('<time datetime="%s" title="%s"%s>%s</time>')
_COUNTS_ON = Markup(" data-relative")
_TOKENS = Markup('<input type="hidden" name="%s" value="%s"><input type="hidden" name="%s" value="%s">')


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A project's name, description, address and the letter of its mark."""

    name: str
    descr: str
    url: str
    mark: str
    icon: str


def values(work: Work, request: Request) -> Mapping[str, object]:
    """Plain values and helpers for templates; the known people are read for the first name that shows."""
    main = navigation.visible(work, "mainnav", request.path)
    meta = navigation.visible(work, "metanav", request.path)
    addresses = {item.name: item.href for item in (*main, *meta)}
    return {
        **_helpers(work, request),
        **_OPTIONAL,
        "nav": [item for item in main if item.name not in ("search", "newticket")],
        "meta_nav": meta,
        "search_href": addresses.get("search"),
        "new_ticket_href": addresses.get("newticket"),
        "notices": request.notices,
        "warnings": request.warnings,
        "csp_nonce": request.nonce,
        "projects_href": request.environ.get("trackside.index_href"),
        "project": _project(work),
        "request_path": request.path,
        **site_texts.rendered(work, request),
    }


_OPTIONAL: Mapping[str, object] = {
    "language": "en",
    "dir": "ltr",
    "robots": "",
    "alternates": (),
    "crumbs": (),
    "prev": None,
    "next": None,
    "up": None,
    "companions": (),
}


def _project(work: Work) -> ProjectLine:
    options = work.settings(ProjectSettings)
    mark = next((c.upper() for c in options.name if c.isalnum()), "T")
    return ProjectLine(options.name, options.descr, options.url, mark, options.icon)


def _helpers(work: Work, request: Request) -> Mapping[str, object]:
    locale = work.locale
    return {
        "_": locale.gettext,
        "ngettext": locale.ngettext,
        "href": work.href,
        "locale": locale,
        "now": work.now,
        "actor": work.actor,
        "ago": time_tag(work),
        "exact": locale.moment,
        "day": locale.day,
        "person": person_name(work),
        "avatar": initials,
        "form_token": lambda: (
            _TOKENS % (forms.TOKEN_FIELD, request.form_token, forms.KEY_FIELD, guest_cache.new_key(request))
        ),
        "asset": _asset(work),
    }


def time_tag(work: Work) -> Callable[[datetime | None], Markup]:
    """A moment as this reader wants it, the other form as tooltip; nothing for None."""
    locale, now = work.locale, work.now

    def tag(moment: datetime | None) -> Markup:
        if moment is None:
            return Markup()
        exact = locale.moment(moment)
        relative = locale.distance(moment, now)
        if not locale.is_relative:
            return _TIME % (moment.isoformat(timespec="seconds"), relative, "", exact)
        return _TIME % (moment.isoformat(timespec="seconds"), exact, _COUNTS_ON, relative)

    return tag


def person_name(work: Work) -> Callable[[str | None], str]:
    """A user as this reader may see them: by full name where it is known, without the mail address."""
    options = work.settings(TracSettings)
    is_open = options.show_email_addresses or work.access.allows(EMAIL_VIEW, Ref("email"))

    shown: dict[str, str] = {}

    def name(user: str | None) -> str:
        if not user:
            return ""
        if user not in shown:
            full = work.cached(KNOWN_USERS).get(user, ("", ""))[0] if options.show_full_names else ""
            shown[user] = full or (user if is_open else obfuscate(user))
        return shown[user]

    return name


def initials(name: str | None) -> str:
    """One or two letters for an avatar."""
    words = [
        w
        for w in (name or "?").replace(".", " ").replace("_", " ").replace("@", " ").split()
        if w[0].isalnum()
    ]
    if not words:
        return "?"
    return (words[0][0] + words[1][0] if len(words) > 1 else words[0][:2]).upper()


def _asset(work: Work) -> Callable[[str], str]:
    shipped = static.manifest(features_of(work.project))

    def address(name: str) -> str:
        path = name if name in shipped else f"common/{name}"
        found = shipped.get(path)
        return work.href("chrome", *path.split("/"), v=found.digest if found else None)

    return address
