"""Where links to tickets, comments and queries point."""

import re

import pytest

from trackside.features.ticket import links
from trackside.features.ticket.model import ticket_ref
from trackside.kernel.feature import LinkTarget
from trackside.kernel.href import Href
from trackside.kernel.ref import Ref

PAGE = Ref("wiki", "WikiStart")


def test_it_works() -> None:
    assert links.refer_number("#12", PAGE) == LinkTarget(ticket_ref(12), label="#12")
    assert links.refer_ticket("ticket", "1?version=2#comment:3", PAGE) == LinkTarget(
        ticket_ref(1), query="version=2", fragment="comment:3"
    )


def test_several_numbers_are_a_query() -> None:
    target = links.refer_number("#1,2", PAGE)
    assert target and target.pairs == (("id", "1-2"),) and target.title == "Tickets 1-2"
    target = links.refer_ticket("ticket", "7,1-3?order=id", PAGE)
    assert target and target.pairs == (("id", "1-3,7"),) and target.title == "Tickets 1-3, 7"
    assert target.query == "order=id"


@pytest.mark.parametrize("text", ["#1:3", "#1-2-3"])
def test_what_looks_like_a_range_but_is_none_is_a_missing_ticket(text: str) -> None:
    target = links.refer_number(text, PAGE)
    assert target and target.ref == Ref("ticket", text[1:])


def test_the_shape_of_a_number() -> None:
    pattern = re.compile(links.SHORTHANDS[0].pattern)
    assert pattern.findall("x#1 &#38; #2,3-5, # #a") == ["#1", "#2,3-5"]


def test_comments() -> None:
    here = ticket_ref(1)
    same = links.refer_comment("comment", "2", here)
    assert same == LinkTarget(path=("ticket", "1"), fragment="comment:2", css="ticket", title="Comment 2")
    other = LinkTarget(Ref("comment", "2", None, ticket_ref(7)), fragment="comment:2")
    assert links.refer_comment("comment", "2:ticket:7", here) == other
    assert links.refer_comment("comment", "ticket:7:2", here) == other
    around = links.refer_comment("comment", "description", here.child("comment", "3"))
    assert around and around.title == "Description"
    for bad in ("x", "1:2", "1:wiki:2", "2:ticket:x"):
        assert links.refer_comment("comment", bad, here) is None
    assert links.refer_comment("comment", "2", PAGE) is None


def test_queries() -> None:
    def address(text: str) -> str:
        target = links.refer_query("query", text, PAGE)
        assert target and target.css == "query"
        plain = Href()(*target.path, query=target.pairs)
        return f"{plain}?{target.query}" if target.query else plain

    assert address("status=new|assigned&owner=me") == (
        "/query?owner=me&status=new&status=assigned&order=priority"
    )
    assert address("?status=new&col=id") == "/query?status=new&col=id"
    assert address("?a=b c\u00e9") == "/query?a=b+c%C3%A9"
    bad = links.refer_query("query", "bad", PAGE)
    assert bad and bad.css == "error" and "bad" in bad.title
