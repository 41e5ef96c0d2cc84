"""Versions of a ticket's texts, and what changed between them."""

from __future__ import annotations

import pytest

from tests.features.ticket.conftest import NOW, Opener, Visitor
from trackside.features.ticket import actions
from trackside.features.ticket.model import Edit
from trackside.kernel.dates import to_stamp

STAMP = to_stamp(NOW)


@pytest.fixture
def id(begin: Opener) -> int:
    with begin() as work:
        id = actions.create_ticket(work, Edit({"summary": "T", "description": "one\r\ntwo", "notes": "n"}))
    for seen, text in enumerate(["one\r\n2", "one\r\n2\r\nthree"]):
        with begin() as work:
            edit = Edit(values={"description": text}, comment=f"c{seen}", seen=STAMP + seen)
            actions.change_ticket(work, id, edit)
    with begin("admin") as work:
        actions.edit_comment(work, id, 1, "other words")
    return id


def test_it_works(id: int, guest: Visitor) -> None:
    page = guest.get(f"/ticket/{id}?action=diff&version=1").text
    assert (
        "Description" in page and "<del>two</del>" in page and "<ins>2</ins>" in page and "three" not in page
    )
    both = guest.get(f"/ticket/{id}?action=diff&version=2&old_version=0").text
    assert "three" in both and "<del>two</del>" in both


def test_the_list_of_versions(id: int, guest: Visitor) -> None:
    page = guest.get(f"/ticket/{id}?action=history").text
    assert page.count("action=diff") == 2 and f'href="/ticket/{id}?version=0"' in page
    assert guest.get(f"/ticket/{id}?action=history&field=summary").text.count("action=diff") == 0


def test_nothing_between_versions_is_an_empty_page(id: int, guest: Visitor) -> None:
    page = guest.get(f"/ticket/{id}?action=diff&version=1&field=notes")
    assert page.status_code == 200 and "No text changed" in page.text


def test_comments(id: int, guest: Visitor) -> None:
    page = guest.get(f"/ticket/{id}?action=comment-history&cnum=1").text
    assert "action=comment-diff" in page and "cversion=0" in page
    changes = guest.get(f"/ticket/{id}?action=comment-diff&cnum=1&version=1").text
    assert "c0" in changes and "other words" in changes


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("action=diff&version=9", 404),
        ("action=diff&version=x", 400),
        ("action=history&field=nonsense", 404),
        ("action=comment-history", 400),
        ("action=comment-history&cnum=9", 404),
        ("action=comment-diff&cnum=1&version=7", 404),
    ],
)
def test_what_is_not_there(id: int, guest: Visitor, query: str, status: int) -> None:
    assert guest.get(f"/ticket/{id}?{query}").status_code == status
