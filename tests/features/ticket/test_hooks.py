"""What tickets give others: links, timeline, search."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.features.ticket.conftest import NOW, Opener, fill, make_project, opener
from trackside.db.engine import count_statements
from trackside.features.ticket import actions, hooks
from trackside.features.ticket.model import Edit, comment_ref, ticket_ref
from trackside.kernel.access import Actor
from trackside.kernel.ref import Ref
from trackside.markup.render import render

BOTH = frozenset({"ticket", "ticket_details"})


@pytest.fixture
def filled(begin: Opener) -> Opener:
    with begin("dev", now=NOW) as work:
        edit = Edit({"summary": "A <summary>", "description": "Needle in a haystack"})
        actions.create_ticket(work, edit)
        actions.create_ticket(work, Edit({"summary": "Other"}))
    with begin("dev", now=NOW + timedelta(hours=1)) as work:
        actions.change_ticket(work, 1, Edit(comment="Only words"))
    with begin("dev", now=NOW + timedelta(hours=2)) as work:
        resolve = Edit(comment="Done", action="resolve", arguments={"resolution": "fixed"})
        seen = actions.read_ticket(work, 1).changed
        actions.change_ticket(
            work, 1, Edit(comment="Done", action="resolve", arguments=resolve.arguments, seen=seen)
        )
    with begin("dev", now=NOW + timedelta(hours=3)) as work:
        seen = actions.read_ticket(work, 1).changed
        actions.change_ticket(work, 1, Edit(action="reopen", seen=seen))
    return begin


def test_it_works(filled: Opener) -> None:
    with filled("anonymous", "read") as work:
        html = render(
            work, "#1 #2 #9 ticket:1#comment:2 #1,2 comment:1:ticket:1 query:status=new", Ref("wiki", "X")
        )
    assert (
        '<a class="reopened ticket" href="/ticket/1" title="#1: defect: A &lt;summary&gt; (reopened)">#1</a>'
        in html
    )
    assert '<a class="missing ticket">#9</a>' in html
    assert 'href="/ticket/1#comment:2"' in html and 'href="/query?id=1-2"' in html
    assert "Comment 1 for #1: defect: A &lt;summary&gt; (reopened)" in html
    assert '<a class="query" href="/query?status=new&amp;order=priority">' in html


def test_many_links_take_one_statement(filled: Opener) -> None:
    with filled("anonymous", "read") as work, count_statements(work.db) as statements:
        hooks.describe(work, [ticket_ref(n) for n in range(50)])
    assert len(statements) == 1


def test_comments_that_are_not_there(filled: Opener) -> None:
    with filled("anonymous", "read") as work:
        known = hooks.describe_comments(work, [comment_ref(1, 1), comment_ref(1, 9), comment_ref(9, 1)])
        assert [one.href is not None for one in known.values()] == [True, False, False]
        assert hooks.comment_exists(work, comment_ref(1, 3))
        assert hooks.title(work, ticket_ref(1)) == "#1: A <summary>" and not hooks.exists(work, ticket_ref(9))
    with filled("stranger", "read") as work:
        (one,) = hooks.describe_comments(work, [comment_ref(1, 1)]).values()
        assert one.css == "forbidden ticket"


def kinds(begin: Opener, start: datetime, stop: datetime, chosen: frozenset[str] = BOTH) -> list[str]:
    with begin("anonymous", "read") as work:
        entries = sorted(hooks.entries(work, start, stop, chosen), key=lambda entry: entry.at)
        return [entry.kind for entry in entries]


def test_the_timeline(filled: Opener) -> None:
    end = NOW + timedelta(days=1)
    assert kinds(filled, NOW, end) == [
        "newticket",
        "newticket",
        "editedticket",
        "closedticket",
        "reopenedticket",
    ]
    assert kinds(filled, NOW + timedelta(minutes=90), end) == ["closedticket", "reopenedticket"]
    assert kinds(filled, NOW, end, frozenset({"ticket_details"})) == ["editedticket"]
    assert kinds(filled, NOW, end, frozenset()) == []
    with filled("anonymous", "read") as work:
        closed = next(e for e in hooks.entries(work, NOW, end, BOTH) if e.kind == "closedticket")
        assert closed.title == "#1 (A <summary>) closed" and closed.text == "fixed: Done"
        assert closed.href == "/ticket/1#comment:2" and len(hooks.filters(work)) == 2


def test_tickets_changed_together_are_one_entry(filled: Opener) -> None:
    with filled("dev", now=NOW + timedelta(hours=5)) as work:
        for id in (1, 2):
            actions.change_ticket(work, id, Edit(comment="Both"))
    assert kinds(filled, NOW + timedelta(hours=4), NOW + timedelta(days=1)) == ["batchmodify"]


def test_the_search(filled: Opener) -> None:
    with filled("anonymous", "read") as work:
        (result,) = hooks.find(work, ["needle", "summary"], 10)
    assert result.title == "#1: defect: A <summary> (reopened)" and "Needle" in result.excerpt
    with filled("stranger", "read") as work:
        assert hooks.find(work, ["needle"], 10) == [] and hooks.filters(work) == ()


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("status=new", '<dt><a class="new" href="/ticket/2" title="Other">#2</a></dt><dd>Other</dd>'),
        ("status=new|reopened, format=count", ">2</a>"),
        ("summary~=Other&or&id=1, rawcount", ">2</span>"),
        ("id=1, compact", '<span><a class="reopened" href="/ticket/1"'),
        ("id=1|2, format=table, col=id|summary|status", '<span class="pill open">reopened</span>'),
        ("status=nonsense", "query_no_results"),
        ("id=1|2, group=status", '<p><a class="query" href="/query?'),
        ("nofield", "query_no_results"),
        ("id=1, or, id=2, count", ">2</a>"),
        ("id=x", "system-message"),
        ("id=1|2, format=progress", 'aria-label="0 of 2 closed"'),
        ("id=1|2, format=progress, group=status", 'aria-label="0 of 1 closed"'),
    ],
)
def test_the_macro(filled: Opener, call: str, expected: str) -> None:
    with filled("anonymous", "read") as work:
        html = render(work, f"[[TicketQuery({call})]]", Ref("wiki", "X"))
    if call == "nofield":
        assert html.count("<dt>") == 2
    else:
        assert expected in html


@pytest.mark.parametrize("call", ["id=1|2, max=1", "id=1|2&max=1"])
def test_the_macro_shows_no_more_than_asked(filled: Opener, call: str) -> None:
    with filled("anonymous", "read") as work:
        assert render(work, f"[[TicketQuery({call})]]", Ref("wiki", "X")).count("<dt>") == 1


def test_hidden_tickets_stay_hidden_from_links_and_counts(tmp_path: Path) -> None:
    project = make_project(tmp_path, has_secret=True)
    fill(project)
    begin = opener(project)
    with begin("admin") as work:
        for _ in range(13):
            actions.create_ticket(work, Edit({"summary": "s"}))
    assert Actor().name == "anonymous"
    with begin("anonymous", "read") as work:
        html = render(work, "#13 [[TicketQuery(count)]] [[TicketQuery(id=13)]]", Ref("wiki", "X"))
    assert '<a class="missing ticket">#13</a>' in html and ">12</a>" in html and "/ticket/13" not in html
