"""Pages of a ticket: show, change, comment; a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from werkzeug.wrappers import Response

from trackside.features.ticket import actions, downloads, drafts, offers, showing
from trackside.features.ticket.controls import make_controls, make_steps
from trackside.features.ticket.drafts import Draft, read_draft
from trackside.features.ticket.model import (
    REALM,
    TICKET_APPEND,
    TICKET_CREATE,
    TICKET_VIEW,
    ChangeRow,
    Edit,
    EditConflict,
    Ticket,
    ticket_ref,
)
from trackside.features.ticket.showing import Focus
from trackside.kernel.access import ANONYMOUS
from trackside.kernel.errors import Invalid
from trackside.kernel.ref import Ref
from trackside.kernel.text import unix_lines
from trackside.kernel.work import Work
from trackside.markup.render import render
from trackside.web import forms, pages
from trackside.web.request import Request

ALTERNATES = (
    ("RSS", "rss", "application/rss+xml"),
    ("CSV", "csv", "text/csv"),
    ("TSV", "tab", "text/tab-separated-values"),
)


def show(work: Work, request: Request, id: int) -> Response:
    """`version` shows an old state, `cnum_edit` the editor of a comment, `replyto` quotes one."""
    kind = forms.text(request, "format")
    if kind:
        return downloads.ticket(work, id, kind)
    focus = Focus(
        version=forms.integer(request, "version"),
        comment=forms.integer(request, "cnum_hist"),
        comment_version=forms.integer(request, "cversion"),
        edited=forms.integer(request, "cnum_edit"),
    )
    ticket = actions.read_ticket(work, id)
    reply_to = forms.text(request, "replyto").strip()
    return _page(work, request, ticket, Draft(Edit(reply_to=reply_to)), focus)


def _page(
    work: Work,
    request: Request,
    ticket: Ticket,
    draft: Draft,
    focus: Focus = Focus(),  # noqa: B008 - frozen
    status: int = 200,
) -> Response:
    rows = actions.list_changes(work, ticket.id)
    beside = pages.companions(work, ticket.ref) if focus.version is None else ()
    if draft.edit.reply_to and not draft.edit.comment and request.method != "POST":
        draft = replace(draft, edit=replace(draft.edit, comment=_quote(ticket, rows, draft.edit.reply_to)))
    page = showing.make_page(work, ticket, rows, [one for _, one in beside], draft, focus)
    if request.session.get("ticket_comments_order") == "newest":
        page = replace(page, entries=page.entries[::-1])
    return pages.render(
        work,
        request,
        "ticket/show.html",
        status=status,
        page=page,
        ticket=page.ticket,
        form=page.form,
        edited_text=focus.edited_text,
        robots="" if focus == Focus() else "noindex,nofollow",
        companions=beside,
        **_neighbours(work, request, ticket),
        alternates=[
            (work.href(REALM, ticket.id, format=kind), mime, label) for label, kind, mime in ALTERNATES
        ],
    )


def _quote(ticket: Ticket, rows: Sequence[ChangeRow], reply_to: str) -> str:
    """What a reply starts with: who is answered, and the text with a mark before each line."""
    entry = showing.find_entry(rows, reply_to)
    if reply_to == "description":
        source, author, text = f"ticket:{ticket.id}", ticket["reporter"], ticket["description"]
    elif entry is not None:
        source, author, text = f"comment:{reply_to}", entry.author, entry.comment
    else:
        return ""
    lines = "\n".join(f"> {line}" for line in unix_lines(text).split("\n"))
    return f"Replying to [{source} {author}]:\n{lines}\n\n"


def _neighbours(work: Work, request: Request, ticket: Ticket) -> Mapping[str, object]:
    """The tickets before and behind this one: in the list that was looked at last, else by number."""
    remembered = [int(id) for id in request.session.get("query_tickets", "").split() if id.isdecimal()]
    before, behind = ticket.previous, ticket.next
    up = None
    if ticket.id in remembered:
        place = remembered.index(ticket.id)
        before = remembered[place - 1] if place else None
        behind = remembered[place + 1] if place + 1 < len(remembered) else None
        address = request.session.get("query_href", "")
        up = address if address and pages.is_ours(work, address) else None
    return {
        "prev": _neighbour(work, before),
        "next": _neighbour(work, behind),
        "up": (up or work.href("query"), work.locale.gettext("All tickets")),
    }


def _neighbour(work: Work, id: int | None) -> tuple[str, str] | None:
    if id is None or not work.access.allows(TICKET_VIEW, ticket_ref(id)):
        return None
    return work.href(REALM, id), f"#{id}"


def _draft(work: Work, request: Request, ticket: Ticket) -> Draft:
    return read_draft(request, offers.fields_of(work), ticket, offers.rights_of(work, ticket))


def preview(work: Work, request: Request, id: int) -> Response:
    """The page with what was typed, as it would look; nothing is stored."""
    ticket = actions.read_ticket(work, id)
    draft = replace(_draft(work, request, ticket), is_preview=True)
    if draft.started is not None and draft.started < ticket.changed:
        notice = work.locale.gettext(
            "This ticket was changed while you were typing; the new entries are marked."
        )
        pages.warn(request, notice)
    try:
        _, _, wrong = actions.wanted(work, ticket, draft.edit)
    except Invalid as failure:
        return _again(work, request, ticket, draft, failure)
    return _page(work, request, ticket, replace(draft, problems=wrong), Focus(began=draft.started))


def update(work: Work, request: Request, id: int) -> Response:
    """Store what was typed; when that cannot be, the same page with all of it."""
    ticket = actions.read_ticket(work, id)
    draft = _draft(work, request, ticket)
    try:
        number = actions.change_ticket(work, id, draft.edit)
    except (Invalid, EditConflict) as failure:
        return _again(work, request, actions.read_ticket(work, id), draft, failure)
    return pages.redirect(work, request, work.href(REALM, id, fragment=f"comment:{number}" if number else ""))


def _again(
    work: Work, request: Request, ticket: Ticket, draft: Draft, failure: Invalid | EditConflict
) -> Response:
    pages.warn(request, work.locale.failure(failure))
    if isinstance(failure, EditConflict):
        edit = replace(draft.edit, values=failure.mine)
        draft = replace(draft, edit=edit, clashes=failure.clashes, is_preview=True)
    else:
        draft = replace(draft, problems=failure.fields, is_preview=True)
    return _page(work, request, ticket, draft, Focus(began=draft.started), failure.status)


def edit_comment(work: Work, request: Request, id: int) -> Response:
    number, text = forms.integer(request, "cnum_edit", 0) or 0, forms.text(request, "edited_comment")
    try:
        actions.edit_comment(work, id, number, text)
    except Invalid as failure:
        pages.warn(request, work.locale.failure(failure))
        return _comment_editor(work, request, id, number, text, failure.status)
    return pages.redirect(work, request, work.href(REALM, id, fragment=f"comment:{number}"))


def preview_comment(work: Work, request: Request, id: int) -> Response:
    number, text = forms.integer(request, "cnum_edit", 0) or 0, forms.text(request, "edited_comment")
    if request.is_xhr:
        work.access.require(TICKET_VIEW, ticket_ref(id))
        html = render(work, text, ticket_ref(id), keep_newlines=actions.keeps_newlines(work))
        return Response(html, mimetype="text/html")
    return _comment_editor(work, request, id, number, text, 200)


def _comment_editor(work: Work, request: Request, id: int, number: int, text: str, status: int) -> Response:
    focus = Focus(edited=number, edited_text=text)
    return _page(work, request, actions.read_ticket(work, id), Draft(), focus, status)


def cancel_comment(work: Work, request: Request, id: int) -> Response:
    work.access.require(TICKET_VIEW, ticket_ref(id))
    return pages.redirect(work, request, work.href(REALM, id))


def new(work: Work, request: Request) -> Response:
    """The form of a new ticket; parameters named like fields fill it in."""
    return _new_page(work, request, drafts.prefilled(request, offers.fields_of(work)))


def _new_draft(work: Work, request: Request) -> Draft:
    return read_draft(request, offers.fields_of(work), None, offers.rights_of(work, None))


def preview_new(work: Work, request: Request) -> Response:
    return _new_page(work, request, replace(_new_draft(work, request), is_preview=True))


def create(work: Work, request: Request) -> Response:
    draft = _new_draft(work, request)
    try:
        id = actions.create_ticket(work, draft.edit)
    except Invalid as failure:
        pages.warn(request, work.locale.failure(failure))
        return _new_page(work, request, replace(draft, problems=failure.fields), failure.status)
    ref = ticket_ref(id)
    if not work.access.allows(TICKET_VIEW, ref):
        notice = work.locale.gettext("Ticket %(id)s is stored, but you may not see it.", id=f"#{id}")
        return pages.redirect(work, request, work.href("newticket"), notice)
    if forms.flag(request, "attachment"):
        notice = work.locale.gettext("Ticket %(id)s is stored. Now add your file.", id=f"#{id}")
        return pages.redirect(work, request, work.href("attachment", REALM, id, action="new"), notice)
    return pages.redirect(work, request, work.href(REALM, id))


def _new_page(work: Work, request: Request, draft: Draft, status: int = 200) -> Response:
    work.access.require(TICKET_CREATE, Ref(REALM))
    fields, rights = offers.fields_of(work), offers.rights_of(work, None)
    values = {**offers.initial_values(work), **draft.edit.values}
    if rights.reporter and not values.get("reporter"):
        values["reporter"] = work.actor.author if work.actor.author != ANONYMOUS else ""
    steps = offers.list_actions(work, None)
    if not steps:
        pages.warn(request, work.locale.gettext("No step of the workflow lets you open a ticket."))
    keys = [step.key for step in steps]
    text = values.get("description", "")
    shown = (
        render(work, text, Ref(REALM), keep_newlines=actions.keeps_newlines(work))
        if draft.is_preview and text.strip()
        else None
    )
    return pages.render(
        work,
        request,
        "ticket/new.html",
        status=status,
        controls=make_controls(work, fields, rights, values, draft.problems),
        steps=make_steps(work, None, steps, draft.arguments),
        chosen=draft.edit.action if draft.edit.action in keys else (keys[0] if keys else ""),
        problems=draft.problems,
        preview=shown,
        summary=values.get("summary", ""),
        can_attach=work.access.allows(TICKET_APPEND, Ref(REALM)),
    )
