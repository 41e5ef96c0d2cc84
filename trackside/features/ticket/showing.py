"""The page of a ticket as plain values for its template, all texts rendered together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from markupsafe import Markup

from trackside.features.ticket import actions, offers, stream
from trackside.features.ticket import fields as field_rules
from trackside.features.ticket.controls import (
    Control,
    Property,
    Step,
    make_controls,
    make_properties,
    make_steps,
)
from trackside.features.ticket.drafts import Draft
from trackside.features.ticket.fields import Field, Fields
from trackside.features.ticket.model import CLOSED, ChangeRow, Ticket, is_same, values_as_of
from trackside.features.ticket.rules import Rights
from trackside.features.ticket.stream import Entry, FieldChange
from trackside.kernel.access import ANONYMOUS
from trackside.kernel.dates import from_stamp
from trackside.kernel.errors import NotFound
from trackside.kernel.feature import Activity, Beside
from trackside.kernel.ref import Ref
from trackside.kernel.text import whole_number
from trackside.kernel.work import Work
from trackside.markup.render import Piece, render_all


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One field of a save: from `old` to `new`, or for lists what was added and removed. `kind` is text,
    person, people, list, flag or long.
    """

    label: str
    kind: str
    old: str = ""
    new: str = ""
    added: Sequence[str] = ()
    removed: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """One save, or something attached, as the stream shows it."""

    entry: Entry
    at: datetime
    author: str
    html: Markup
    changes: Sequence[ShownChange]
    answers: Sequence[int]
    edited_at: datetime | None
    edited_by: str
    version: int
    versions: int
    can_edit: bool
    is_edited_now: bool = False
    is_new: bool = False

    @property
    def activity(self) -> Activity | None:
        return self.entry.activity


@dataclass(frozen=True, slots=True)
class Focus:
    """What the address asks to see: a state after a change, a comment's former text or its editor.

    Entries later than `began`, when somebody began to type, are marked as new.
    """

    version: int | None = None
    comment: int | None = None
    comment_version: int | None = None
    edited: int | None = None
    edited_text: str | None = None
    began: int | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """The form below the stream. `chosen` is the step that is sent when no other button is pressed."""

    controls: Sequence[Control]
    steps: Sequence[Step]
    chosen: str
    chosen_label: str
    comment: str
    reply_to: str
    author: str
    asks_author: bool
    can_comment: bool
    seen: int
    started: int
    opens_fields: bool
    problems: Mapping[str, str]
    previews: Mapping[str, Markup] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TicketPage:
    """Everything that the template of one ticket shows."""

    ticket: Ticket
    description: Markup
    is_closed: bool
    created: datetime | None
    changed: datetime | None
    entries: Sequence[ShownEntry]
    comments: int
    properties: Sequence[Property]
    wide: Sequence[tuple[str, Markup]]
    form: Form | None
    version: int | None
    clashes: Sequence[tuple[str, str, str, str]]
    can_reply: bool


def make_page(
    work: Work,
    ticket: Ticket,
    rows: Sequence[ChangeRow],
    beside: Sequence[Beside],
    draft: Draft,
    focus: Focus,
) -> TicketPage:
    """The ticket now, or as it was after the change that `focus` names."""
    fields, rights = offers.fields_of(work), offers.rights_of(work, ticket)
    activities = [activity for one in beside for activity in one.activities]
    entries = stream.group(rows, activities)
    present = ticket
    if focus.version is not None:
        ticket, entries = _as_of(ticket, rows, entries, focus.version)
    texts = _Texts(work, ticket.ref, actions.keeps_newlines(work))
    description = texts.add(ticket["description"])
    wide = [(field.label, _add_wide(texts, field, ticket[field.name])) for field in _wide(fields, ticket)]
    bodies = [texts.add(_text_of(entry, focus)) for entry in entries]
    previews = _add_previews(texts, ticket, draft)
    html = texts.render()
    form = None
    if focus.version is None and may_submit(rights):
        shown = {name: html[i] for name, i in previews.items()}
        form = replace(_form(work, present, fields, rights, draft), previews=shown)
    return TicketPage(
        ticket=ticket,
        description=html[description],
        is_closed=ticket["status"] == CLOSED,
        created=from_stamp(ticket.created),
        changed=from_stamp(ticket.changed),
        entries=_shown(work, fields, ticket, entries, [html[i] for i in bodies], focus, rights),
        comments=sum(1 for entry in entries if entry.comment.strip()),
        properties=make_properties(work, fields, ticket),
        wide=[(label, html[i]) for label, i in wide],
        form=form,
        version=focus.version,
        clashes=[(_label(fields, c.field), c.base, c.theirs, c.mine) for c in draft.clashes],
        can_reply=rights.comment and focus.version is None,
    )


def _add_previews(texts: _Texts, ticket: Ticket, draft: Draft) -> dict[str, int]:
    """The comment and the description as they would look, where a preview was asked for."""
    typed = {"comment": draft.edit.comment, "description": draft.edit.values.get("description", "")}
    if not draft.is_preview:
        return {}
    return {
        name: texts.add(text)
        for name, text in typed.items()
        if text.strip() and not is_same(text, ticket[name])
    }


def may_submit(rights: Rights) -> bool:
    return rights.comment or rights.properties or rights.description or rights.reporter


class _Texts:
    """Collects the wiki texts of a page, so that their links are resolved together."""

    def __init__(self, work: Work, source: Ref, keeps_newlines: bool) -> None:
        self._work, self._source, self._keeps = work, source, keeps_newlines
        self._pieces: list[Piece] = []

    def add(self, text: str, *, is_line: bool = False) -> int:
        flavor = "oneliner" if is_line else "html"
        self._pieces.append(Piece(text, self._source, flavor, keep_newlines=self._keeps))  # type: ignore[arg-type]
        return len(self._pieces) - 1

    def render(self) -> list[Markup]:
        return render_all(self._work, self._pieces)


def _wide(fields: Fields, ticket: Ticket) -> list[Field]:
    """Custom fields whose values are wiki text."""
    return [f for f in fields.custom if ticket[f.name] and (f.kind == "textarea" or f.format == "wiki")]


def _add_wide(texts: _Texts, field: Field, value: str) -> int:
    if field.format != "wiki":
        value = "{{{\n" + value.replace("}}}", "}} }") + "\n}}}"
    return texts.add(value, is_line=field.kind != "textarea")


def _text_of(entry: Entry, focus: Focus) -> str:
    if entry.activity is not None:
        return entry.activity.text
    if focus.comment == entry.number and 0 <= (focus.comment_version or 0) < len(entry.versions):
        return entry.versions[focus.comment_version or 0].text
    if focus.edited == entry.number and focus.edited_text is not None:
        return focus.edited_text
    return entry.comment


def _as_of(
    ticket: Ticket, rows: Sequence[ChangeRow], entries: Sequence[Entry], version: int
) -> tuple[Ticket, list[Entry]]:
    """The ticket after the change of that number, 0 as it was opened, with its stream up to there."""
    at = ticket.created
    if version:
        last = stream.find(entries, version)
        if last is None:
            raise NotFound("Ticket %(id)s has no version %(version)s.", id=f"#{ticket.id}", version=version)
        at = last.at
    values = values_as_of(ticket, rows, at if version else -1)
    return replace(ticket, values=values, changed=at), [
        entry for entry in entries if entry.at <= at and version
    ]


def _label(fields: Fields, name: str) -> str:
    field = fields.get(name)
    return field.label if field else name


def _shown(
    work: Work,
    fields: Fields,
    ticket: Ticket,
    entries: Sequence[Entry],
    html: Sequence[Markup],
    focus: Focus,
    rights: Rights,
) -> list[ShownEntry]:
    answers = stream.answers(entries)
    shown = []
    for entry, body in zip(entries, html, strict=True):
        last = entry.versions[-1] if entry.is_edited else None
        can_edit = (
            entry.activity is None
            and focus.version is None
            and work.actor.is_authenticated
            and bool(entry.comment)
            and actions.may_edit_comment(work, ticket.id, entry.author)
        )
        count = len(entry.versions)
        version = count - 1
        if focus.comment == entry.number and focus.comment_version is not None:
            version = max(0, min(focus.comment_version, count - 1))
        shown.append(
            ShownEntry(
                entry=entry,
                at=from_stamp(entry.at) or work.now,
                author=entry.author,
                html=body,
                changes=[_shown_change(fields, change) for change in entry.fields],
                answers=answers.get(str(entry.number), ()) if entry.activity is None else (),
                edited_at=from_stamp(last.at) if last else None,
                edited_by=last.author if last else "",
                version=version,
                versions=count,
                can_edit=can_edit,
                is_edited_now=can_edit and focus.edited == entry.number,
                is_new=focus.began is not None and entry.at > focus.began,
            )
        )
    return shown


def _shown_change(fields: Fields, change: FieldChange) -> ShownChange:
    field = fields.get(change.field)
    if field is None:
        return ShownChange(change.field, "text", change.old, change.new)
    if field.is_list:
        added, removed = stream.list_changes(change)
        kind = "people" if field.name == "cc" else "list"
        return ShownChange(field.label, kind, added=added, removed=removed)
    if field.kind == "textarea":
        return ShownChange(field.label, "long")
    if field.kind == "time":
        old, new = (field_rules.read_time(text) for text in (change.old, change.new))
        return ShownChange(
            field.label, "text", str(old.date()) if old else "", str(new.date()) if new else ""
        )
    if field.name in ("owner", "reporter"):
        return ShownChange(field.label, "person", change.old, change.new)
    if field.kind == "checkbox":
        return ShownChange(field.label, "flag", change.old, "1" if change.new == "1" else "")
    return ShownChange(field.label, "text", change.old, change.new)


def _form(work: Work, ticket: Ticket, fields: Fields, rights: Rights, draft: Draft) -> Form:
    edit = draft.edit
    steps = offers.list_actions(work, ticket)
    keys = [step.key for step in steps]
    first = keys[0] if keys else ""
    chosen = edit.action if edit.action in keys else first
    shown_steps = make_steps(work, ticket, steps, draft.arguments)
    values = {**ticket.values, **edit.values}
    return Form(
        controls=make_controls(work, fields, rights, values, draft.problems),
        steps=[step for step in shown_steps if step.key != first],
        chosen=chosen,
        chosen_label=next((step.label for step in shown_steps if step.key == chosen != first), ""),
        comment=edit.comment,
        reply_to=edit.reply_to,
        author=edit.author or work.actor.label or ANONYMOUS,
        asks_author=not work.actor.is_authenticated,
        can_comment=rights.comment,
        seen=ticket.changed if draft.clashes or edit.seen is None else edit.seen,
        started=draft.started or ticket.changed,
        opens_fields=bool(edit.values) and (draft.is_preview or bool(draft.problems) or bool(draft.clashes)),
        problems=draft.problems,
    )


def find_entry(rows: Sequence[ChangeRow], number: str) -> Entry | None:
    """The save with a number as a form sends it."""
    wanted = whole_number(number)
    return stream.find(stream.group(rows), wanted) if wanted is not None else None
