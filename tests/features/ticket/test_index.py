"""What queries find, and in which order."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import insert

from tests.features.ticket.conftest import Opener, fill, make_project, opener
from trackside.db.engine import count_statements
from trackside.db.schema import ticket, ticket_change, ticket_custom
from trackside.features.ticket import actions, offers, query
from trackside.kernel.errors import Invalid, NotFound

DAY = 86_400_000_000
START = 1577836800000000  # 2020-01-01
ROWS = [
    {"id": 1, "summary": "Alpha", "status": "new", "priority": "minor", "keywords": "a, c d", "owner": "joe"},
    {"id": 2, "summary": "beta 50%", "status": "closed", "priority": "blocker", "keywords": "a, b"},
    {"id": 3, "summary": "Gamma", "status": "new", "priority": "major", "owner": "dev", "milestone": "2.0"},
    {"id": 4, "summary": "delta", "status": "assigned", "priority": None, "owner": "Joe", "milestone": "1.0"},
    {"id": 13, "summary": "hidden", "status": "new", "priority": "major", "version": "0.9"},
]


def add_tickets(begin: Opener) -> Opener:
    with begin("admin") as work:
        for row in ROWS:
            times = {"time": START + int(str(row["id"])) * DAY, "changetime": START + DAY}
            work.db.execute(insert(ticket).values(**row, **times))
        custom = [(1, "has_patch", "1"), (2, "has_patch", "0"), (3, "due_on", "001577923200000000")]
        work.db.execute(insert(ticket_custom), [{"ticket": t, "name": n, "value": v} for t, n, v in custom])
        note = {"ticket": 3, "time": START + DAY, "author": "x", "field": "comment", "oldvalue": "1"}
        work.db.execute(insert(ticket_change).values(**note, newvalue="Needle in here"))
    return begin


@pytest.fixture
def found(begin: Opener) -> Opener:
    return add_tickets(begin)


def ids(
    begin: Opener, text: str, actor: str = "dev", columns: tuple[str, ...] = (), limit: int = 0
) -> list[int]:
    with begin(actor, "read") as work:
        asked = query.from_text(text, offers.fields_of(work))
        return [hit.id for hit in actions.list_tickets(work, asked, (), limit).hits]


CASES = {
    "status=new": [1, 3, 13],
    "status=!closed": [1, 3, 4, 13],
    "status=new|closed": [1, 2, 3, 13],
    "status!=new|closed": [4],
    "owner=": [2, 13],
    "owner=!": [1, 3, 4],
    "owner=joe": [1],
    "owner~=jo": [1, 4],
    "owner~=": [1, 2, 3, 4, 13],
    "summary^=al": [1],
    "summary$=ta": [4],
    "summary~=50%": [2],
    "summary~=%": [2],
    "summary!~=a": [13],
    "summary~=alp|gam": [1, 3],
    "owner=$USER": [3],
    "keywords~=a -b": [1],
    'keywords~=a "c d"': [1],
    "keywords!~=a": [3, 4, 13],
    "id=1,3-4": [1, 3, 4],
    "id=!1-3": [4, 13],
    "id=9-7": [1, 2, 3, 4, 13],
    "has_patch=1": [1],
    "has_patch=0": [2],
    "has_patch=!1": [2, 3, 4, 13],
    "time=2020-01-02..2020-01-04": [1, 2],
    "time=2020-01-04": [3, 4, 13],
    "created=..2020-01-03": [1],
    "time=!2020-01-02..2020-01-04": [3, 4, 13],
    "time=": [],
    "due_on=2020-01-01..2020-02-01": [3],
    "due_on=..2030-01-01": [3],
    "due_on=": [1, 2, 4, 13],
    "due_on=!": [3],
    "status=closed&or&summary=Alpha": [1, 2],
    "": [1, 2, 3, 4, 13],
}


@pytest.mark.parametrize("text", CASES)
def test_it_works(found: Opener, text: str) -> None:
    assert ids(found, f"{text}&order=id") == CASES[text]


def test_orders(found: Opener) -> None:
    assert ids(found, "order=priority") == [2, 3, 13, 1, 4]
    assert ids(found, "order=priority&desc=1") == [4, 1, 3, 13, 2]
    assert ids(found, "order=milestone") == [4, 3, 1, 2, 13]
    assert ids(found, "order=version") == [13, 1, 2, 3, 4]
    assert ids(found, "order=time&desc=1") == [13, 4, 3, 2, 1]
    assert ids(found, "group=status&order=id") == [4, 2, 1, 3, 13]
    assert ids(found, "group=status&groupdesc=1&order=id") == [1, 3, 13, 2, 4]
    assert ids(found, "order=has_patch") == [2, 1, 3, 4, 13]


@pytest.mark.parametrize("text", ["time=nonsense..", "id=x", "due_on=x"])
def test_what_cannot_be_read(found: Opener, text: str) -> None:
    with pytest.raises(Invalid):
        ids(found, text)


def test_pages(found: Opener) -> None:
    assert ids(found, "order=id", limit=2) == [1, 2]
    assert ids(found, "order=id&page=3", limit=2) == [13]
    with pytest.raises(NotFound):
        ids(found, "order=id&page=4", limit=2)
    assert ids(found, "status=nonsense&page=4", limit=2) == []


def test_values_come_with_the_hits(found: Opener) -> None:
    with found("dev", "read") as work, count_statements(work.db) as statements:
        asked = query.from_text("id=1", offers.fields_of(work))
        del statements[:]
        page = actions.list_tickets(work, asked, ("summary", "has_patch", "due_on", "milestone", "time"), 10)
    assert page.hits[0].values == {
        "summary": "Alpha",
        "has_patch": "1",
        "due_on": "",
        "milestone": "",
        "time": START + DAY,
    }
    assert page.total == 1 and len(statements) == 1


def test_hidden_tickets_are_neither_shown_nor_counted(tmp_path: Path) -> None:
    project = make_project(tmp_path, has_secret=True)
    fill(project)
    begin = add_tickets(opener(project))
    assert ids(begin, "order=id") == [1, 2, 3, 4]
    assert ids(begin, "order=id", "admin") == [1, 2, 3, 4, 13]
    assert ids(begin, "order=id", "stranger") == []
    assert ids(begin, "order=id&page=2", limit=3) == [4]
    with begin("dev", "read") as work:
        asked = query.from_text("status=new", offers.fields_of(work))
        assert actions.count_tickets(work, asked) == 2
        assert actions.tally_tickets(work, asked, ["status"]) == {("new",): 2}
        assert [row.id for row in actions.find_tickets(work, ["hidden"], 10)] == []


def test_tallies(found: Opener) -> None:
    with found("dev", "read") as work:
        asked = query.from_text("", offers.fields_of(work))
        counted = actions.tally_tickets(work, asked, ["milestone", "status"])
    assert counted == {("", "new"): 2, ("", "closed"): 1, ("2.0", "new"): 1, ("1.0", "assigned"): 1}


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (["needle"], [3]),
        (["alpha", "c d"], [1]),
        (["13"], [13]),
        (["50%"], [2]),
        (["%"], [2]),
        (["joe", "x"], []),
    ],
)
def test_words_are_found_everywhere(found: Opener, terms: list[str], expected: list[int]) -> None:
    with found("dev", "read") as work:
        assert [row.id for row in actions.find_tickets(work, terms, 10)] == expected


def test_the_default_query(found: Opener) -> None:
    with found("dev", "read") as work:
        assert actions.default_query(work, "", "").fields == ["status", "owner"]
    with found("anonymous", "read") as work:
        assert actions.default_query(work, "", "").fields == ["status"]
        assert actions.default_query(work, "me@x.org", "me").clauses[0][1].values == ("me@x.org",)
