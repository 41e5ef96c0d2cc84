"""The history of a ticket as people read it: one entry a save, numbered, with its comment's former texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from trackside.features.ticket.model import ChangeRow
from trackside.kernel.dates import to_stamp
from trackside.kernel.feature import Activity
from trackside.kernel.text import split_names, whole_number

DESCRIPTION = "description"


@dataclass(frozen=True, slots=True)
class FieldChange:
    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class CommentVersion:
    """One text that a comment had, by whom and since when."""

    text: str
    author: str
    at: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One save of a ticket, or something that a companion adds to its stream (`activity`).

    `reply_to` is the number of the comment it answers, `description`, or "". `versions` are the texts of
    the comment, oldest first, the present one last; just one where it was never edited.
    """

    at: int
    author: str
    number: int = 0
    reply_to: str = ""
    comment: str = ""
    fields: tuple[FieldChange, ...] = ()
    versions: tuple[CommentVersion, ...] = ()
    activity: Activity | None = None

    @property
    def is_edited(self) -> bool:
        return len(self.versions) > 1

    @property
    def anchor(self) -> str:
        return f"trac-change-{self.number}-{self.at}"


def group(rows: Iterable[ChangeRow], activities: Iterable[Activity] = ()) -> list[Entry]:
    """All entries by time; what was attached comes before a change of the same moment."""
    beside = [Entry(to_stamp(a.at), a.author, activity=a) for a in activities]
    entries = [*beside, *_saves(rows)]
    return sorted(entries, key=lambda entry: (entry.at, entry.activity is None))


def _saves(rows: Iterable[ChangeRow]) -> Iterable[Entry]:
    number = 0
    for at, together in groupby(sorted(rows, key=lambda row: (row.at, row.author, row.field)), _moment):
        entry = _save(at, list(together), number + 1)
        number = entry.number
        yield entry


def _moment(row: ChangeRow) -> int:
    return row.at


def _save(at: int, rows: Sequence[ChangeRow], position: int) -> Entry:
    by_field = {row.field: row for row in rows}
    comment = by_field.get("comment")
    reply_to, number = read_number(comment.old) if comment else ("", None)
    return Entry(
        at=at,
        author=(comment or rows[0]).author,
        number=position if number is None else number,
        reply_to=reply_to,
        comment=comment.new if comment else "",
        fields=tuple(
            FieldChange(row.field, row.old, row.new)
            for row in rows
            if row.field != "comment" and not row.field.startswith("_") and row.old != row.new
        ),
        versions=_versions(comment, by_field),
    )


def read_number(text: str) -> tuple[str, int | None]:
    """What a comment row's `oldvalue` says: what it answers, and its own number (None where it has none)."""
    parent, _, own = text.rpartition(".")
    number = whole_number(own)
    return (parent, number) if number is not None else ("", None)


def next_number(rows: Iterable[ChangeRow]) -> int:
    """The number that the next save gets."""
    number = 0
    for entry in _saves(rows):
        number = entry.number
    return number + 1


def _versions(comment: ChangeRow | None, rows: Mapping[str, ChangeRow]) -> tuple[CommentVersion, ...]:
    if comment is None:
        return ()
    author, at = comment.author, comment.at
    versions = []
    for row in sorted(
        (r for name, r in rows.items() if name.startswith("_comment") and name[8:].isdecimal()),
        key=lambda r: int(r.field[8:]),
    ):
        versions.append(CommentVersion(row.old, author, at))
        author, at = row.author, int(row.new) if row.new.isdecimal() else row.at
    return (*versions, CommentVersion(comment.new, author, at))


def find(entries: Iterable[Entry], number: int) -> Entry | None:
    """The save of that number."""
    return next((e for e in entries if e.activity is None and e.number == number), None)


def answers(entries: Iterable[Entry]) -> dict[str, list[int]]:
    """The numbers of the comments that answer each comment, or the description."""
    found: dict[str, list[int]] = {}
    for entry in entries:
        if entry.reply_to:
            found.setdefault(entry.reply_to, []).append(entry.number)
    return found


def list_changes(change: FieldChange) -> tuple[list[str], list[str]]:
    """What was added to and removed from a field that holds a list."""
    old, new = split_names(change.old), split_names(change.new)
    return [item for item in new if item not in old], [item for item in old if item not in new]
