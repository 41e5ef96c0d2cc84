"""How the texts of a ticket and of its comments became what they are: versions and their differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from werkzeug.wrappers import Response

from trackside.features.ticket import actions, offers, stream
from trackside.features.ticket.fields import Field
from trackside.features.ticket.model import REALM, Ticket, values_as_of
from trackside.features.ticket.stream import Entry
from trackside.kernel.dates import from_stamp
from trackside.kernel.errors import Invalid, NotFound
from trackside.kernel.text import unix_lines
from trackside.kernel.work import Work
from trackside.vcs import diff as differences
from trackside.web import forms, pages
from trackside.web.request import Request


@dataclass(frozen=True, slots=True)
class Version:
    """A line of a list of versions; `what` names the fields that changed."""

    number: int
    at: datetime | None
    author: str
    what: str
    show: str
    compare: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed between two versions, by label; `back` leads to the list of versions."""

    old: int
    new: int
    back: str
    parts: Sequence[tuple[str, Sequence[differences.Hunk]]]


def _texts(work: Work, request: Request) -> list[Field]:
    """The fields whose texts have versions: all long ones, or the one asked for."""
    wanted = forms.text(request, "field")
    fields = offers.fields_of(work)
    if wanted:
        field = fields.get(wanted)
        if field is None or field.kind not in ("text", "textarea"):
            raise NotFound("Tickets have no text “%(field)s”.", field=wanted)
        return [field]
    return [field for field in fields if field.kind == "textarea"]


def history(work: Work, request: Request, id: int) -> Response:
    ticket = actions.read_ticket(work, id)
    labels = {field.name: field.label for field in _texts(work, request)}
    versions = [Version(0, from_stamp(ticket.created), ticket["reporter"], "", _at(work, ticket, 0), "")]
    for entry in stream.group(actions.list_changes(work, id)):
        what = [labels[change.field] for change in entry.fields if change.field in labels]
        if what:
            compare = work.href(REALM, id, action="diff", version=entry.number)
            when, show = from_stamp(entry.at), _at(work, ticket, entry.number)
            versions.append(Version(entry.number, when, entry.author, ", ".join(what), show, compare))
    return _list_page(work, request, ticket, versions, "")


def _at(work: Work, ticket: Ticket, version: int) -> str:
    return work.href(REALM, ticket.id, version=version)


def diff(work: Work, request: Request, id: int) -> Response:
    """What the texts were before and after some changes; `version` alone is just that change."""
    ticket = actions.read_ticket(work, id)
    rows = actions.list_changes(work, id)
    entries = stream.group(rows)
    version = forms.integer(request, "version", 1)
    before = forms.integer(request, "old_version")
    before = (version or 0) - 1 if before is None or before == version else before
    moments = {entry.number: entry.at for entry in entries}
    if version not in moments or before not in (*moments, 0, -1):
        raise NotFound("Ticket %(id)s has no version %(version)s.", id=f"#{id}", version=version)
    old = values_as_of(ticket, rows, moments.get(before, -1))
    new = values_as_of(ticket, rows, moments[version])
    parts = [
        (field.label, _compare(old.get(field.name, ""), new.get(field.name, "")))
        for field in _texts(work, request)
        if old.get(field.name, "") != new.get(field.name, "")
    ]
    entry = stream.find(entries, version)
    shown = Difference(max(before, 0), version, work.href(REALM, id, action="history"), parts)
    return _diff_page(work, request, ticket, shown, entry)


def _compare(old: str, new: str) -> Sequence[differences.Hunk]:
    return differences.hunks(unix_lines(old).split("\n"), unix_lines(new).split("\n"))


def _comment(work: Work, request: Request, id: int) -> Entry:
    number = forms.integer(request, "cnum")
    if number is None:
        raise Invalid("Say which comment: its number belongs into “cnum”.")
    entry = stream.find(stream.group(actions.list_changes(work, id)), number)
    if entry is None or not entry.versions:
        raise NotFound("Ticket %(id)s has no comment %(number)s.", id=f"#{id}", number=number)
    return entry


def comment_history(work: Work, request: Request, id: int) -> Response:
    ticket, entry = actions.read_ticket(work, id), _comment(work, request, id)
    versions = []
    for place, version in enumerate(entry.versions):
        show = work.href(
            REALM, id, cnum_hist=entry.number, cversion=place, fragment=f"comment:{entry.number}"
        )
        compare = work.href(REALM, id, action="comment-diff", cnum=entry.number, version=place)
        when = from_stamp(version.at)
        versions.append(Version(place, when, version.author, "", show, compare if place else ""))
    return _list_page(work, request, ticket, versions, f"comment:{entry.number}")


def comment_diff(work: Work, request: Request, id: int) -> Response:
    ticket, entry = actions.read_ticket(work, id), _comment(work, request, id)
    last = len(entry.versions) - 1
    version = forms.integer(request, "version", last) or 0
    before = forms.integer(request, "old_version")
    before = version - 1 if before is None or before == version else before
    if not (0 <= version <= last and -1 <= before <= last):
        raise NotFound("Ticket %(id)s has no version %(version)s.", id=f"#{id}", version=version)
    old = entry.versions[before].text if before >= 0 else ""
    parts = [(f"comment:{entry.number}", _compare(old, entry.versions[version].text))]
    back = work.href(REALM, id, action="comment-history", cnum=entry.number)
    return _diff_page(work, request, ticket, Difference(before, version, back, parts), None)


def _list_page(
    work: Work, request: Request, ticket: Ticket, versions: Sequence[Version], comment: str
) -> Response:
    return pages.render(
        work,
        request,
        "ticket/history.html",
        ticket=ticket,
        versions=versions,
        comment=comment,
        crumbs=_crumbs(work, ticket),
    )


def _crumbs(work: Work, ticket: Ticket) -> list[tuple[str, str]]:
    return [(work.href(REALM, ticket.id), f"#{ticket.id} {ticket['summary']}")]


def _diff_page(
    work: Work,
    request: Request,
    ticket: Ticket,
    shown: Difference,
    entry: Entry | None,
) -> Response:
    return pages.render(
        work,
        request,
        "ticket/diff.html",
        ticket=ticket,
        shown=shown,
        author=entry.author if entry else "",
        at=from_stamp(entry.at) if entry else None,
        crumbs=_crumbs(work, ticket),
    )
