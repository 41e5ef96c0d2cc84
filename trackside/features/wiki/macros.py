"""Macros that list pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import groupby

from markupsafe import Markup, escape

from trackside.features.wiki import actions
from trackside.features.wiki.model import resolve_name
from trackside.kernel.errors import Invalid
from trackside.kernel.feature import Macro, MacroCall
from trackside.kernel.i18n import N_
from trackside.kernel.work import Work

_LINK = Markup('<a href="%s">%s</a>')
_MOST = 1000


def title_index(work: Work, call: MacroCall) -> str | None:
    """All pages, or those below a prefix."""
    prefix = _prefix(call)
    hides = "hideprefix" in call.arguments[1:]
    names = _chosen(actions.list_names(work, prefix), prefix, call.parameters)
    kind = call.parameters.get("format", "")
    start = len(prefix) if hides else 0
    if kind == "compact":
        return Markup(", ").join(_LINK % (work.href("wiki", n), n[start:]) for n in names)
    if kind == "hierarchy":
        tree = _tree([n[start:].split("/") for n in names])
        return Markup('<div class="titleindex">%s</div>') % _branch(
            work, tree, prefix[: start or None], hides
        )
    items = Markup("").join(Markup("<li>%s</li>") % _LINK % (work.href("wiki", n), n[start:]) for n in names)
    return Markup('<div class="titleindex"><ul>%s</ul></div>') % items


def _prefix(call: MacroCall) -> str:
    given = call.arguments[0] if call.arguments else ""
    if not given.startswith("."):
        return given
    source = call.source.id or "" if call.source.realm == "wiki" else ""
    return resolve_name(given, source, ())


def _chosen(names: Sequence[str], prefix: str, options: Mapping[str, str]) -> list[str]:
    depth = _number(options.get("depth", "-1"))
    include = options.get("include", "*").split(":")
    exclude = options.get("exclude", "").split(":") if options.get("exclude") else []
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


Tree = dict[str, "Tree"]


def _tree(paths: Sequence[Sequence[str]]) -> Tree:
    root: Tree = {}
    for path in paths:
        node = root
        for part in path:
            node = node.setdefault(part, {})
    return root


def _branch(work: Work, tree: Tree, above: str, hides: bool) -> Markup:
    """Nested lists by the parts of the names; a part that is no page is plain text."""
    items = []
    for part, below in tree.items():
        name = f"{above}{part}" if not hides or not above or above.endswith("/") else f"{above}/{part}"
        label = _LINK % (work.href("wiki", name), part) if actions.has_page(work, name) else escape(part)
        rest = _branch(work, below, f"{name}/", hides) if below else Markup()
        items.append(Markup("<li>%s%s</li>") % (label, rest))
    return Markup("<ul>%s</ul>") % Markup("").join(items)


def recent_changes(work: Work, call: MacroCall) -> str | None:
    """The latest change of each page, newest first, by day."""
    prefix = _prefix(call)
    limit = _number(call.arguments[1]) if len(call.arguments) > 1 else 50
    rows = actions.list_latest_changes(work, prefix, max(0, min(limit, _MOST)))
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
    link = _LINK % (work.href("wiki", name), name)
    if version <= 1:
        return Markup("<li>%s</li>") % link
    diff = _LINK % (work.href("wiki", name, action="diff", version=version), work.locale.gettext("diff"))
    return Markup("<li>%s<small> (%s)</small>\n</li>") % (link, diff)


MACROS = (
    Macro(
        "TitleIndex", title_index, N_("A list of pages: TitleIndex(Prefix, hideprefix, format=hierarchy).")
    ),
    Macro("RecentChanges", recent_changes, N_("What changed last: RecentChanges(Prefix, 20, group=none).")),
)
