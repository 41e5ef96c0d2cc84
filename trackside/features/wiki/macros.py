"""Macros that list pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import groupby

from markupsafe import Markup, escape

from trackside.features.wiki import actions, titles
from trackside.features.wiki.model import resolve_name
from trackside.features.wiki.titles import Title
from trackside.kernel.errors import Invalid
from trackside.kernel.feature import Macro, MacroCall
from trackside.kernel.i18n import N_
from trackside.kernel.work import Work
from trackside.markup.plain import split_words
from trackside.markup.settings import WikiMarkupSettings

_LINK = Markup('<a href="%s">%s</a>')
_MOST = 1000


def title_index(work: Work, call: MacroCall) -> str | None:
    """All pages, or those below a prefix."""
    prefix = _prefix(call)
    options = call.parameters
    names = _chosen(actions.list_names(work, prefix), prefix, options)
    shown = prefix if "hideprefix" in [word.strip() for word in call.arguments[1:]] else ""
    least = _number(options.get("min", "1"))
    splits = work.settings(WikiMarkupSettings).split_page_names
    kind = options.get("format", "")
    if kind == "compact":
        return Markup(", ").join(_link(work, n, n[len(shown) :], splits) for n in names)
    if kind == "hierarchy":
        entries = titles.hierarchy(names, shown, least)
    elif kind == "group":
        entries = titles.groups(names, shown, least)
    else:
        entries = [Title(n[len(shown) :], n) for n in names]
    return Markup('<div class="titleindex">%s</div>') % _list(work, entries, splits, kind == "group")


def _link(work: Work, name: str, label: str, splits: bool) -> Markup:
    return _LINK % (work.href("wiki", name), split_words(label) if splits else label)


def _list(work: Work, entries: Sequence[Title], splits: bool, is_strong: bool) -> Markup:
    items = [
        Markup("<li>%s%s</li>")
        % (
            _label(work, entry, splits, is_strong),
            _list(work, entry.below, splits, is_strong) if entry.below else Markup(),
        )
        for entry in entries
    ]
    return Markup("<ul>%s</ul>") % Markup("").join(items)


def _label(work: Work, entry: Title, splits: bool, is_strong: bool) -> Markup:
    """A group is no page of its own."""
    if not entry.is_group:
        return _link(work, entry.name, entry.label, splits)
    return Markup("<strong>%s</strong>") % entry.label.strip("/") if is_strong else escape(entry.label)


def _prefix(call: MacroCall) -> str:
    given = call.arguments[0].strip() if call.arguments else ""
    if not given.startswith("."):
        return given
    source = call.source.id or "" if call.source.realm == "wiki" else ""
    return resolve_name(given, source, ())


def _chosen(names: Sequence[str], prefix: str, options: Mapping[str, str]) -> list[str]:
    depth = _number(options.get("depth", "-1"))
    include = (options.get("include", "").strip() or "*").split(":")
    exclude = [pattern for pattern in options.get("exclude", "").strip().split(":") if pattern]
    return [
        name
        for name in names
        if (depth < 0 or name[len(prefix) :].count("/") <= depth)
        and any(fnmatchcase(name, pattern) for pattern in include)
        and not any(fnmatchcase(name, pattern) for pattern in exclude)
    ]


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise Invalid("“%(text)s” is not a number.", text=text[:20]) from None


def recent_changes(work: Work, call: MacroCall) -> str | None:
    """The latest change of each page, newest first, by day."""
    prefix = _prefix(call)
    limit = _number(call.arguments[1]) if len(call.arguments) > 1 else 50
    rows = actions.list_latest_changes(work, prefix, max(1, min(limit, _MOST)))
    entries = [(v.time, _change(work, name, v.version)) for name, v in rows if v.time is not None]
    if call.parameters.get("group") == "none":
        body = Markup("<ul>%s</ul>") % Markup("").join(item for _, item in entries)
    else:
        days = groupby(entries, key=lambda entry: work.locale.day(entry[0]))
        body = Markup("").join(
            Markup('<h3 class="section">%s</h3><ul>%s</ul>')
            % (day, Markup("").join(item for _, item in items))
            for day, items in days
        )
    return Markup('<div class="wikipage">%s</div>') % body


def _change(work: Work, name: str, version: int) -> Markup:
    link = _link(work, name, name, work.settings(WikiMarkupSettings).split_page_names)
    if version <= 1:
        return Markup("<li>%s</li>") % link
    diff = _LINK % (work.href("wiki", name, action="diff", version=version), work.locale.gettext("diff"))
    return Markup("<li>%s<small> (%s)</small>\n</li>") % (link, diff)


MACROS = (
    Macro(
        "TitleIndex",
        title_index,
        N_("A list of pages: TitleIndex(Prefix, hideprefix, format=hierarchy or group)."),
    ),
    Macro("RecentChanges", recent_changes, N_("What changed last: RecentChanges(Prefix, 20, group=none).")),
)
