"""What can be done with tickets: read, create, change, comment. The only door to their data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from trackside.features.ticket import fields as field_rules
from trackside.features.ticket import index, rules, store, stream, workflow
from trackside.features.ticket import query as language
from trackside.features.ticket.model import (
    REALM,
    TICKET_ADMIN,
    TICKET_APPEND,
    TICKET_CHG_MILESTONE,
    TICKET_CHGPROP,
    TICKET_CREATE,
    TICKET_EDIT_COMMENT,
    TICKET_EDIT_DESCRIPTION,
    TICKET_MODIFY,
    TICKET_VIEW,
    ChangeRow,
    Clash,
    Edit,
    EditConflict,
    Hit,
    QuerySettings,
    Ticket,
    TicketSettings,
    TicketWords,
    comment_ref,
    is_blank,
    is_id,
    merge,
    normalise_cc,
    ticket_ref,
    values_as_of,
)
from trackside.features.ticket.offers import (
    choices_of,
    clock_of,
    fields_of,
    is_known_user,
    list_actions,
    list_owners,
    list_resolutions,
    rights_of,
    standing_of,
)
from trackside.features.ticket.query import Query
from trackside.features.ticket.workflow import Action
from trackside.kernel.access import Grant
from trackside.kernel.dates import to_stamp
from trackside.kernel.errors import Invalid, NotFound
from trackside.kernel.events import Event
from trackside.kernel.i18n import N_
from trackside.kernel.ref import Ref
from trackside.kernel.work import Work

CHANGING = (
    TICKET_APPEND,
    TICKET_CHGPROP,
    TICKET_MODIFY,
    TICKET_EDIT_DESCRIPTION,
    TICKET_ADMIN,
)


def _load(work: Work, grant: Grant) -> Ticket | None:
    return store.load(work.db, grant, has_custom=bool(fields_of(work).custom))


def _complete(work: Work, ticket: Ticket | None, id: int) -> Ticket:
    if ticket is None:
        raise NotFound("There is no ticket %(id)s.", id=f"#{id}")
    values, late = rules.with_defaults(ticket, fields_of(work), clock_of(work))
    return replace(ticket, values=values, late=late) if late else ticket


def read_ticket(work: Work, id: int) -> Ticket:
    """Raises NotFound for a number that no ticket has."""
    if not is_id(id):
        raise NotFound("There is no ticket %(id)s.", id=f"#{id}")
    grant = work.access.require(TICKET_VIEW, ticket_ref(id))
    return _complete(work, _load(work, grant), id)


def list_changes(work: Work, id: int) -> list[ChangeRow]:
    """All rows of a ticket's history."""
    return store.changes(work.db, work.access.require(TICKET_VIEW, ticket_ref(id)))


def has_ticket(work: Work, id: int) -> bool:
    grant = work.access.find(TICKET_VIEW, ticket_ref(id)) if is_id(id) else None
    return grant is not None and store.exists(work.db, grant)


def list_words(work: Work, ids: Sequence[int]) -> Mapping[int, TicketWords]:
    """What links say about tickets: those that are there and may be seen, in one statement."""
    return store.words(work.db, work.access.scope(TICKET_VIEW, REALM), [id for id in ids if is_id(id)])


def list_comment_numbers(work: Work, ids: Sequence[int]) -> Mapping[int, frozenset[int]]:
    """The numbers of the comments of some tickets that may be seen."""
    return store.comment_numbers(work.db, work.access.scope(TICKET_VIEW, REALM), [i for i in ids if is_id(i)])


def create_ticket(work: Work, edit: Edit) -> int:
    """A new ticket's number. Raises Invalid naming the fields that are wrong."""
    grant = work.access.require(TICKET_CREATE, Ref(REALM))
    fields, settings, choices = fields_of(work), work.settings(TicketSettings), choices_of(work)
    values = {f.name: field_rules.default_of(f, work.now, work.locale.zone) for f in fields}
    typed = rules.typed_values(edit, {}, fields, rights_of(work, None), clock_of(work))
    values |= typed
    values["cc"] = normalise_cc(values.get("cc", ""))
    if not work.actor.is_authenticated or not typed.get("reporter"):
        values["reporter"] = _author(work, typed.get("reporter") or edit.author, "reporter")
    action = _action(work, None, edit.action)
    owner = rules.default_owner(choices, settings, values.get("component", ""))
    changes = workflow.apply(action, standing_of(work, None), edit.arguments, owner)
    values |= {"owner": owner, "status": workflow.NEW, "resolution": "", **changes}
    wrong = rules.problems(fields, {"summary": values["summary"], **typed, **_resolution(changes)})
    wrong |= rules.choice_problem(action, changes, edit.arguments, list_owners(work, action, None), owner)
    wrong |= _milestone_problem(work, typed.get("milestone", ""), settings.default_milestone)
    if wrong:
        raise rules.refusal(wrong)
    for name in ("time", "changetime"):
        values.pop(name, None)
    custom = [field.name for field in fields.custom]
    id = store.insert_ticket(work.db, grant, values, custom, to_stamp(work.now))
    work.emit(Event("ticket.created", ticket_ref(id), values["reporter"], work.now))
    return id


def _resolution(changes: Mapping[str, str]) -> dict[str, str]:
    return {"resolution": changes["resolution"]} if changes.get("resolution") else {}


def _action(work: Work, ticket: Ticket | None, key: str) -> Action:
    """The action asked for, the first one where none is; Invalid when it is not offered."""
    offered = list_actions(work, ticket)
    found = next((action for action in offered if action.key == key or not key), None)
    if found is None:
        raise Invalid("This ticket does not offer the step “%(step)s” to you.", step=key)
    return found


def _author(work: Work, typed: str, field: str) -> str:
    """Who signs. Without signing in it is a name as typed, but none of those who do sign in."""
    if work.actor.is_authenticated:
        return work.actor.name
    name = typed.strip()
    if name and is_known_user(work, name):
        raise rules.refusal({field: N_("This is the name of somebody who signs in here. Sign in first.")})
    return name or work.actor.author


def _milestone_problem(work: Work, name: str, unchanged: str) -> dict[str, str]:
    if not name or name == unchanged or work.access.allows(TICKET_CHG_MILESTONE, Ref("milestone", name)):
        return {}
    return {"milestone": N_("You may not choose this milestone.")}


def change_ticket(work: Work, id: int, edit: Edit) -> int | None:
    """Store a comment, new values and a step of the workflow in one save. Answers its number, None when
    there was nothing to store.

    Raises Invalid naming the fields that are wrong, EditConflict for fields that somebody else changed too.
    """
    grant = _grant_of_change(work, id)
    rules.check_reply(edit.reply_to)
    if not is_blank(edit.comment):
        grant = work.access.require(TICKET_APPEND, ticket_ref(id))
    is_there = store.lock(work.db, grant)
    ticket = _complete(work, _load(work, grant) if is_there else None, id)
    rows = store.changes(work.db, grant)
    changes = _changes(work, ticket, rows, edit)
    if not changes and is_blank(edit.comment):
        return None
    author, at = _author(work, edit.author, "author"), _next_moment(work, ticket, rows)
    number = stream.next_number(rows)
    missing = {name: ticket[name] for name in ticket.late}
    store.update_ticket(work.db, grant, changes, missing, at)
    store.insert_changes(work.db, grant, _new_rows(ticket, changes, edit, author, at, number))
    pairs = {name: (ticket[name], value) for name, value in changes.items()}
    work.emit(Event("ticket.changed", ticket.ref, author, work.now, pairs, edit.comment))
    return number


def _grant_of_change(work: Work, id: int) -> Grant:
    if not is_id(id):
        raise NotFound("There is no ticket %(id)s.", id=f"#{id}")
    work.access.require(TICKET_VIEW, ticket_ref(id))
    return work.access.require_any(CHANGING, ticket_ref(id))


def _next_moment(work: Work, ticket: Ticket, rows: Sequence[ChangeRow]) -> int:
    """Later than everything that happened to the ticket, also where clocks disagree."""
    return max(to_stamp(work.now), ticket.changed + 1, max((row.at for row in rows), default=0) + 1)


def _new_rows(
    ticket: Ticket, changes: Mapping[str, str], edit: Edit, author: str, at: int, number: int
) -> list[ChangeRow]:
    reply = f"{edit.reply_to}.{number}" if edit.reply_to else str(number)
    rows = [
        ChangeRow(at, author, name, "" if name in ticket.late else ticket[name], value)
        for name, value in changes.items()
    ]
    return [*rows, ChangeRow(at, author, "comment", reply, edit.comment)]


def _changes(work: Work, ticket: Ticket, rows: Sequence[ChangeRow], edit: Edit) -> dict[str, str]:
    """What of the edit is to be stored, after what others did since its form was made."""
    is_stale = edit.seen is not None and edit.seen != ticket.changed
    base = replace(ticket, values=values_as_of(ticket, rows, edit.seen or 0)) if is_stale else ticket
    mine, action, wrong = wanted(work, base, edit)
    changes, clashes = merge(base.values, ticket.values, mine)
    if edit.seen is None and changes:
        clashes = [Clash(name, ticket[name], ticket[name], value) for name, value in changes.items()]
    if clashes:
        raise EditConflict(clashes, changes)
    follower = rules.following_owner(choices_of(work), ticket.values, changes, action)
    if follower is not None:
        changes["owner"] = follower
    wrong |= rules.problems(fields_of(work), changes)
    wrong |= _milestone_problem(work, changes.get("milestone", ""), ticket["milestone"])
    comment = rules.comment_problem(edit, work.settings(TicketSettings))
    if comment:
        wrong["comment"] = comment
    if wrong:
        raise rules.refusal(wrong)
    return rules.changed_only(ticket.values, changes)


def wanted(work: Work, base: Ticket, edit: Edit) -> tuple[dict[str, str], Action | None, dict[str, str]]:
    """The fields as the actor wants them, the step chosen, and what is wrong with its arguments."""
    fields, settings = fields_of(work), work.settings(TicketSettings)
    mine = rules.typed_values(edit, base.values, fields, rights_of(work, base), clock_of(work))
    if not edit.action:
        return mine, None, {}
    action = _action(work, base, edit.action)
    component = mine.get("component", base["component"])
    owner = rules.default_owner(choices_of(work), settings, component)
    steps = workflow.apply(action, standing_of(work, base), edit.arguments, owner)
    wrong = rules.choice_problem(
        action, steps, edit.arguments, list_owners(work, action, base), base["owner"]
    )
    if action.sets_resolution and not steps.get("resolution") and list_resolutions(work, action):
        wrong["resolution"] = N_("Choose a resolution.")
    return {**mine, **steps}, action, wrong


def may_edit_comment(work: Work, ticket: int, author: str) -> bool:
    """Whether a comment's edit button shows; asks nothing of the database, for a page has many comments."""
    if work.access.allows(TICKET_EDIT_COMMENT, ticket_ref(ticket)):
        return True
    is_mine = work.actor.is_authenticated and author == work.actor.name
    has_rule = any(policy.name == "DefaultTicketPolicy" for policy in work.project.policies)
    return is_mine and has_rule and work.access.allows(TICKET_APPEND, ticket_ref(ticket))


def edit_comment(work: Work, id: int, number: int, text: str) -> None:
    """Another text for a comment; the former ones are kept."""
    if not is_id(id):
        raise NotFound("There is no ticket %(id)s.", id=f"#{id}")
    work.access.require(TICKET_VIEW, ticket_ref(id))
    grant = work.access.require(TICKET_EDIT_COMMENT, comment_ref(id, number))
    problem = rules.comment_problem(Edit(comment=text), work.settings(TicketSettings))
    if problem:
        raise rules.refusal({"comment": problem})
    is_there = store.lock(work.db, grant)
    ticket = _complete(work, _load(work, grant) if is_there else None, id)
    rows = store.changes(work.db, grant)
    entry = stream.find(stream.group(rows), number)
    if entry is None:
        raise NotFound("Ticket %(id)s has no comment %(number)s.", id=f"#{id}", number=number)
    if entry.comment == text:
        return
    now = _next_moment(work, ticket, rows)
    edits = max(len(entry.versions) - 1, 0)
    former = ChangeRow(entry.at, work.actor.author, f"_comment{edits}", entry.comment, str(now))
    new = ChangeRow(entry.at, entry.author, "comment", "", text)
    store.replace_comment(work.db, grant, new, former, is_first=not entry.versions)
    store.touch(work.db, grant, now)
    work.emit(
        Event("ticket.comment-edited", comment_ref(id, number), work.actor.author, work.now, comment=text)
    )


def keeps_newlines(work: Work) -> bool:
    """Whether line ends in descriptions and comments show."""
    chosen = work.settings(TicketSettings).preserve_newlines.strip().lower()
    if chosen == "default":
        return choices_of(work).first_schema >= 21
    return chosen in ("yes", "true", "enabled", "on", "1")


@dataclass(frozen=True, slots=True)
class Found:
    """A page of tickets. `total` counts all that match and may be seen; `limit` 0 means all are here."""

    total: int
    hits: Sequence[Hit]
    limit: int
    page: int

    @property
    def pages(self) -> int:
        return -(-self.total // self.limit) if self.limit else 1


def list_tickets(work: Work, query: Query, columns: Sequence[str], limit: int) -> Found:
    """One page of what a query finds, with the values of `columns`. `limit` 0 means all.

    Raises Invalid for a date or number that is none, NotFound behind the last page.
    """
    scope = work.access.scope(TICKET_VIEW, REALM)
    plan = _plan(work, query, columns)
    if not limit:
        hits = index.search(work.db, scope, plan)
        return Found(len(hits), hits, 0, 1)
    hits = index.search(work.db, scope, plan, limit, limit * (query.page - 1))
    if query.page == 1 and len(hits) < limit:
        return Found(len(hits), hits, limit, 1)
    total = index.count(work.db, scope, plan)
    if not hits and query.page > 1 and total:
        raise NotFound("There are no more tickets on page %(page)d.", page=query.page)
    return Found(total, hits, limit, query.page)


def count_tickets(work: Work, query: Query) -> int:
    """How many tickets a query finds that may be seen."""
    return index.count(work.db, work.access.scope(TICKET_VIEW, REALM), _plan(work, query, ()))


def tally_tickets(work: Work, query: Query, names: Sequence[str]) -> Mapping[tuple[str, ...], int]:
    """How many tickets of a query that may be seen have each combination of the values of some fields."""
    return index.tally(work.db, work.access.scope(TICKET_VIEW, REALM), _plan(work, query, names))


def _plan(work: Work, query: Query, columns: Sequence[str]) -> index.Plan:
    asked = language.for_user(query, work.actor.name)
    return index.plan(asked, fields_of(work), columns, work.locale.zone, work.now)


def default_query(work: Work, email: str, name: str) -> Query:
    """What the list opens with; who is not signed in is told apart by address or name, if at all."""
    settings, fields = work.settings(QuerySettings), fields_of(work)
    if work.actor.is_authenticated:
        return language.from_text(settings.default_query, fields)
    query = language.from_text(settings.default_anonymous_query, fields)
    who = email or name
    return language.for_user(query, who) if who else language.without_user(query)


def find_tickets(work: Work, terms: Sequence[str], limit: int) -> Sequence[Any]:
    """The tickets in which every term occurs, last changed first."""
    return index.find_words(work.db, work.access.scope(TICKET_VIEW, REALM), terms, limit)


def list_opened(work: Work, start: int, stop: int) -> Sequence[Any]:
    """Tickets opened between two stamps, newest first."""
    return store.created_between(work.db, work.access.scope(TICKET_VIEW, REALM), start, stop)


def list_changed(work: Work, start: int, stop: int) -> Sequence[Any]:
    """Rows of history between two stamps, newest first."""
    return store.changed_between(work.db, work.access.scope(TICKET_VIEW, REALM), start, stop)
