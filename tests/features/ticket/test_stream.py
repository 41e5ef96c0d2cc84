"""How the rows of a history become entries."""

from datetime import UTC, datetime

from trackside.features.ticket import stream
from trackside.features.ticket.model import ChangeRow
from trackside.features.ticket.stream import FieldChange
from trackside.kernel.feature import Activity


def comment(at: int, number: str, text: str = "", author: str = "ann") -> ChangeRow:
    return ChangeRow(at, author, "comment", number, text)


def test_it_works() -> None:
    rows = [
        ChangeRow(10, "ann", "priority", "minor", "major"),
        comment(10, "1", "Hello"),
        comment(20, "1.2", "Answer", "bob"),
        comment(30, "description.3", "On the text"),
    ]
    entries = stream.group(rows)
    assert [(e.number, e.reply_to, e.author) for e in entries] == [
        (1, "", "ann"),
        (2, "1", "bob"),
        (3, "description", "ann"),
    ]
    assert entries[0].fields == (FieldChange("priority", "minor", "major"),)
    assert entries[0].anchor == "trac-change-1-10"
    assert stream.answers(entries) == {"1": [2], "description": [3]}
    assert stream.next_number(rows) == 4


def test_numbers_are_never_filled_up_and_old_rows_are_counted() -> None:
    rows = [
        comment(10, "11"),
        ChangeRow(20, "bob", "owner", "", "x"),
        ChangeRow(30, "bob", "owner", "x", "y"),
    ]
    assert [e.number for e in stream.group(rows)] == [11, 12, 13]
    assert stream.next_number(rows) == 14
    assert stream.next_number([]) == 1


def test_empty_differences_and_hidden_rows_are_left_out() -> None:
    rows = [
        ChangeRow(10, "ann", "stage", "", ""),
        ChangeRow(10, "ann", "_comment0", "old", "1"),
        ChangeRow(10, "ann", "owner", "x", "x"),
        comment(10, "1", "text"),
    ]
    assert stream.group(rows)[0].fields == ()


def test_former_texts_of_a_comment() -> None:
    rows = [
        comment(10, "1", "third"),
        ChangeRow(10, "bob", "_comment0", "first", "15"),
        ChangeRow(10, "carl", "_comment1", "second", "17"),
    ]
    (entry,) = stream.group(rows)
    assert [(v.text, v.author, v.at) for v in entry.versions] == [
        ("first", "ann", 10),
        ("second", "bob", 15),
        ("third", "carl", 17),
    ]
    assert entry.is_edited and entry.author == "ann" and entry.comment == "third"


def test_what_was_attached_comes_first_at_one_moment() -> None:
    moment = datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
    attached = Activity(moment, "bob", "x.diff", "/attachment/ticket/1/x.diff")
    entries = stream.group([comment(1_000_000, "1")], [attached])
    assert [e.activity is not None for e in entries] == [True, False]
    assert entries[1].number == 1 and stream.find(entries, 1) is entries[1]


def test_list_fields_tell_what_came_and_went() -> None:
    assert stream.list_changes(FieldChange("cc", "a, b", "b; c")) == (["c"], ["a"])
