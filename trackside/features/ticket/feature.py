"""Tickets: their pages, workflow, fields and lists."""

from pathlib import Path

from trackside.features.ticket import cli, history_views, hooks, links, macros, policies, query_views, views
from trackside.features.ticket.model import (
    PERMISSIONS,
    REALM,
    TICKET_CREATE,
    TICKET_VIEW,
    QuerySettings,
    TicketSettings,
    TicketTimelineSettings,
)
from trackside.kernel.feature import Feature, Navigation, Route, find_realm
from trackside.kernel.i18n import N_
from trackside.kernel.ref import Ref
from trackside.kernel.work import Work

_HERE = Path(__file__).parent
_POST = ("POST",)


def _new_ticket(work: Work) -> str | None:
    return work.href("newticket") if work.access.allows(TICKET_CREATE, Ref(REALM)) else None


def _tickets(work: Work) -> str | None:
    """The reports where there are any to see, else the list."""
    reports = find_realm(work.project, "report")
    if reports is not None and work.access.allows(reports.view, Ref("report", "-1")):
        return work.href("report")
    return work.href("query") if work.access.allows(TICKET_VIEW, Ref(REALM)) else None


feature = Feature(
    name="ticket",
    components=("trac.ticket.web_ui.TicketModule",),
    settings=(TicketSettings, QuerySettings, TicketTimelineSettings),
    permissions=PERMISSIONS,
    policies=(policies.make_policy,),
    realms=hooks.REALMS,
    routes=(
        Route("/newticket", views.new, TICKET_CREATE),
        Route("/newticket", views.preview_new, TICKET_CREATE, _POST, when="preview", mode="read"),
        Route("/newticket", views.create, TICKET_CREATE, _POST),
        Route("/ticket/<int:id>", history_views.history, TICKET_VIEW, when="action=history"),
        Route("/ticket/<int:id>", history_views.diff, TICKET_VIEW, when="action=diff"),
        Route("/ticket/<int:id>", history_views.comment_history, TICKET_VIEW, when="action=comment-history"),
        Route("/ticket/<int:id>", history_views.comment_diff, TICKET_VIEW, when="action=comment-diff"),
        Route("/ticket/<int:id>", views.show, TICKET_VIEW),
        Route("/ticket/<int:id>", views.edit_comment, TICKET_VIEW, _POST, when="edit_comment"),
        Route("/ticket/<int:id>", views.preview_comment, TICKET_VIEW, _POST, "preview_comment", "read"),
        Route("/ticket/<int:id>", views.cancel_comment, TICKET_VIEW, _POST, "cancel_comment", "read"),
        Route("/ticket/<int:id>", views.preview, TICKET_VIEW, _POST, when="preview", mode="read"),
        Route("/ticket/<int:id>", views.update, TICKET_VIEW, _POST, when="submit"),
        Route("/ticket/<int:id>", views.update, TICKET_VIEW, _POST, when="step"),
        Route("/ticket/<int:id>", views.preview, TICKET_VIEW, _POST, mode="read"),
        Route("/query", query_views.index, TICKET_VIEW),
        Route("/query", query_views.update, TICKET_VIEW, _POST, mode="read"),
    ),
    navigation=(
        Navigation("mainnav", "tickets", N_("Tickets"), _tickets, 5),
        Navigation("mainnav", "newticket", N_("New ticket"), _new_ticket, 6),
    ),
    links=links.LINKS,
    shorthands=links.SHORTHANDS,
    macros=macros.MACROS,
    timeline=hooks.TIMELINE,
    search=hooks.SEARCH,
    commands=cli.COMMANDS,
    templates=_HERE / "templates",
    static=_HERE / "static",
)
