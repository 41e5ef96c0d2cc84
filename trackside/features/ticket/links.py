"""Links to tickets in wiki text: `#1`, `ticket:1-3`, `comment:2:ticket:1`, `query:…`. All pure."""

from __future__ import annotations

import re
from urllib.parse import quote

from trackside.features.ticket import query as language
from trackside.features.ticket.fields import SYNONYMS, Fields
from trackside.features.ticket.model import REALM, ticket_ref
from trackside.kernel.errors import Invalid
from trackside.kernel.feature import LinkScheme, LinkTarget, Shorthand
from trackside.kernel.ref import Ref
from trackside.kernel.text import whole_number

COMMENT = "comment"
SCHEMES = ("ticket", "issue", "bug")
DESCRIPTION = "description"
_SHORT = r"(?<!&)#[0-9]+(?:[-:,][0-9]+)*"
_TARGET = re.compile(r"([0-9][0-9,\u200b-]*)(?:\?([^#]*))?(?:#(.*))?\Z", re.S)
_RANGE = re.compile(r"(\d{1,18})(?:-(\d{1,18}))?\Z")
_QUERY_SAFE = "/!~*'()=&;:@,?%+|$^<>\""


class _AnyFields(Fields):
    """Stands for fields where none are known: every word names one."""

    def resolve(self, name: str) -> str | None:
        return SYNONYMS.get(name, name)


_ANY = _AnyFields(())


def refer_number(text: str, source: Ref) -> LinkTarget | None:
    """`#1`, or several as `#1-3,5`."""
    return _numbers(text[1:], "", "", text)


def refer_ticket(name: str, target: str, source: Ref) -> LinkTarget | None:
    match = _TARGET.match(target)
    if not match:
        return LinkTarget(Ref(REALM, target))
    return _numbers(match[1], match[2] or "", match[3] or "", None)


def _numbers(text: str, query: str, fragment: str, label: str | None) -> LinkTarget:
    text = text.replace("\u200b", "")
    if text.isdecimal():
        return LinkTarget(Ref(REALM, text.lstrip("0") or "0"), query=query, fragment=fragment, label=label)
    ranges = _merged(text)
    if not ranges:
        return LinkTarget(Ref(REALM, text), label=label)
    items = [str(a) if a == b else f"{a}-{b}" for a, b in ranges]
    return LinkTarget(
        path=("query",),
        pairs=(("id", ",".join(items)),),
        query=query,
        fragment=fragment,
        title=f"Tickets {', '.join(items)}",
        label=label,
    )


def _merged(text: str) -> list[tuple[int, int]]:
    """Ranges in order, those that touch made one; empty for what is none."""
    found = []
    for item in text.split(","):
        match = _RANGE.match(item)
        if not match:
            return []
        found.append((int(match[1]), int(match[2] or match[1])))
    merged: list[tuple[int, int]] = []
    for first, last in sorted(found):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def refer_comment(name: str, target: str, source: Ref) -> LinkTarget | None:
    """`comment:2` in a ticket, `comment:2:ticket:1` anywhere, and the old `comment:ticket:1:2`."""
    parts = target.split(":")
    if len(parts) == 1:
        ticket, number = _ticket_around(source), parts[0]
    elif len(parts) == 3 and parts[1] in SCHEMES and parts[2].isdecimal():
        ticket, number = ticket_ref(int(parts[2][:18])), parts[0]
    elif len(parts) == 3 and parts[0] in SCHEMES and parts[1].isdecimal():
        ticket, number = ticket_ref(int(parts[1][:18])), parts[2]
    else:
        return None
    if ticket is None or not (number == DESCRIPTION or (number.isdecimal() and len(number) < 10)):
        return None
    fragment = f"comment:{number}"
    if ticket.id == getattr(_ticket_around(source), "id", None):
        title = "Description" if number == DESCRIPTION else f"Comment {number}"
        return LinkTarget(path=(REALM, ticket.id or ""), fragment=fragment, css="ticket", title=title)
    return LinkTarget(ticket.child(COMMENT, number), fragment=fragment)


def _ticket_around(source: Ref) -> Ref | None:
    ref: Ref | None = source
    while ref is not None and not (ref.realm == REALM and ref.id):
        ref = ref.parent
    number = whole_number(ref.id) if ref is not None else None
    return ticket_ref(number) if number is not None else None


def refer_query(name: str, target: str, source: Ref) -> LinkTarget | None:
    """`query:?…` as it is; `query:field=value&…` as the address of the same query."""
    if target.startswith("?"):
        query, _, fragment = target[1:].partition("#")
        encoded = quote(query.replace(" ", "+"), _QUERY_SAFE)
        return LinkTarget(path=("query",), query=encoded, fragment=fragment, css="query")
    try:
        asked = language.from_text(target, _ANY)
    except Invalid as error:
        return LinkTarget(css="error", title=str(error))
    pairs = [(key, value or "") for key, value in language.to_pairs(asked, _ANY)]
    if asked.order == language.DEFAULT_ORDER:
        pairs.append(("order", language.DEFAULT_ORDER))
    return LinkTarget(path=("query",), pairs=tuple(pairs), css="query")


LINKS = (
    LinkScheme(SCHEMES, refer_ticket),
    LinkScheme((COMMENT,), refer_comment),
    LinkScheme(("query",), refer_query),
)
SHORTHANDS = (Shorthand(_SHORT, refer_number),)
