"""Which address each route is tried at, with what it is sent, and the answers from every seat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SEATS = ("", "reader", "member", "admin")


@dataclass(frozen=True, slots=True)
class Row:
    """`statuses` are the answers to nobody known, a reader, a member and the administrator."""

    address: str
    statuses: tuple[int, int, int, int]
    sent: Mapping[str, str] = field(default_factory=dict)


ROUTES: Mapping[str, Row] = {
    "GET /wiki action=edit": Row("/wiki?action=edit", (403, 403, 200, 200)),
    "GET /wiki action=history": Row("/wiki?action=history", (403, 200, 200, 200)),
    "GET /wiki action=diff": Row("/wiki?action=diff&version=1", (403, 200, 200, 200)),
    "GET /wiki action=delete": Row("/wiki?action=delete", (403, 403, 403, 200)),
    "GET /wiki action=rename": Row("/wiki?action=rename", (403, 403, 403, 200)),
    "GET /wiki action=edit_comment": Row("/wiki?action=edit_comment&version=1", (403, 403, 403, 200)),
    "GET /wiki": Row("/wiki", (403, 200, 200, 200)),
    "POST /wiki action=diff": Row(
        "/wiki", (403, 303, 303, 303), {"action": "diff", "old_version": "1", "version": "1"}
    ),
    "POST /wiki action=edit_comment": Row(
        "/wiki", (403, 403, 403, 303), {"action": "edit_comment", "version": "1", "new_comment": "New"}
    ),
    "POST /wiki action=delete": Row("/wiki", (403, 403, 403, 303), {"action": "delete"}),
    "POST /wiki action=rename": Row(
        "/wiki", (403, 403, 403, 303), {"action": "rename", "new_name": "Renamed"}
    ),
    "POST /wiki cancel": Row("/wiki", (303, 303, 303, 303), {"action": "edit", "cancel": "1"}),
    "POST /wiki preview": Row(
        "/wiki", (403, 403, 200, 200), {"action": "edit", "preview": "1", "text": "New", "version": "1"}
    ),
    "POST /wiki diff": Row(
        "/wiki", (403, 403, 200, 200), {"action": "edit", "diff": "1", "text": "New", "version": "1"}
    ),
    "POST /wiki action=edit": Row(
        "/wiki", (403, 403, 303, 303), {"action": "edit", "text": "New", "version": "1"}
    ),
    "GET /wiki/<path:page> action=edit": Row("/wiki/Sample?action=edit", (403, 403, 200, 200)),
    "GET /wiki/<path:page> action=history": Row("/wiki/Sample?action=history", (403, 200, 200, 200)),
    "GET /wiki/<path:page> action=diff": Row("/wiki/Sample?action=diff&version=1", (403, 200, 200, 200)),
    "GET /wiki/<path:page> action=delete": Row("/wiki/Sample?action=delete", (403, 403, 403, 200)),
    "GET /wiki/<path:page> action=rename": Row("/wiki/Sample?action=rename", (403, 403, 403, 200)),
    "GET /wiki/<path:page> action=edit_comment": Row(
        "/wiki/Sample?action=edit_comment&version=1", (403, 403, 403, 200)
    ),
    "GET /wiki/<path:page>": Row("/wiki/Sample", (403, 200, 200, 200)),
    "POST /wiki/<path:page> action=diff": Row(
        "/wiki/Sample", (403, 303, 303, 303), {"action": "diff", "old_version": "1", "version": "2"}
    ),
    "POST /wiki/<path:page> action=edit_comment": Row(
        "/wiki/Sample", (403, 403, 403, 303), {"action": "edit_comment", "version": "1", "new_comment": "New"}
    ),
    "POST /wiki/<path:page> action=delete": Row("/wiki/Sample", (403, 403, 403, 303), {"action": "delete"}),
    "POST /wiki/<path:page> action=rename": Row(
        "/wiki/Sample", (403, 403, 403, 303), {"action": "rename", "new_name": "Renamed"}
    ),
    "POST /wiki/<path:page> cancel": Row(
        "/wiki/Sample", (303, 303, 303, 303), {"action": "edit", "cancel": "1"}
    ),
    "POST /wiki/<path:page> preview": Row(
        "/wiki/Sample",
        (403, 403, 200, 200),
        {"action": "edit", "preview": "1", "text": "New", "version": "2"},
    ),
    "POST /wiki/<path:page> diff": Row(
        "/wiki/Sample", (403, 403, 200, 200), {"action": "edit", "diff": "1", "text": "New", "version": "2"}
    ),
    "POST /wiki/<path:page> action=edit": Row(
        "/wiki/Sample", (403, 403, 303, 303), {"action": "edit", "text": "New", "version": "2"}
    ),
    "POST /wiki_render": Row(
        "/wiki_render", (200, 200, 200, 200), {"realm": "wiki", "id": "Sample", "text": "Text"}
    ),
    "GET /newticket": Row("/newticket", (403, 403, 200, 200)),
    "POST /newticket preview": Row(
        "/newticket", (403, 403, 200, 200), {"preview": "1", "field_summary": "New"}
    ),
    "POST /newticket": Row("/newticket", (403, 403, 303, 303), {"field_summary": "New"}),
    "GET /ticket/<int:id> action=history": Row("/ticket/1?action=history", (403, 200, 200, 200)),
    "GET /ticket/<int:id> action=diff": Row("/ticket/1?action=diff&version=1", (403, 200, 200, 200)),
    "GET /ticket/<int:id> action=comment-history": Row(
        "/ticket/1?action=comment-history&cnum=1", (403, 200, 200, 200)
    ),
    "GET /ticket/<int:id> action=comment-diff": Row(
        "/ticket/1?action=comment-diff&cnum=1&version=1", (403, 200, 200, 200)
    ),
    "GET /ticket/<int:id>": Row("/ticket/1", (403, 200, 200, 200)),
    "POST /ticket/<int:id> edit_comment": Row(
        "/ticket/1", (403, 403, 403, 303), {"edit_comment": "1", "cnum_edit": "1", "edited_comment": "Other"}
    ),
    "POST /ticket/<int:id> preview_comment": Row(
        "/ticket/1",
        (403, 200, 200, 200),
        {"preview_comment": "1", "cnum_edit": "1", "edited_comment": "Other"},
    ),
    "POST /ticket/<int:id> cancel_comment": Row(
        "/ticket/1", (403, 303, 303, 303), {"cancel_comment": "1", "cnum_edit": "1"}
    ),
    "POST /ticket/<int:id> preview": Row(
        "/ticket/1", (403, 200, 200, 200), {"preview": "1", "comment": "Word"}
    ),
    "POST /ticket/<int:id> submit": Row(
        "/ticket/1", (403, 403, 303, 303), {"submit": "1", "comment": "Word"}
    ),
    "POST /ticket/<int:id> step": Row("/ticket/1", (403, 403, 409, 409), {"step": "accept"}),
    "POST /ticket/<int:id>": Row("/ticket/1", (403, 200, 200, 200), {"comment": "Word"}),
    "GET /query": Row("/query", (403, 200, 200, 200)),
    "POST /query": Row("/query", (403, 303, 303, 303), {"update": "1"}),
    "GET /attachment/<realm>/<path:path> action=new": Row(
        "/attachment/ticket/1/?action=new", (404, 403, 200, 200)
    ),
    "GET /attachment/<realm>/<path:path> action=delete": Row(
        "/attachment/ticket/1/note.txt?action=delete", (403, 403, 403, 200)
    ),
    "GET /attachment/<realm>/<path:path>": Row("/attachment/ticket/1/note.txt", (403, 200, 200, 200)),
    "POST /attachment/<realm>/<path:path> action=new": Row(
        "/attachment/ticket/1/", (404, 403, 400, 400), {"action": "new", "description": "No file"}
    ),
    "POST /attachment/<realm>/<path:path> action=delete": Row(
        "/attachment/ticket/1/note.txt", (403, 403, 403, 303), {"action": "delete"}
    ),
    "GET /raw-attachment/<realm>/<path:path>": Row("/raw-attachment/ticket/1/note.txt", (403, 200, 200, 200)),
    "GET /login": Row("/login", (403, 302, 302, 302)),
    "GET /logout": Row("/logout", (302, 302, 302, 302)),
    "POST /logout": Row("/logout", (303, 303, 303, 303)),
    "GET /prefs": Row("/prefs", (200, 200, 200, 200)),
    "POST /prefs": Row("/prefs", (303, 303, 303, 303), {"name": "New"}),
    "GET /prefs/<panel>": Row("/prefs/datetime", (302, 302, 302, 302)),
    "POST /prefs/<panel>": Row("/prefs/datetime", (303, 303, 303, 303), {"tz": "UTC"}),
    "GET /report action=new": Row("/report?action=new", (403, 403, 403, 200)),
    "GET /report": Row("/report", (403, 200, 200, 200)),
    "POST /report action=new": Row(
        "/report", (403, 403, 403, 303), {"action": "new", "title": "New", "query": "SELECT 1 AS id"}
    ),
    "GET /report/<int:id> action=edit": Row("/report/1?action=edit", (403, 403, 403, 200)),
    "GET /report/<int:id> action=copy": Row("/report/1?action=copy", (403, 403, 403, 200)),
    "GET /report/<int:id> action=delete": Row("/report/1?action=delete", (403, 403, 403, 200)),
    "GET /report/<int:id>": Row("/report/1", (403, 200, 200, 200)),
    "POST /report/<int:id> action=edit": Row(
        "/report/1", (403, 403, 403, 303), {"action": "edit", "title": "New", "query": "SELECT 1 AS id"}
    ),
    "POST /report/<int:id> action=delete": Row("/report/1", (403, 403, 403, 303), {"action": "delete"}),
    "GET /roadmap": Row("/roadmap", (403, 200, 200, 200)),
    "GET /milestone action=new": Row("/milestone?action=new", (403, 403, 403, 200)),
    "GET /milestone": Row("/milestone", (302, 302, 302, 302)),
    "POST /milestone action=new": Row("/milestone", (403, 403, 403, 303), {"action": "new", "name": "New"}),
    "GET /milestone/<path:name> action=edit": Row("/milestone/milestone1?action=edit", (403, 403, 403, 200)),
    "GET /milestone/<path:name> action=new": Row("/milestone/New?action=new", (403, 403, 403, 200)),
    "GET /milestone/<path:name> action=delete": Row(
        "/milestone/milestone1?action=delete", (403, 403, 403, 200)
    ),
    "GET /milestone/<path:name>": Row("/milestone/milestone1", (403, 200, 200, 200)),
    "POST /milestone/<path:name> action=edit": Row(
        "/milestone/milestone1",
        (403, 403, 403, 303),
        {"action": "edit", "name": "Other", "description": "New"},
    ),
    "POST /milestone/<path:name> action=delete": Row(
        "/milestone/milestone1", (403, 403, 403, 303), {"action": "delete"}
    ),
    "GET /search": Row("/search?q=ticket", (403, 200, 200, 200)),
    "GET /search/opensearch": Row("/search/opensearch", (403, 200, 200, 200)),
    "GET /timeline": Row("/timeline", (403, 200, 200, 200)),
}
