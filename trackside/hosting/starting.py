"""What a new environment begins with: options, pages, samples."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

from trackside.features.ticket.workflow import BASIC
from trackside.kernel.feature import Feature
from trackside.kernel.settings import options_of
from trackside.kernel.site_settings import SITE_SETTINGS

OPEN_PAGES = frozenset(("WikiStart", "SandBox", "InterMapTxt"))

README = """This directory holds a project: its settings (conf/), its data (db/), its attachments (files/).
Trackside serves it and Trac 1.6 can open it. To serve it: trackside serve THIS-DIRECTORY
"""

SITE_SAMPLES = {
    "site_head.html": "## Named site_head.html, this file's text ends the head of every page.\n",
    "site_header.html": "## Named site_header.html, this file's text begins the body of every page.\n",
    "site_footer.html": "## Named site_footer.html, this file's text ends the body of every page.\n",
}

NAVIGATION = {
    "mainnav": ("wiki", "timeline", "roadmap", "browser", "tickets", "newticket", "search", "admin"),
    "metanav": ("login", "logout", "prefs", "help", "about"),
}

SUBSCRIBERS = {
    "always_notify_cc": "CarbonCopySubscriber",
    "always_notify_previous_updater": "TicketPreviousUpdatersSubscriber",
    "always_notify_updater": "TicketUpdaterSubscriber",
}


def options(*, has_defaults: bool, features: tuple[Feature, ...]) -> Iterator[tuple[str, str, str]]:
    """(section, option, value) of a new trac.ini: the defaults, and what a start needs besides."""
    if has_defaults:
        kinds = (*SITE_SETTINGS, *(kind for feature in features for kind in feature.settings))
        for option in (o for kind in kinds for o in options_of(kind)):
            if not option.is_optional:
                yield option.section, option.name, option.default_text
    for bar, names in NAVIGATION.items():
        for place, name in enumerate(names, 1):
            yield bar, f"{name}.order", f"{place}.0"
    for section, given in (("ticket-workflow", BASIC), ("notification-subscriber", SUBSCRIBERS)):
        for name, value in given.items():
            yield section, name, value


def pages() -> Iterator[tuple[str, str]]:
    """(name, text) of the pages of a new project; `%2F` in a file name is a slash of the page's."""
    for entry in sorted(files("trackside.hosting").joinpath("pages").iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".txt"):
            yield entry.name.removesuffix(".txt").replace("%2F", "/"), entry.read_text(encoding="utf-8")
