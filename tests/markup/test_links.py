"""Where links lead: addresses, prefixes of other sites, things, and what stays text."""

from __future__ import annotations

import pytest

from tests.markup.world import PAGE, World, make_work
from trackside.kernel.feature import LinkScheme, LinkTarget
from trackside.kernel.ref import Ref
from trackside.markup.interwiki import InterWiki, read_intermap, read_section
from trackside.markup.links import Resolved
from trackside.markup.render import first_link, oneliner
from trackside.markup.syntax import Syntax

TICKETS = {"1": ("Broken", "new")}


def shown(text: str, ini: str = "", denied: tuple[str, ...] = (), source: Ref = PAGE) -> str:
    return str(oneliner(make_work(World(tickets=TICKETS), ini, denied), text, source))


def test_it_works() -> None:
    assert shown("see #1") == 'see <a class="new ticket" href="/ticket/1" title="#1: Broken (new)">#1</a>'


@pytest.mark.parametrize(
    "text",
    [
        "nosuch:thing",
        "[nosuch:thing label]",
        "[[nosuch:thing|label]]",
        "javascript:alert(1)",
        "a:b",
        "foo://x",
    ],
)
def test_what_is_no_link_is_shown_as_it_was_typed(text: str) -> None:
    assert shown(text) == text


def test_quotes_in_what_stays_text_are_escaped() -> None:
    assert shown('nosuch:"a<b"') == "nosuch:&#34;a&lt;b&#34;"


def test_addresses_of_this_very_site_are_not_marked_as_external() -> None:
    ini = "[project]\nurl = https://here.test/trac\n"
    assert (
        shown("https://here.test/trac/x", ini)
        == '<a href="https://here.test/trac/x">https://here.test/trac/x</a>'
    )
    assert 'class="ext-link"' in shown("https://here.test/tracker", ini)


def test_safe_schemes_can_be_chosen() -> None:
    assert "<a" in shown("gopher://x", "[wiki]\nsafe_schemes = gopher\n")
    assert shown("https://x", "[wiki]\nsafe_schemes = gopher\n") == "https://x"


def test_addresses_of_people_are_hidden() -> None:
    denied = ("EMAIL_VIEW",)
    assert shown("joe@x.test", denied=denied) == "joe@…"
    assert "mailto:joe@x.test" in shown("joe@x.test", "[trac]\nshow_email_addresses = on\n", denied)
    kept = "[trac]\nnever_obfuscate_mailto = on\n"
    assert "mailto:joe@x.test" in shown("[mailto:joe@x.test Joe]", kept, denied)
    assert shown("joe@x.test", kept, denied) == "joe@…"


def test_relative_links_on_a_ticket() -> None:
    ticket = Ref("ticket", "1")
    assert 'href="/ticket/1#comment:2"' in shown("[#comment:2 there]", source=ticket)
    assert shown("[..]", source=ticket) == '<a href="/ticket">..</a>'


def test_the_map_of_a_page() -> None:
    entries = read_intermap(
        "x http://no.test/\n----\na  http://a.test/$1/$2  # A $2\nb http://b.test/\n#c d\n----\nz q\n"
    )
    assert set(entries) == {"A", "B"}
    assert entries["A"].expand("x:y:z?q=1#f") == ("http://a.test/x/y:z?q=1#f", "A y:z")
    assert entries["B"].expand("x") == ("http://b.test/x", "x in b")


def test_the_map_of_trac_ini() -> None:
    assert read_section({"pep": "http://p.test/$1 Proposal $1", "empty": ""}) == {
        "PEP": InterWiki("pep", "http://p.test/$1", "Proposal $1")
    }


def test_a_prefix_never_leads_to_an_unsafe_address() -> None:
    assert shown("bad:x", "[interwiki]\nbad = javascript:alert(1)// Bad\n") == "bad:x"


def test_trac_ini_overrules_the_page() -> None:
    assert 'href="http://own.test/8"' in shown("pep:8", "[interwiki]\npep = http://own.test/\n")


def test_the_first_link_of_a_text() -> None:
    work = make_work(World(tickets=TICKETS))
    assert first_link(work, "#1", PAGE) == Resolved("#1", "/ticket/1", "new ticket", "#1: Broken (new)")
    assert first_link(work, "see #1", PAGE) is None
    assert first_link(work, "#99", PAGE) is None


def test_a_scheme_that_fails_leaves_text() -> None:
    def refer(name: str, target: str, source: Ref) -> LinkTarget | None:
        raise ValueError(target)

    work = make_work()
    schemes = dict(work.project.part(Syntax).schemes)
    schemes["odd"] = LinkScheme(("odd",), refer)
    syntax = make_work().project.part(Syntax)
    object.__setattr__(syntax, "schemes", schemes)
    object.__setattr__(work.project, "parts", {**work.project.parts, Syntax: syntax})
    assert oneliner(work, "an odd:one", PAGE) == "an odd:one"


def test_an_unknown_prefix_in_a_shorthand_stays_text() -> None:
    assert shown("#nope12 {nope 3} [nope 5] !#nope12") == "#nope12 {nope 3} [nope 5] #nope12"


def test_numbers_of_revisions_are_text_where_there_are_no_repositories() -> None:
    assert shown("[12] r12 ![12] !r12 a[0]") == "[12] r12 [12] r12 a[0]"
