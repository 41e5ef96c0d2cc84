"""What attachments give to others: the panel of a thing, links, timeline, search."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from trackside.features.attachment import actions
from trackside.features.attachment.model import (
    ATTACHMENT_CREATE,
    ATTACHMENT_VIEW,
    REALM,
    Attachment,
    attachment_ref,
)
from trackside.kernel.feature import (
    Activity,
    Beside,
    Companion,
    Description,
    Handler,
    LinkScheme,
    LinkTarget,
    Realm,
    SearchResult,
    SearchSource,
    TimelineEntry,
    TimelineSource,
)
from trackside.kernel.href import Href
from trackside.kernel.i18n import N_
from trackside.kernel.ref import Ref
from trackside.kernel.text import readable_size
from trackside.kernel.work import Work
from trackside.markup.interwiki import split_target
from trackside.markup.render import Piece, render_all

_FILTERS = {"wiki": "wiki", "ticket": "ticket_details", "milestone": "milestone"}


def gather(work: Work, parent: Ref) -> Beside:
    """The files of a thing, for its panel and its stream."""
    found = actions.list_attachments(work, parent)
    texts = render_all(work, [Piece(a.description, parent, "oneliner") for a in found])
    return Beside(
        activities=tuple(
            Activity(a.time, a.author, a.name, page_address(work.href, a), a.description)
            for a in found
            if a.time is not None
        ),
        values={
            "files": [
                {
                    "name": a.name,
                    "size": readable_size(a.size),
                    "author": a.author,
                    "time": a.time,
                    "about": text,
                    "href": page_address(work.href, a),
                    "raw": raw_address(work.href, a),
                }
                for a, text in zip(found, texts, strict=True)
            ],
            "may_attach": work.access.allows(ATTACHMENT_CREATE, attachment_ref(parent)),
            "address": work.href("attachment", parent.realm, parent.id or "") + "/",
        },
    )


def page_address(href: Href, a: Attachment) -> str:
    return href("attachment", a.parent.realm, a.parent.id or "", a.name)


def raw_address(href: Href, a: Attachment) -> str:
    return href("raw-attachment", a.parent.realm, a.parent.id or "", a.name)


def refer(scheme: str, target: str, source: Ref) -> LinkTarget | None:
    """`attachment:name`, `attachment:name:realm:id`, and the old `attachment:realm:id:name`."""
    path, query, fragment = split_target(target)
    parts = path.split(":")
    if len(parts) == 1:
        parent, name = (source.parent or source if source.realm == REALM else source), path
    elif len(parts) >= 3 and parts[0] in _FILTERS and parts[-2] not in _FILTERS:
        parent, name = Ref(parts[0], ":".join(parts[1:-1])), parts[-1]
    elif len(parts) >= 3:
        parent, name = Ref(parts[-2], parts[-1]), ":".join(parts[:-2])
    else:
        return None
    ref = Ref(REALM, name, None, parent.at(None))
    css = "raw" if scheme == "raw-attachment" else ""
    return LinkTarget(ref, query=query, fragment=fragment, css=css)


def describe(work: Work, refs: Sequence[Ref]) -> Mapping[Ref, Description]:
    existing = actions.list_existing(work, refs)
    return {ref: _describe(work, ref, existing.get(ref)) for ref in refs}


def _describe(work: Work, ref: Ref, about: str | None) -> Description:
    parent = ref.parent
    if about is None or parent is None:
        return Description(None, "", "missing attachment")
    title = work.locale.gettext("Attachment %(name)s", name=ref.id)
    return Description(url(work.href, ref), title, "attachment", label=about)


def url(href: Href, ref: Ref) -> str:
    parent = ref.parent
    if parent is None:
        return href()
    return href("attachment", parent.realm, parent.id or "", ref.id or "")


def exists(work: Work, ref: Ref) -> bool:
    return ref in actions.list_existing(work, [ref])


def title(work: Work, ref: Ref) -> str:
    return ref.id or ""


def _entries(work: Work, start: datetime, stop: datetime, chosen: frozenset[str]) -> Iterable[TimelineEntry]:
    if not chosen & set(_FILTERS.values()):
        return
    for a in actions.list_changes(work, start, stop):
        if a.time is not None and _FILTERS.get(a.parent.realm) in chosen:
            told = work.locale.gettext("%(name)s attached to %(thing)s", name=a.name, thing=a.parent)
            yield TimelineEntry(
                "attachment", a.time, a.author, told, page_address(work.href, a), a.parent, a.description
            )


def _search(work: Work, terms: Sequence[str], limit: int) -> Sequence[SearchResult]:
    return [
        SearchResult(a.name, page_address(work.href, a), a.time, a.author, a.description, REALM)
        for a in actions.search_attachments(work, terms, limit)
    ]


COMPANION = Companion(("wiki", "ticket", "milestone"), "attachment/panel.html", gather, actions.follow_thing)
REALM_OF_FILES = Realm(
    name=REALM, view=ATTACHMENT_VIEW, url=url, describe=describe, exists=exists, title=title
)
LINKS = (LinkScheme(("attachment", "raw-attachment"), refer),)
TIMELINE = TimelineSource(lambda work: (), _entries)
SEARCH = SearchSource(REALM, N_("Attachments"), ATTACHMENT_VIEW, _search)
HANDLERS = (Handler("attachment.sweep", ("attachment.deleted", "attachment.moved"), run=actions.sweep_file),)
