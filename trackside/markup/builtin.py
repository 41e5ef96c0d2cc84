"""Macros that need no feature, with lists of what the wiki language itself knows."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Final

from markupsafe import Markup

from trackside.kernel.feature import LinkScheme, LinkTarget, Macro, MacroCall, features_of
from trackside.kernel.i18n import N_
from trackside.kernel.ref import Ref
from trackside.kernel.settings import Option, options_of
from trackside.kernel.work import Work
from trackside.markup import html
from trackside.markup.guide import guide
from trackside.markup.images import image
from trackside.markup.interwiki import split_target
from trackside.markup.outline import page_outline
from trackside.markup.settings import MailAddressSettings, MimeSettings, WikiMarkupSettings
from trackside.markup.syntax import Syntax


def list_macros(work: Work, call: MacroCall) -> Markup:
    """`[[MacroList(Start)]]`, or `*` for one line about each."""
    start = (call.text or "").strip()
    is_short = start == "*"
    start = start.removesuffix("*")
    pieces = ['<div class="trac-macrolist">']
    for name, macro in sorted(work.project.part(Syntax).macros.items()):
        if name.startswith(start) and macro.doc:
            shown = html.text(name)
            pieces.append(f'<h3 id="{html.attribute(name)}-macro"><code>[[{shown}]]</code></h3>')
            doc = work.locale.gettext(macro.doc)
            pieces.append(call.render(doc, "oneliner" if is_short else "html"))
    return html.markup((*pieces, "</div>"))


def list_intertrac(work: Work, call: MacroCall) -> Markup:
    syntax = work.project.part(Syntax)
    rows: dict[str, str] = {}
    for name, site in syntax.intertrac.items():
        url = site.url.rstrip("/")
        prefix = f"{html.element('a', [('href', url + '/timeline')])}<strong>{html.text(name)}</strong></a>"
        title = f"{html.element('a', [('href', url)])}{html.text(site.title)}</a>"
        rows[name] = f"<tr><td>{prefix}</td><td>{title}</td></tr>"
    for name, other in syntax.aliases.items():
        words = html.text(work.locale.gettext(N_("Alias for")))
        prefix, other = html.text(name), html.text(other)
        rows[name] = f"<tr><td><strong>{prefix}</strong></td><td>{words} <strong>{other}</strong></td></tr>"
    return _prefixes(work, "intertrac", N_("Trac site"), (rows[name] for name in sorted(rows)))


def list_interwiki(work: Work, call: MacroCall) -> Markup:
    rows = []
    for _, entry in sorted(work.project.part(Syntax).interwiki(work).items()):
        changes = html.element("a", [("href", entry.expand("RecentChanges")[0])])
        title = entry.title if entry.title != entry.prefix else entry.url
        site = f"{html.element('a', [('href', entry.url)])}{html.text(title)}</a>"
        rows.append(f"<tr><td>{changes}{html.text(entry.prefix)}</a></td><td>{site}</td></tr>")
    return _prefixes(work, "interwiki", N_("Site"), rows)


def _prefixes(work: Work, css: str, title: str, rows: Iterable[str]) -> Markup:
    names = (work.locale.gettext(name) for name in (N_("Prefix"), title))
    head = "".join(f"<th><em>{html.text(name)}</em></th>" for name in names)
    return html.markup((f'<table class="wiki {css}"><tr>{head}</tr>', *rows, "</table>"))


def list_mime_types(work: Work, call: MacroCall) -> Markup:
    start = (call.text or "").strip().removesuffix("*")
    heads = (work.locale.gettext(name) for name in (N_("Types"), N_("Names")))
    pieces = ['<div class="mimetypes"><table class="wiki"><thead><tr>']
    pieces += [f"<th>{html.text(head)}</th>" for head in heads]
    pieces.append("</tr></thead><tbody>")
    for mime, keywords in work.project.part(Syntax).mime.known().items():
        if mime.startswith(start):
            names = html.text(" ".join(sorted(word for word in keywords if word != mime)))
            pieces.append(f'<tr><th style="text-align: left"><code>{html.text(mime)}</code></th>')
            pieces.append(f"<td><code>{names}</code></td></tr>")
    return html.markup((*pieces, "</tbody></table></div>"))


def list_options(work: Work, call: MacroCall) -> Markup:
    """`[[TracIni(section, option)]]`: what trac.ini may say."""
    named, unnamed = call.parameters, [item.strip() for item in call.arguments]
    section = named.get("section", f"{unnamed[0]}*" if unnamed else "*").lower()
    option = named.get("option", f"{unnamed[1]}*" if len(unnamed) > 1 else "*").lower()
    kinds = {kind for feature in features_of(work.project) for kind in feature.settings}
    kinds |= {WikiMarkupSettings, MimeSettings, MailAddressSettings}
    known = {(found.section, found.name): found for kind in kinds for found in options_of(kind)}
    sections: dict[str, list[Option]] = {}
    for (place, name), found in sorted(known.items()):
        if fnmatchcase(place.lower(), section) and fnmatchcase(name.lower(), option):
            sections.setdefault(place, []).append(found)
    pieces = ['<div class="tracini">']
    for place, options in sections.items():
        pieces += _options(work, call, place, options)
    return html.markup((*pieces, "</div>"))


def _options(work: Work, call: MacroCall, section: str, options: list[Option]) -> list[str]:
    id = html.attribute(section)
    pieces = [f'<h3 id="{id}-section"><code>[{html.text(section)}]</code></h3><table class="wiki"><tbody>']
    for number, option in enumerate(options):
        at = f"{id}-{html.attribute(option.name)}-option"
        default = html.text(option.default_text)
        shown = (
            f'<td class="default"><code>{default}</code></td>' if default else '<td class="nodefault"></td>'
        )
        doc = call.render(work.locale.gettext(option.doc)) if option.doc else ""
        css = "odd" if number % 2 else "even"
        pieces.append(
            f'<tr class="{css}" id="{at}"><td><a class="tracini-option" href="#{at}">'
            f"<code>{html.text(option.name)}</code></a></td><td>{doc}</td>{shown}</tr>"
        )
    return [*pieces, "</tbody></table>"]


def refer_htdocs(name: str, target: str, source: Ref) -> LinkTarget:
    """`htdocs:path`: a file of the environment's htdocs folder."""
    path, query, fragment = split_target(target)
    return LinkTarget(path=("chrome", "site", path), query=query, fragment=fragment)


SCHEMES: Final = (LinkScheme(("htdocs",), refer_htdocs),)
MACROS: Final = (
    Macro("Image", image, N_("Shows an image: an attachment, or one at any address.")),
    Macro("PageOutline", page_outline, N_("Shows the headings of this text as links.")),
    Macro("TOC", page_outline, N_("Shows the headings of this text as links.")),
    Macro("MacroList", list_macros, N_("Lists the macros.")),
    Macro("InterTrac", list_intertrac, N_("Lists the prefixes of other Tracs.")),
    Macro("InterWiki", list_interwiki, N_("Lists the prefixes of other wikis.")),
    Macro("KnownMimeTypes", list_mime_types, N_("Lists the kinds of source code that can be shown.")),
    Macro("TracGuideToc", guide, N_("Shows the pages of the guide.")),
    Macro("TracIni", list_options, N_("Lists the options of trac.ini.")),
)
