"""Where links point: through schemes, realms, InterTrac and InterWiki; all of many texts at once."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from trackside.kernel.access import Permission
from trackside.kernel.feature import Assembly, Description, LinkTarget
from trackside.kernel.ref import Ref
from trackside.kernel.work import Work
from trackside.markup.interwiki import split_target
from trackside.markup.nodes import Email, Link, Relative, Short
from trackside.markup.plain import label_of, page_label, split_words
from trackside.markup.settings import MailAddressSettings
from trackside.markup.syntax import Foreign, Syntax

EMAIL_VIEW: Final = Permission("EMAIL_VIEW")
ATTACHMENT: Final = "attachment"
ZERO_WIDTH_SPACE: Final = "\u200b"
_ADDRESS: Final = re.compile(r"([a-zA-Z0-9.'+_-]++)@(?:[a-zA-Z0-9_-]++\.)*[a-zA-Z0-9_-]++")

_log: Final = logging.getLogger(__name__)

AnyLink = Link | Relative | Short | Email
Place = tuple[AnyLink, Ref]


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a link has become. Without `is_link` it is its label as text; `raw` downloads what it shows."""

    label: str
    href: str | None = None
    css: str = ""
    title: str = ""
    is_external: bool = False
    suffix: str = ""
    is_link: bool = True
    raw: str = ""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A link to a thing that must be asked for."""

    link: AnyLink
    target: LinkTarget
    ref: Ref


def resolve(work: Work, syntax: Syntax, places: Iterable[Place]) -> dict[Place, Resolved]:
    """Each link of each text; every realm is asked once, for all of them."""
    found: dict[Place, Resolved] = {}
    waiting: dict[Place, _Waiting] = {}
    for place in places:
        if place not in found and place not in waiting:
            aimed = _aim(work, syntax, *place)
            if isinstance(aimed, Resolved):
                found[place] = aimed
            else:
                waiting[place] = aimed
    if waiting:
        known = _describe(work, [wait.ref for wait in waiting.values()])
        for place, wait in waiting.items():
            found[place] = _arrived(work, syntax, wait, known.get(wait.ref))
    return found


def _describe(work: Work, refs: Sequence[Ref]) -> dict[Ref, Description]:
    realms = work.project.part(Assembly).realms
    wanted: dict[str, dict[Ref, None]] = {}
    for ref in refs:
        wanted.setdefault(ref.realm, {})[ref] = None
    known: dict[Ref, Description] = {}
    for name, some in wanted.items():
        if (realm := realms.get(name)) is not None:
            known.update(realm.describe(work, list(some)))
    return known


def _aim(work: Work, syntax: Syntax, link: AnyLink, source: Ref) -> Resolved | _Waiting:
    match link:
        case Email(address):
            return _email(work, address, address, source, is_typed=True)
        case Relative():
            return _relative(work, syntax, link, source)
        case Short(index=index):
            shorthand = syntax.shorthands[index]
            if isinstance(shorthand, Foreign):
                return _aim_link(work, syntax, shorthand.link(link.source), source)
            return _at(work, syntax, link, _referred(shorthand.refer, link.source, source))
        case Link():
            return _aim_link(work, syntax, link, source)


def _aim_link(work: Work, syntax: Syntax, link: Link, source: Ref) -> Resolved | _Waiting:
    scheme = syntax.aliases.get(link.scheme.lower(), link.scheme)
    known = syntax.schemes.get(scheme)
    if known is not None:
        return _at(work, syntax, link, _referred(known.refer, scheme, link.target, source))
    if scheme == "mailto":
        return _email(work, link.target, label_of(link, syntax), source)
    if link.target.startswith("//"):
        if not syntax.is_safe(scheme):
            return _text(link)
        return external(work, syntax, f"{scheme}:{link.target}", label_of(link, syntax))
    return _abroad(work, syntax, scheme, link)


def _referred(refer: Callable[..., LinkTarget | None], *arguments: object) -> LinkTarget | None:
    """What a contributed scheme makes of a target; nothing an author types may end in an error page."""
    try:
        return refer(*arguments)
    except Exception:
        _log.exception("A link was not understood: %r", arguments)
        return None


def _abroad(work: Work, syntax: Syntax, scheme: str, link: Link) -> Resolved:
    """A link through `[intertrac]` or the InterWiki map."""
    label = label_of(link, syntax)
    if (trac := syntax.intertrac.get(scheme.lower())) is not None:
        return external(work, syntax, *_with_label(trac.expand(link.target), label))
    if (wiki := syntax.interwiki(work).get(scheme.upper())) is not None:
        address, title = wiki.expand(link.target)
        if syntax.is_safe_address(address):
            return external(work, syntax, address, label, title)
    return _text(link)


def _with_label(expanded: tuple[str, str], label: str) -> tuple[str, str, str]:
    return expanded[0], label, expanded[1]


def external(work: Work, syntax: Syntax, address: str, label: str, title: str = "") -> Resolved:
    """A link out of the project, unless the address is one of this very site."""
    home = syntax.site or work.href.origin + work.href.base
    rest = address[len(home) :] if home and address.startswith(home) else None
    is_home = rest is not None and (not rest or rest[0] in "/?#" or home.endswith("/"))
    return Resolved(label, address, "" if is_home else "ext-link", title, is_external=not is_home)


def _text(link: AnyLink) -> Resolved:
    return Resolved(link.address if isinstance(link, Email) else link.source, is_link=False)


def _email(work: Work, address: str, label: str, source: Ref, is_typed: bool = False) -> Resolved:
    rules = work.settings(MailAddressSettings)
    is_shown = rules.show_email_addresses or (rules.never_obfuscate_mailto and not is_typed)
    if is_shown or work.access.allows(EMAIL_VIEW, source):
        return Resolved(label, f"mailto:{address}", "mail-link", is_external=True)
    return Resolved(_ADDRESS.sub(r"\1@…", label), is_link=False)


def _relative(work: Work, syntax: Syntax, link: Relative, source: Ref) -> Resolved | _Waiting:
    label = link.label or page_label(link.target, syntax.settings.split_page_names)
    if link.target.startswith("//"):
        return Resolved(label, link.target[1:])
    if link.target.startswith("/"):
        return Resolved(label, work.href.base + link.target)
    path, query, fragment = split_target(link.target)
    parts = (source.id or "").split("/")
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    id = "/".join(parts)
    if not id:
        return Resolved(label, _appended(work.href(source.realm), query, fragment))
    ref = Ref(source.realm, id, None, source.parent)
    return _Waiting(link, LinkTarget(ref, query=query, fragment=fragment, label=label), ref)


def _at(work: Work, syntax: Syntax, link: Link | Short, target: LinkTarget | None) -> Resolved | _Waiting:
    if target is None:
        return Resolved(label_of(link, syntax), is_link=False)
    if target.ref is not None:
        return _Waiting(link, target, target.ref)
    label = _label(syntax, link, target)
    if not target.path and not target.pairs:
        return Resolved(label, None, target.css, target.title)
    if not target.css and "," in label and not _has_own_label(link):
        # So that a long list of numbers may wrap.
        label = label.replace(",", "," + ZERO_WIDTH_SPACE)
    href = _appended(work.href(*target.path, query=target.pairs), target.query, target.fragment)
    return Resolved(label, href, target.css, target.title)


def _arrived(work: Work, syntax: Syntax, wait: _Waiting, known: Description | None) -> Resolved:
    target = wait.target
    label = _label(syntax, wait.link, target)
    if known is None:
        return Resolved(label, is_link=False)
    css = known.css or target.css
    if isinstance(wait.link, Short) and _is_ignored(syntax, wait.ref, css):
        return _text(wait.link)
    title = known.title or target.title
    if known.href is not None and wait.ref.realm == ATTACHMENT:
        return _file(work, wait, Resolved(label, known.href, known.css, title, suffix=known.suffix))
    href = known.href and _appended(known.href, target.query, target.fragment)
    is_link = bool(href or css or title)
    return Resolved(label, href, css, title, suffix=known.suffix, is_link=is_link)


def _file(work: Work, wait: _Waiting, page: Resolved) -> Resolved:
    """A link to the page about a file with a small one to the file itself, or to the latter alone."""
    ref, query = wait.ref, wait.target.query
    assert ref.parent is not None
    raw = _appended(
        work.href("raw-attachment", ref.parent.realm, ref.parent.id or "", ref.id or ""), query, ""
    )
    if isinstance(wait.link, Link) and wait.link.scheme.startswith("raw-"):
        return replace(page, href=raw)
    href = _appended(page.href or "", query, "")
    return replace(page, href=href, raw=raw)


def _is_ignored(syntax: Syntax, ref: Ref, css: str) -> bool:
    return syntax.settings.ignore_missing_pages and ref.realm == "wiki" and "missing" in css.split()


def _has_own_label(link: AnyLink) -> bool:
    return isinstance(link, Link | Relative) and link.label is not None


def _label(syntax: Syntax, link: AnyLink, target: LinkTarget) -> str:
    if isinstance(link, Email):
        return link.address
    is_free = isinstance(link, Short | Relative) or link.form == "bracket"
    if target.label is not None and is_free and not _has_own_label(link):
        return target.label
    if isinstance(link, Short) and syntax.settings.split_page_names and _is_page(target):
        return split_words(link.source)
    return label_of(link, syntax)


def _is_page(target: LinkTarget) -> bool:
    return target.ref is not None and target.ref.realm == "wiki"


def _appended(href: str, query: str, fragment: str) -> str:
    if query:
        href = f"{href}{'&' if '?' in href else '?'}{query}"
    return f"{href}#{fragment}" if fragment else href
