"""The pure rules on a ticket's values."""

from trackside.features.ticket import model
from trackside.features.ticket.model import ChangeRow, Clash, Ticket


def test_it_works() -> None:
    base = {"owner": "a", "priority": "major", "version": ""}
    theirs = {"owner": "b", "priority": "minor", "version": ""}
    changes, clashes = model.merge(base, theirs, {"owner": "a", "priority": "trivial", "version": "1.0"})
    assert changes == {"version": "1.0"}
    assert clashes == [Clash("priority", "major", "minor", "trivial")]


def test_both_doing_the_same_is_no_clash() -> None:
    assert model.merge({"owner": "a"}, {"owner": "b"}, {"owner": "b"}) == ({}, [])


def test_line_ends_alone_are_no_change() -> None:
    assert model.merge({"description": "a\nb"}, {"description": "a\nb"}, {"description": "a\r\nb"}) == (
        {},
        [],
    )


def test_values_of_the_past() -> None:
    ticket = Ticket(1, 0, 30, {"owner": "c", "summary": "s"})
    rows = [
        ChangeRow(10, "x", "owner", "a", "b"),
        ChangeRow(20, "x", "owner", "b", "c"),
        ChangeRow(20, "x", "comment", "1", "text"),
    ]
    assert model.values_as_of(ticket, rows, 30)["owner"] == "c"
    assert model.values_as_of(ticket, rows, 10)["owner"] == "b"
    assert model.values_as_of(ticket, rows, 0) == {"owner": "a", "summary": "s"}


def test_cc_is_stored_as_a_list_without_doubles() -> None:
    assert model.normalise_cc("joe; bob,  alice joe") == "joe, bob, alice"


def test_what_counts_as_an_empty_comment() -> None:
    assert model.is_blank(" \r\n\u200b ") and not model.is_blank(" x ")


def test_numbers_a_ticket_can_have() -> None:
    assert [model.is_id(n) for n in (0, 1, 2**31, 2**31 + 1)] == [False, True, True, False]
