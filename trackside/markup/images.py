"""`[[Image(…)]]`: pictures from attachments, from this site and from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from markupsafe import Markup

from trackside.kernel.errors import Invalid
from trackside.kernel.feature import Description, MacroCall, find_realm
from trackside.kernel.i18n import N_
from trackside.kernel.ref import Ref
from trackside.kernel.work import Work
from trackside.markup import html
from trackside.markup.inline import unquoted
from trackside.markup.render import first_link
from trackside.markup.sanitize import is_safe_origin
from trackside.markup.syntax import Syntax

_ITEM: Final = re.compile(r"""(?:[^,"']|"[^"]*"|'[^']*'|["'])+""")
_PART: Final = re.compile(r"""(?:[^:"']|"[^"]*"|'[^']*'|["'])+""")
_SIZE: Final = re.compile(
    r"([0-9]{1,6}(?:\.[0-9]{1,6})?)(%|ch|em|ex|ic|rem|vh|vw|vmax|vmin|vb|vi|px|cm|mm|Q|in|pc|pt)?"
)
_LENGTH: Final = re.compile(r"(-?[0-9]{1,6})(?:px)?")
_ADDRESS: Final = re.compile(r"(?:https?|ftp):", re.IGNORECASE)
_SIDES: Final = {"left", "right"}
_HEIGHTS: Final = {"top", "middle", "bottom"}
_PLAIN: Final = {"title", "alt", "longdesc", "class", "id", "usemap"}
_ATTACHMENT: Final = "attachment"
_ICON: Final = "attachment.png"


@dataclass(slots=True)
class _Image:
    src: str | None = None
    href: str | None = None
    text: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    style: dict[str, str] = field(default_factory=dict)


def image(work: Work, call: MacroCall) -> Markup | None:
    items = [item.strip(" \t\r\n\u200b") for item in _ITEM.findall(call.text or "")]
    if not items or not items[0]:
        return None
    found = _find(work, items[0], call.source)
    found.attributes.update({"alt": found.text, "title": found.text})
    for item in items[1:]:
        name, equals, value = item.partition("=")
        if equals:
            _named(work, found, name.strip(), value.strip(), call.source)
        else:
            _word(found, item)
    return _written(work.project.part(Syntax), found)


def _find(work: Work, spec: str, source: Ref) -> _Image:
    """What the first argument names."""
    parts = _PART.findall(spec)
    address = unquoted(spec)
    if _ADDRESS.match(address):
        return _Image(address, address, address.rsplit("?", 1)[0])
    if address.startswith("data:") and spec != address:
        return _Image(address, None, "")
    if spec.startswith("//"):
        return _Image(spec[1:], spec[1:], spec[1:])
    if spec.startswith("/"):
        path = spec.split("?", 1)[0]
        return _Image(work.href.base + spec, work.href.base + path, path)
    return _in_project(work, spec, [unquoted(part) for part in parts], source)


def _in_project(work: Work, spec: str, parts: list[str], source: Ref) -> _Image:
    head = parts[0]
    if head in ("htdocs", "shared") and len(parts) > 1:
        path = ":".join(parts[1:])
        address = work.href("chrome", "site" if head == "htdocs" else "shared", path)
        return _Image(address, address, path.rsplit("/", 1)[-1])
    if (abroad := _abroad(work, spec, parts)) is not None:
        return abroad
    match parts:
        case [file]:
            return _attached(work, source, file)
        case [page, file] if page.startswith("#") and page[1:].isdecimal():
            return _attached(work, Ref("ticket", page[1:]), file)
        case [page, file]:
            return _attached(work, Ref("wiki", page), file)
        case [realm, id, file]:
            return _attached(work, Ref(realm, id), file)
    raise Invalid("“%(name)s” names no image.", name=spec)


def _abroad(work: Work, spec: str, parts: list[str]) -> _Image | None:
    syntax = work.project.part(Syntax)
    if len(parts) < 2:
        return None
    target = spec.partition(":")[2]
    wiki = syntax.interwiki(work).get(parts[0].upper())
    if wiki is not None and syntax.is_safe_address(wiki.expand(target)[0]):
        address, title = wiki.expand(target)
        return _Image(address, address, title)
    name = parts[0].lower()
    trac = syntax.intertrac.get(syntax.aliases.get(name, name))
    if trac is not None and len(parts) == 3:
        address, title = trac.expand(target)
        return _Image(f"{address}%3Fformat%3Draw", address, title)
    return None


def _attached(work: Work, parent: Ref, file: str) -> _Image:
    realm = find_realm(work.project, _ATTACHMENT)
    ref = Ref(_ATTACHMENT, file, None, parent)
    known = realm.describe(work, [ref]).get(ref) if realm is not None else None
    known = known or Description(None, css="missing")
    if known.href is not None:
        raw = work.href("raw-attachment", parent.realm, parent.id or "", file)
        return _Image(raw, known.href, known.label or "")
    if "forbidden" in known.css.split():
        return _Image(None, None, known.title)
    text = work.locale.gettext(N_("There is no image “%(file)s” here."), file=file)
    return _Image(work.href("chrome", "common", _ICON), None, text)


def _word(found: _Image, word: str) -> None:
    if (size := _SIZE.fullmatch(word)) is not None:
        _resize(found, "width", size)
    elif word == "nolink":
        found.href = None
    elif word in _SIDES or word == "center":
        _align(found, word)
    elif word in _HEIGHTS:
        found.style["vertical-align"] = word


def _named(work: Work, found: _Image, name: str, value: str, source: Ref) -> None:
    if name in ("width", "height"):
        if (size := _SIZE.fullmatch(value)) is not None:
            _resize(found, name, size)
    elif name == "align" and (value in _SIDES or value == "center"):
        _align(found, value)
    elif name == "valign" and value in _HEIGHTS:
        found.style["vertical-align"] = value
    elif name == "link":
        link = first_link(work, unquoted(value), source) if value else None
        found.href = link.href if link is not None else None
    elif name in _PLAIN:
        found.attributes[name] = unquoted(value)
    elif name == "border" or name in _MARGINS:
        _space(found, name, value)


_MARGINS: Final = ("margin", "margin-left", "margin-right", "margin-top", "margin-bottom")


def _resize(found: _Image, name: str, size: re.Match[str]) -> None:
    if size[2] in (None, "%"):
        found.attributes[name] = size[0]
        found.style.pop(name, None)
    else:
        found.style[name] = size[0]
        found.attributes.pop(name, None)


def _align(found: _Image, side: str) -> None:
    if side != "center":
        found.style["float"] = side
        return
    found.style.pop("margin", None)
    found.style.update({"display": "block", "margin-left": "auto", "margin-right": "auto"})


def _space(found: _Image, name: str, value: str) -> None:
    match = _LENGTH.fullmatch(value)
    size = _SIZE.fullmatch(value)
    if match is None and size is None:
        raise Invalid("“%(value)s” is no width of a %(name)s.", value=value, name=name)
    length = f"{max(int(match[1]), 1)}px" if match is not None else value
    if name == "border":
        found.style[name] = f"{length} solid"
    elif found.style.get("display") != "block" or name in ("margin-top", "margin-bottom"):
        found.style[name] = length


def _written(syntax: Syntax, found: _Image) -> Markup:
    attributes: Mapping[str, str] = {
        **found.attributes,
        "src": found.src or "",
        "style": "; ".join(f"{name}:{value}" for name, value in sorted(found.style.items())),
        "crossorigin": "" if is_safe_origin(syntax, found.src or "") else "anonymous",
    }
    picture = html.element("img", sorted(attributes.items())).removesuffix(">") + " />"
    if found.href is None:
        return html.markup((picture,))
    link = html.element("a", [("href", found.href), ("style", "padding:0; border:none")])
    return html.markup((link, picture, "</a>"))
