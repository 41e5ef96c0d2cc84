"""Ticket, Change, permissions, and the pure rules on their values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from trackside.kernel.access import Permission
from trackside.kernel.errors import Conflict
from trackside.kernel.ref import Ref
from trackside.kernel.settings import option, settings
from trackside.kernel.text import unix_lines

REALM = "ticket"
CLOSED = "closed"
MAX_ID = 2**31
BASE_COLUMNS = (
    "summary",
    "reporter",
    "owner",
    "description",
    "type",
    "status",
    "priority",
    "milestone",
    "component",
    "version",
    "severity",
    "resolution",
    "keywords",
    "cc",
)

TICKET_VIEW = Permission("TICKET_VIEW")
TICKET_CREATE = Permission("TICKET_CREATE")
TICKET_APPEND = Permission("TICKET_APPEND")
TICKET_CHGPROP = Permission("TICKET_CHGPROP")
TICKET_EDIT_CC = Permission("TICKET_EDIT_CC")
TICKET_EDIT_DESCRIPTION = Permission("TICKET_EDIT_DESCRIPTION")
TICKET_EDIT_COMMENT = Permission("TICKET_EDIT_COMMENT")
TICKET_MODIFY = Permission("TICKET_MODIFY", (TICKET_APPEND, TICKET_CHGPROP))
TICKET_BATCH_MODIFY = Permission("TICKET_BATCH_MODIFY", (TICKET_MODIFY,))
TICKET_ADMIN = Permission(
    "TICKET_ADMIN",
    (
        TICKET_CREATE,
        TICKET_MODIFY,
        TICKET_VIEW,
        TICKET_EDIT_CC,
        TICKET_EDIT_DESCRIPTION,
        TICKET_EDIT_COMMENT,
        TICKET_BATCH_MODIFY,
    ),
)
TICKET_CHG_MILESTONE = Permission("TICKET_CHG_MILESTONE", is_grantable=False)
MILESTONE_VIEW = Permission("MILESTONE_VIEW")
MILESTONE_CREATE = Permission("MILESTONE_CREATE")
MILESTONE_MODIFY = Permission("MILESTONE_MODIFY")
MILESTONE_DELETE = Permission("MILESTONE_DELETE")
PERMISSIONS = (
    TICKET_VIEW,
    TICKET_CREATE,
    TICKET_APPEND,
    TICKET_CHGPROP,
    TICKET_EDIT_CC,
    TICKET_EDIT_DESCRIPTION,
    TICKET_EDIT_COMMENT,
    TICKET_MODIFY,
    TICKET_BATCH_MODIFY,
    TICKET_ADMIN,
    TICKET_CHG_MILESTONE,
)


@settings("ticket")
class TicketSettings:
    """`[ticket]`: what new tickets start with, and what they may hold."""

    allowed_empty_fields: tuple[str, ...] = option(
        ("milestone", "version"), doc="Fields with choices that may be left empty."
    )
    default_cc: str = option("", doc="The cc list of a new ticket.")
    default_component: str = option("", doc="The component of a new ticket.")
    default_description: str = option("", doc="The description that a new ticket starts with.")
    default_keywords: str = option("", doc="The keywords of a new ticket.")
    default_milestone: str = option("", doc="The milestone of a new ticket.")
    default_owner: str = option(
        "< default >", doc="The owner of a new ticket; `< default >` is the owner of its component."
    )
    default_priority: str = option("major", doc="The priority of a new ticket.")
    default_resolution: str = option("fixed", doc="The resolution that is proposed first.")
    default_severity: str = option("", doc="The severity of a new ticket.")
    default_summary: str = option("", doc="The summary that a new ticket starts with.")
    default_type: str = option("defect", doc="The type of a new ticket.")
    default_version: str = option("", doc="The version of a new ticket.")
    max_comment_size: int = option(262144, doc="The most characters of a comment.")
    max_description_size: int = option(262144, doc="The most characters of a description.")
    max_summary_size: int = option(262144, doc="The most characters of a summary.")
    preserve_newlines: str = option(
        "default",
        doc="Whether line ends of descriptions and comments are kept: yes, no, or `default` for yes in"
        " environments created by Trac 0.11 or later.",
    )
    restrict_owner: bool = option(False, doc="Choose owners from the users who may change tickets.")
    workflow: tuple[str, ...] = option(
        ("ConfigurableTicketWorkflow",), doc="The components that answer for the workflow, in order."
    )

    @property
    def defaults(self) -> dict[str, str]:
        """What a new ticket starts with, by field."""
        names = ("cc", "component", "description", "keywords", "milestone", "owner", "priority", "severity")
        return {
            name: str(getattr(self, f"default_{name}")) for name in (*names, "summary", "type", "version")
        }

    @property
    def sizes(self) -> dict[str, int]:
        return {"summary": self.max_summary_size, "description": self.max_description_size}


@settings("query")
class QuerySettings:
    """`[query]`: the list that opens first, and how long a page of it is."""

    default_query: str = option(
        "status!=closed&owner=$USER", doc="What the list of tickets shows at first, for a signed-in user."
    )
    default_anonymous_query: str = option(
        "status!=closed&cc~=$USER", doc="What the list of tickets shows at first, for everyone else."
    )
    items_per_page: int = option(100, doc="Tickets on a page of a list; 0 for all.")
    ticketlink_query: str = option(
        "?status=!closed", doc="The query that a field's value on the page of a ticket leads to."
    )


@settings("timeline")
class TicketTimelineSettings:
    """`[timeline]`, as far as tickets are concerned."""

    ticket_show_component: bool = option(False, doc="Name the component of tickets on the timeline.")
    ticket_show_details: bool = option(True, doc="Offer changes of tickets on the timeline.")


_CC_SEPARATORS = re.compile(r"[;,\s]+")
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"


@dataclass(frozen=True, slots=True)
class Hit:
    """A ticket that was found, with the values asked for; times are stamps."""

    id: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as stored: `values` has each standard column and custom row, "" where the database has NULL.

    `late` names custom fields that have no row and show their default; `previous` and `next` are the
    neighbours by number.
    """

    id: int
    created: int
    changed: int
    values: Mapping[str, str]
    previous: int | None = None
    next: int | None = None
    late: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def ref(self) -> Ref:
        return ticket_ref(self.id)


@dataclass(frozen=True, slots=True)
class TicketWords:
    """What a link to a ticket says about it."""

    id: int
    summary: str
    status: str
    type: str
    resolution: str
    component: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One row of `ticket_change`: one field of one save, or its comment, or the former text of a comment."""

    at: int
    author: str
    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody wants done to a ticket in one save.

    `values` holds the fields as typed; `arguments` are the owner and resolution chosen for an action, by
    parameter name. `seen` is the ticket's change time when the form was made, None where nobody knows.
    `author` is how an unsigned visitor signs.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""
    action: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)
    reply_to: str = ""
    seen: int | None = None
    author: str = ""


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that two people changed to different values, starting from `base`."""

    field: str
    base: str
    theirs: str
    mine: str


class EditConflict(Conflict):
    """Two people changed the same fields; nothing of the second save is stored.

    `mine` are all values that the second one changed, those that clash among them.
    """

    def __init__(self, clashes: Iterable[Clash], mine: Mapping[str, str]) -> None:
        super().__init__("Somebody else changed the same fields while you were typing. Nothing is lost.")
        self.clashes = tuple(clashes)
        self.mine = {**mine, **{clash.field: clash.mine for clash in self.clashes}}


@dataclass(frozen=True, slots=True)
class EnumValue:
    """A value of an `enum` table list; `rank` is its place in the order."""

    name: str
    rank: int
    description: str = ""


@dataclass(frozen=True, slots=True)
class Component:
    name: str
    owner: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """`released` is a stamp, 0 for not yet."""

    name: str
    released: int = 0
    description: str = ""


@dataclass(frozen=True, slots=True)
class Milestone:
    """`due` and `completed` are stamps, 0 for unset."""

    name: str
    due: int = 0
    completed: int = 0
    description: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Milestones:
    """All milestones by name."""

    by_name: Mapping[str, Milestone] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Choices:
    """The lists that a ticket's fields choose from, but milestones; `enums` by their Trac type.

    `first_schema` is the database version that the environment was created with, 0 where it was not noted.
    """

    enums: Mapping[str, tuple[EnumValue, ...]] = field(default_factory=dict)
    components: tuple[Component, ...] = ()
    versions: tuple[Version, ...] = ()
    first_schema: int = 0


def ticket_ref(id: int) -> Ref:
    return Ref(REALM, str(id))


def comment_ref(ticket: int, number: int) -> Ref:
    return ticket_ref(ticket).child("comment", str(number))


def is_id(id: int) -> bool:
    """Whether a ticket could have this number at all."""
    return 1 <= id <= MAX_ID


def normalise_cc(text: str) -> str:
    """Addresses split at commas, semicolons and blanks, without doubles, joined as Trac joins them."""
    return ", ".join(dict.fromkeys(item for item in _CC_SEPARATORS.split(text) if item))


def is_blank(comment: str) -> bool:
    """Whether a comment shows nothing: blanks and zero-width characters only."""
    return not comment.strip().strip(_INVISIBLE).strip()


def is_same(one: str, other: str) -> bool:
    """Whether two texts differ in nothing but their line ends, which a browser changes by itself."""
    return one == other or unix_lines(one) == unix_lines(other)


def values_as_of(ticket: Ticket, changes: Iterable[ChangeRow], at: int) -> dict[str, str]:
    """The ticket's values as they were at a moment, told from its later changes."""
    values = dict(ticket.values)
    for row in sorted(changes, key=lambda row: row.at, reverse=True):
        if row.at > at and row.field != "comment" and not row.field.startswith("_"):
            values[row.field] = row.old
    return values


def merge(
    base: Mapping[str, str], theirs: Mapping[str, str], mine: Mapping[str, str]
) -> tuple[dict[str, str], list[Clash]]:
    """Three sides of a ticket's fields: what of `mine` is to be stored over `theirs`, and what clashes."""
    changes: dict[str, str] = {}
    clashes = []
    for name, value in mine.items():
        was, now = base.get(name, ""), theirs.get(name, "")
        if is_same(value, was) or is_same(value, now):
            continue
        if is_same(now, was):
            changes[name] = value
        else:
            clashes.append(Clash(name, was, now, value))
    return changes, clashes
