"""`[[TracGuideToc]]`: the pages of the guide, with the one that is read marked."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from trackside.kernel.feature import MacroCall, find_realm
from trackside.kernel.i18n import N_
from trackside.kernel.ref import Ref
from trackside.kernel.work import Work
from trackside.markup import html

_PAGES: Final = (
    ("TracGuide", N_("Index")),
    ("TracInstall", N_("Installation")),
    ("TracInterfaceCustomization", N_("Customization")),
    ("TracPlugins", N_("Plugins")),
    ("TracUpgrade", N_("Upgrading")),
    ("TracIni", N_("Configuration")),
    ("TracAdmin", N_("Administration")),
    ("TracBackup", N_("Backup")),
    ("TracLogging", N_("Logging")),
    ("TracPermissions", N_("Permissions")),
    ("TracWiki", N_("The wiki")),
    ("WikiFormatting", N_("Wiki formatting")),
    ("TracTimeline", N_("Timeline")),
    ("TracBrowser", N_("Repository browser")),
    ("TracRevisionLog", N_("Revision log")),
    ("TracChangeset", N_("Changesets")),
    ("TracTickets", N_("Tickets")),
    ("TracWorkflow", N_("Workflow")),
    ("TracRoadmap", N_("Roadmap")),
    ("TracQuery", N_("Ticket queries")),
    ("TracBatchModify", N_("Batch changes")),
    ("TracReports", N_("Reports")),
    ("TracRss", N_("RSS feeds")),
    ("TracNotification", N_("Notification")),
)


def guide(work: Work, call: MacroCall) -> Markup | None:
    realm = find_realm(work.project, "wiki")
    if realm is None:
        return None
    page = call.source.id or "" if call.source.realm == "wiki" else ""
    scope, slash, _ = page.partition("/")
    names = {name: f"{scope}/{name}" if slash else name for name, _ in _PAGES}
    refs = {name: Ref("wiki", full) for name, full in names.items()}
    known = realm.describe(work, list(refs.values()))
    items = []
    for name, label in _PAGES:
        found = known.get(refs[name])
        is_missing = found is None or "missing" in found.css.split()
        href = (found.href if found is not None else None) or work.href("wiki", names[name])
        link = html.element("a", [("class", "missing" if is_missing else ""), ("href", href)])
        css = ' class="active"' if page == names[name] else ""
        items.append(f"<li{css}>{link}{html.text(work.locale.gettext(label))}</a></li>")
    title = html.text(work.locale.gettext(N_("Table of Contents")))
    return html.markup((f'<div class="wiki-toc"><h4>{title}</h4><ul>', *items, "</ul></div>"))
