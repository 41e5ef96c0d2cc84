"""The timeline as a page and as a feed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from werkzeug.wrappers import Response

from trackside.features.timeline import actions
from trackside.features.timeline.model import TimelineSettings, Wanted, clamp_days, days_of
from trackside.kernel import dates
from trackside.kernel.errors import Invalid
from trackside.kernel.feature import TimelineEntry
from trackside.kernel.site_settings import ProjectSettings
from trackside.kernel.work import Work
from trackside.markup.render import Piece, render_all
from trackside.web import formats, forms, furniture, pages
from trackside.web.request import Request

FEED_DAYS, FEED_MOST = 90, 50
_SESSION = "timeline."
_PRECISIONS = {"second": 1, "minute": 60, "hour": 3600}
_MAX_DAYS = 365 * 100


def index(work: Work, request: Request) -> Response:
    offered = actions.list_filters(work)
    wanted = _wanted(work, request, [name for name, _ in offered])
    entries = actions.list_entries(work, wanted)
    if _is_feed(request):
        return _feed(work, entries)
    _remember(request, wanted, [name for name, _ in offered])
    return _page(work, request, wanted, offered, entries)


def _is_feed(request: Request) -> bool:
    return forms.text(request, "format") == "rss"


def _wanted(work: Work, request: Request, names: Sequence[str]) -> Wanted:
    options = work.settings(TimelineSettings)
    is_feed = _is_feed(request)
    days = (
        FEED_DAYS
        if is_feed
        else _number(request.session.get(_SESSION + "daysback"), options.default_daysback)
    )
    days = clamp_days(_number(forms.text(request, "daysback"), days), options.max_daysback)
    remembered = "" if is_feed else request.session.get(_SESSION + "authors", "")
    return Wanted(
        _last(work, request),
        min(days, _MAX_DAYS),
        _filters(request, names),
        forms.text(request, "authors", remembered).strip(),
        max(0, _number(forms.text(request, "max"), FEED_MOST if is_feed else 0)),
    )


def _number(text: str | None, default: int) -> int:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else default


def _last(work: Work, request: Request) -> datetime:
    """The last day to show, in the reader's zone; today where nothing sensible was asked for."""
    now, typed = work.now.astimezone(work.locale.zone), forms.text(request, "from").strip()
    if not typed:
        return now
    try:
        last = dates.parse(typed, work.locale.zone, work.now).astimezone(work.locale.zone)
        return last if 1900 < last.year < 3000 else now
    except Invalid as problem:
        pages.warn(request, work.locale.failure(problem))
        return now


def _filters(request: Request, names: Sequence[str]) -> frozenset[str]:
    chosen = frozenset(name for name in names if forms.flag(request, name))
    if chosen or _is_feed(request):
        return chosen or frozenset(names)
    kept = frozenset(name for name in names if request.session.get(f"{_SESSION}filter.{name}", "1") == "1")
    return kept or frozenset(names)


def _remember(request: Request, wanted: Wanted, names: Sequence[str]) -> None:
    """Only what was typed: a visit by itself leaves nothing behind."""
    if forms.flag(request, "update"):
        for name in names:
            request.session[f"{_SESSION}filter.{name}"] = "1" if name in wanted.filters else "0"
    if forms.flag(request, "daysback"):
        request.session[_SESSION + "daysback"] = str(wanted.days)
    if forms.flag(request, "authors"):
        request.session[_SESSION + "authors"] = wanted.authors


def _page(
    work: Work,
    request: Request,
    wanted: Wanted,
    offered: Sequence[tuple[str, str]],
    entries: Sequence[TimelineEntry],
) -> Response:
    zone = work.locale.zone
    texts = dict(zip(map(id, entries), _texts(work, entries), strict=True))
    shown_from = wanted.last - timedelta(days=wanted.days + 1)
    newer = wanted.last + timedelta(days=wanted.days + 1)
    days = [
        {
            "label": _day_label(work, day.name, day.at),
            "entries": [(_entry(work, entry, wanted, request), texts[id(entry)]) for entry in day.entries],
        }
        for day in days_of(entries, work.now.astimezone(zone))
    ]
    feed = [(name, "on") for name in sorted(wanted.filters)]
    return pages.render(
        work,
        request,
        "timeline/index.html",
        days=days,
        wanted=wanted,
        filters=[(name, label, name in wanted.filters) for name, label in offered],
        first=work.locale.day(wanted.start),
        last_day=work.locale.day(wanted.last),
        last_iso=wanted.last.date().isoformat(),
        newest=None if entries else _newest(work, wanted),
        prev=_period(work, wanted, shown_from, work.locale.gettext("Previous period")),
        next=_period(work, wanted, newer, work.locale.gettext("Next period"))
        if wanted.last < work.now
        else None,
        alternates=[(work.href("timeline", query=[*feed, ("format", "rss")]), "application/rss+xml", "RSS")],
    )


def _day_label(work: Work, name: str, at: datetime) -> str:
    words = {"today": work.locale.gettext("Today"), "yesterday": work.locale.gettext("Yesterday")}
    day = work.locale.day(at)
    return f"{words[name]}, {day}" if name else day


def _texts(work: Work, entries: Sequence[TimelineEntry]) -> Sequence[object]:
    is_short = work.settings(TimelineSettings).abbreviated_messages
    return render_all(work, [Piece(e.text, e.ref, flavor="oneliner", shorten=is_short) for e in entries])


def _entry(work: Work, entry: TimelineEntry, wanted: Wanted, request: Request) -> dict[str, Any]:
    seconds = _PRECISIONS.get(forms.text(request, "precision").removesuffix("s"), 0)
    until = wanted.last + timedelta(seconds=seconds)
    return {
        "kind": entry.kind,
        "clock": f"{entry.at.astimezone(work.locale.zone):%H:%M}",
        "at": entry.at,
        "title": entry.title,
        "href": entry.href,
        "author": entry.author,
        "is_marked": bool(seconds) and wanted.last <= entry.at < until,
    }


def _newest(work: Work, wanted: Wanted) -> dict[str, object] | None:
    """Where to look when there is nothing to see here."""
    at = actions.find_newest(work, wanted.stop, sorted(wanted.filters))
    if at is None:
        return None
    day = at.astimezone(work.locale.zone).date().isoformat()
    query = [("from", day), ("daysback", str(wanted.days))]
    return {"at": at, "href": work.href("timeline", query=query)}


def _period(work: Work, wanted: Wanted, last: datetime, label: str) -> tuple[str, str]:
    query = [("from", last.date().isoformat()), ("daysback", str(wanted.days))]
    return (work.href("timeline", query=query), label)


def _feed(work: Work, entries: Sequence[TimelineEntry]) -> Response:
    href = work.href.absolute()
    person = furniture.person_name(work)
    project = work.settings(ProjectSettings)
    items = []
    for entry, text in zip(entries, _texts(work, entries), strict=True):
        address = entry.href if "://" in entry.href else work.href.origin + entry.href
        guid = f"{address}/{dates.to_stamp(entry.at)}"
        items.append(
            formats.Item(entry.title, address, guid, entry.at, person(entry.author), str(text), entry.kind)
        )
    about = work.locale.gettext("What happened in this project")
    return formats.rss(formats.Channel(project.name, href("timeline"), about, work.locale.language), items)
