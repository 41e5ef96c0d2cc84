"""What tickets give others: their realms, timeline and search."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from trackside.features.ticket import actions
from trackside.features.ticket.links import COMMENT, DESCRIPTION
from trackside.features.ticket.model import (
    CLOSED,
    REALM,
    TICKET_ADMIN,
    TICKET_APPEND,
    TICKET_VIEW,
    TicketTimelineSettings,
    TicketWords,
    ticket_ref,
)
from trackside.kernel.dates import from_stamp, to_stamp
from trackside.kernel.feature import (
    Description,
    Realm,
    SearchResult,
    SearchSource,
    TimelineEntry,
    TimelineSource,
)
from trackside.kernel.href import Href
from trackside.kernel.i18n import N_
from trackside.kernel.ref import Ref
from trackside.kernel.text import shorten
from trackside.kernel.work import Work

EXCERPT = 240
BATCH = 20


def url(href: Href, ref: Ref) -> str:
    return href(REALM, ref.id or "", version=ref.version)


def describe(work: Work, refs: Sequence[Ref]) -> Mapping[Ref, Description]:
    known = actions.list_words(work, sorted({_number(ref) for ref in refs}))
    return {ref: _description(work, ref, known.get(_number(ref))) for ref in refs}


def _number(ref: Ref) -> int:
    return int(ref.id) if ref.id and ref.id.isdecimal() and len(ref.id) < 19 else 0


def _description(work: Work, ref: Ref, words: TicketWords | None) -> Description:
    if words is None:
        return Description(None, css="missing ticket")
    return Description(url(work.href, ref), summary_line(words), f"{words.status} ticket")


def summary_line(words: TicketWords) -> str:
    """`#1: defect: Summary (closed: fixed)`."""
    kind = f"{words.type}: " if words.type else ""
    is_closed = words.status == CLOSED and words.resolution
    state = f"{words.status}: {words.resolution}" if is_closed else words.status
    return f"#{words.id}: {kind}{shorten(words.summary)} ({state})"


def exists(work: Work, ref: Ref) -> bool:
    return actions.has_ticket(work, _number(ref))


def title(work: Work, ref: Ref) -> str:
    words = actions.list_words(work, [_number(ref)]).get(_number(ref))
    return f"#{ref.id}: {words.summary}" if words else f"#{ref.id}"


def comment_url(href: Href, ref: Ref) -> str:
    return href(REALM, ref.parent.id or "" if ref.parent else "", fragment=f"comment:{ref.id}")


def describe_comments(work: Work, refs: Sequence[Ref]) -> Mapping[Ref, Description]:
    parents = {ref: ref.parent for ref in refs if ref.parent is not None}
    tickets = sorted({_number(parent) for parent in parents.values()})
    words, numbers = actions.list_words(work, tickets), actions.list_comment_numbers(work, tickets)
    found = {}
    for ref, parent in parents.items():
        ticket = words.get(_number(parent))
        is_there = ref.id == DESCRIPTION or _number(ref) in numbers.get(_number(parent), ())
        found[ref] = _comment_description(work, ref, parent, ticket if is_there else None)
    return found


def _comment_description(work: Work, ref: Ref, parent: Ref, words: TicketWords | None) -> Description:
    if words is None:
        if work.access.allows(TICKET_VIEW, parent):
            reason = work.locale.gettext("There is no such comment")
            return Description(None, reason, "missing ticket")
        return Description(None, work.locale.gettext("You may not see this ticket"), "forbidden ticket")
    line = summary_line(words)
    if ref.id == DESCRIPTION:
        text = work.locale.gettext("Description for %(ticket)s", ticket=line)
    else:
        text = work.locale.gettext("Comment %(number)s for %(ticket)s", number=ref.id, ticket=line)
    return Description(url(work.href, parent), text, f"{words.status} ticket")


def comment_exists(work: Work, ref: Ref) -> bool:
    return describe_comments(work, [ref])[ref].href is not None if ref.parent else False


def comment_title(work: Work, ref: Ref) -> str:
    return describe_comments(work, [ref])[ref].title if ref.parent else ""


REALMS = (
    Realm(REALM, TICKET_VIEW, url, describe, exists, title, (TICKET_VIEW, TICKET_APPEND, TICKET_ADMIN)),
    Realm(COMMENT, TICKET_VIEW, comment_url, describe_comments, comment_exists, comment_title),
)


def filters(work: Work) -> Sequence[tuple[str, str]]:
    if not work.access.allows(TICKET_VIEW, Ref(REALM)):
        return ()
    details = work.settings(TicketTimelineSettings).ticket_show_details
    first = ("ticket", N_("Tickets opened and closed"))
    return (first, ("ticket_details", N_("Ticket updates"))) if details else (first,)


def entries(work: Work, start: datetime, stop: datetime, chosen: frozenset[str]) -> Iterable[TimelineEntry]:
    if not chosen & {"ticket", "ticket_details"}:
        return []
    return [*_opened(work, to_stamp(start), to_stamp(stop), chosen), *_changed(work, start, stop, chosen)]


def _opened(work: Work, start: int, stop: int, chosen: frozenset[str]) -> Iterator[TimelineEntry]:
    if "ticket" not in chosen:
        return
    for row in actions.list_opened(work, start, stop):
        yield TimelineEntry(
            "newticket",
            from_stamp(row.time) or work.now,
            row.reporter or "",
            _title(work, row, row.id, N_("%(ticket)s opened")),
            work.href(REALM, row.id),
            ticket_ref(row.id),
            row.description or "",
        )


def _title(work: Work, row: Any, id: int, message: str) -> str:
    show = work.settings(TicketTimelineSettings).ticket_show_component
    prefix = f"{row.component}: " if show and row.component else ""
    return work.locale.gettext(message, ticket=f"{prefix}#{id} ({shorten(row.summary or '')})")


def _changed(work: Work, start: datetime, stop: datetime, chosen: frozenset[str]) -> Iterator[TimelineEntry]:
    rows = actions.list_changed(work, to_stamp(start), to_stamp(stop))
    for at, same_moment in groupby(rows, lambda row: row.time):
        saves = [list(save) for _, save in groupby(same_moment, lambda row: row.ticket)]
        if len(saves) == 1:
            entry = _save(work, at, saves[0], chosen)
            if entry is not None:
                yield entry
        elif "ticket_details" in chosen:
            yield _batch(work, at, saves)


def _save(work: Work, at: int, rows: Sequence[Any], chosen: frozenset[str]) -> TimelineEntry | None:
    fields = {row.field: row for row in rows if (row.oldvalue or "") != (row.newvalue or "")}
    comment = next((row.newvalue or "" for row in rows if row.field == "comment"), "")
    status = fields.get("status")
    kind, message = "editedticket", N_("%(ticket)s updated")
    if status is not None and status.newvalue == CLOSED:
        kind, message = "closedticket", N_("%(ticket)s closed")
    elif status is not None and status.oldvalue == CLOSED:
        kind, message = "reopenedticket", N_("%(ticket)s reopened")
    changed = [name for name in fields if name != "comment" and not name.startswith("_")]
    if ("ticket_details" if kind == "editedticket" else "ticket") not in chosen or not (changed or comment):
        return None
    number = next((row.oldvalue or "" for row in rows if row.field == "comment"), "").rpartition(".")[2]
    author = next((row.author for row in rows if row.field == "comment"), rows[0].author) or ""
    resolution = fields.get("resolution")
    lead = f"{resolution.newvalue}: " if kind == "closedticket" and resolution is not None else ""
    id = rows[0].ticket
    return TimelineEntry(
        kind,
        from_stamp(at) or work.now,
        author,
        _title(work, rows[0], id, message),
        work.href(REALM, id, fragment=f"comment:{number}" if number else ""),
        ticket_ref(id),
        lead + (comment or _names(work, changed if kind == "editedticket" else ())),
    )


def _names(work: Work, fields: Sequence[str]) -> str:
    return work.locale.gettext("%(fields)s changed", fields=", ".join(fields)) if fields else ""


def _batch(work: Work, at: int, saves: Sequence[Sequence[Any]]) -> TimelineEntry:
    ids = sorted(rows[0].ticket for rows in saves)
    names = sorted({row.field for rows in saves for row in rows if row.field[0] != "_"} - {"comment"})
    comment = next((row.newvalue or "" for row in saves[0] if row.field == "comment"), "")
    shown = ", ".join(f"#{id}" for id in ids[:BATCH]) + (" …" if len(ids) > BATCH else "")
    return TimelineEntry(
        "batchmodify",
        from_stamp(at) or work.now,
        saves[0][0].author or "",
        work.locale.gettext("Tickets %(tickets)s changed together", tickets=shown),
        work.href("query", id=",".join(str(id) for id in ids)),
        ticket_ref(ids[0]),
        comment or _names(work, names),
    )


TIMELINE = (TimelineSource(filters, entries),)


def find(work: Work, terms: Sequence[str], limit: int) -> Sequence[SearchResult]:
    found = []
    for row in actions.find_tickets(work, terms, limit):
        words = TicketWords(
            row.id, row.summary or "", row.status or "", row.type or "", row.resolution or "", ""
        )
        found.append(
            SearchResult(
                summary_line(words),
                work.href(REALM, row.id),
                from_stamp(row.time),
                row.reporter or "",
                _excerpt(row.description or "", terms),
                REALM,
            )
        )
    return found


def _excerpt(text: str, terms: Sequence[str]) -> str:
    """The part of a text around the first term in it."""
    places = [text.lower().find(term.lower()) for term in terms]
    start = max(min((place for place in places if place >= 0), default=0) - EXCERPT // 3, 0)
    return ("… " if start else "") + shorten(text[start:], EXCERPT)


SEARCH = (SearchSource(REALM, N_("Tickets"), TICKET_VIEW, find),)
