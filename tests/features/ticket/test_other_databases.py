"""What SQL decides, on PostgreSQL and MariaDB: the same answers as on SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from tests.features.ticket.conftest import NOW, Opener, fill, make_project, opener
from tests.features.ticket.test_index import CASES, add_tickets, ids
from trackside.db.engine import open_database
from trackside.features.ticket import actions, offers, query, stream
from trackside.features.ticket.model import Edit, EditConflict
from trackside.kernel.dates import to_stamp

STAMP = to_stamp(NOW)
OTHERS = (
    pytest.param("postgresql", marks=pytest.mark.postgresql),
    pytest.param("mysql", marks=pytest.mark.mysql),
)


@pytest.fixture(params=OTHERS)
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    address = request.getfixturevalue(f"{request.param}_server").fresh()
    database = open_database(address, tmp_path)
    project = make_project(tmp_path, database=database)
    fill(project)
    yield opener(project)
    database.close()


def test_it_works(elsewhere: Opener) -> None:
    with elsewhere() as work:
        edit = Edit({"summary": "Ünï", "stage": "ready", "due_on": "2026-12-24", "description": "a\r\nb"})
        id = actions.create_ticket(work, edit)
    with elsewhere() as work:
        edit = Edit({"priority": "minor"}, "Well", "accept", seen=STAMP)
        assert actions.change_ticket(work, id, edit) == 1
    with pytest.raises(EditConflict), elsewhere() as work:
        actions.change_ticket(work, id, Edit({"priority": "blocker"}, seen=STAMP))
    with elsewhere("admin") as work:
        actions.edit_comment(work, id, 1, "Better")
    with elsewhere("dev", "read") as work:
        ticket = actions.read_ticket(work, id)
        (entry,) = stream.group(actions.list_changes(work, id))
    assert ticket["summary"] == "Ünï" and ticket["due_on"] == "001798070400000000"
    assert ticket["status"] == "accepted" and ticket["priority"] == "minor"
    assert [version.text for version in entry.versions] == ["Well", "Better"]


def test_queries_find_the_same(elsewhere: Opener) -> None:
    add_tickets(elsewhere)
    found = {text: ids(elsewhere, f"{text}&order=id") for text in CASES}
    assert found == CASES


def test_orders_and_counts_are_the_same(elsewhere: Opener) -> None:
    add_tickets(elsewhere)
    assert ids(elsewhere, "order=priority") == [2, 3, 13, 1, 4]
    assert ids(elsewhere, "order=priority&desc=1") == [4, 1, 3, 13, 2]
    assert ids(elsewhere, "order=milestone") == [4, 3, 1, 2, 13]
    assert ids(elsewhere, "order=version") == [13, 1, 2, 3, 4]
    assert ids(elsewhere, "order=has_patch") == [2, 1, 3, 4, 13]
    assert ids(elsewhere, "order=id&page=2", limit=2) == [3, 4]
    with elsewhere("dev", "read") as work:
        asked = query.from_text("status=new", offers.fields_of(work))
        assert actions.count_tickets(work, asked) == 3
        assert actions.tally_tickets(work, asked, ["milestone"]) == {("",): 2, ("2.0",): 1}
        assert [row.id for row in actions.find_tickets(work, ["needle"], 10)] == [3]
        assert actions.list_comment_numbers(work, [1, 3]) == {3: frozenset({1})}
        assert len(actions.list_opened(work, 0, STAMP)) == 5
        assert len(actions.list_changed(work, 0, STAMP)) == 1


def test_many_comments_at_once_are_all_kept(elsewhere: Opener) -> None:
    with elsewhere() as work:
        id = actions.create_ticket(work, Edit({"summary": "x"}))

    def comment(n: int) -> None:
        with elsewhere() as work:
            actions.change_ticket(work, id, Edit(comment=f"comment {n}", action="leave", seen=STAMP))

    threads = [Thread(target=comment, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with elsewhere("dev", "read") as work:
        entries = stream.group(actions.list_changes(work, id))
    assert [entry.number for entry in entries] == list(range(1, 21))
