"""What happened: gather the entries of all sources, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from trackside.features.timeline import store
from trackside.features.timeline.model import TIMELINE_VIEW, Wanted, is_wanted, read_authors
from trackside.kernel.dates import from_stamp, to_stamp
from trackside.kernel.feature import TimelineEntry, features_of, find_realm
from trackside.kernel.ref import Ref
from trackside.kernel.work import Work


def list_filters(work: Work) -> list[tuple[str, str]]:
    """The kinds of entries there are for this reader: names with labels."""
    offered = (pair for f in features_of(work.project) for s in f.timeline for pair in s.filters(work))
    return list(dict(offered).items())


def list_entries(work: Work, wanted: Wanted) -> list[TimelineEntry]:
    """The entries of a span, newest first: each source asks once or twice, however long the span is."""
    work.access.require(TIMELINE_VIEW, Ref("timeline"))
    start, stop = wanted.start.astimezone(UTC), wanted.stop.astimezone(UTC)
    authors, others = read_authors(wanted.authors)
    found = [
        entry
        for feature in features_of(work.project)
        for source in feature.timeline
        for entry in source.entries(work, start, stop, wanted.filters)
        if is_wanted(entry.author, authors, others)
    ]
    found.sort(key=lambda entry: entry.at, reverse=True)
    return found[: wanted.most] if wanted.most > 0 else found


def find_newest(work: Work, before: datetime, filters: Sequence[str]) -> datetime | None:
    """When something last happened of the kinds asked for, as far as one statement can tell."""
    kinds = {name: "ticket" if name.startswith("ticket") else name for name in filters}
    realms = [find_realm(work.project, name) for name in sorted(set(kinds.values()))]
    scopes = [work.access.scope(realm.view, realm.name) for realm in realms if realm is not None]
    return from_stamp(store.newest(work.db, scopes, to_stamp(before)))
