"""Macros: how they are called, where their results go, and that their failures stay theirs."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from tests.markup.world import PAGE, World, make_work
from trackside.kernel.errors import Invalid
from trackside.kernel.feature import Macro, MacroCall
from trackside.kernel.work import Work
from trackside.markup.arguments import split_arguments
from trackside.markup.render import oneliner, render
from trackside.markup.syntax import Syntax


def echo(work: Work, call: MacroCall) -> str:
    named = ";".join(f"{name}={value}" for name, value in sorted(call.parameters.items()))
    return f"{call.name}|{call.text}|{','.join(call.arguments)}|{named}|{call.source}"


def nested(work: Work, call: MacroCall) -> str:
    return call.render(call.text or "", "oneliner" if call.is_inline else "html")


def box(work: Work, call: MacroCall) -> str:
    return Markup("<div>box</div>")


def refuse(work: Work, call: MacroCall) -> str:
    raise Invalid("“%(name)s” is no colour.", name=call.text or "")


def again(work: Work, call: MacroCall) -> str:
    return call.render("[[Again]]")


def silent(work: Work, call: MacroCall) -> None:
    return None


def work_with_macros() -> Work:
    work = make_work(World())
    macros = (
        Macro("Echo", echo, "Says what it was given.", is_block=False),
        Macro("Nested", nested, "Renders its text."),
        Macro("Box", box, "A box."),
        Macro("Refuse", refuse, "Refuses."),
        Macro("Again", again, "Calls itself."),
        Macro("Silent", silent, "Nothing."),
    )
    syntax = work.project.part(Syntax)
    object.__setattr__(syntax, "macros", {**syntax.macros, **{m.name: m for m in macros}})
    return work


def shown(text: str) -> str:
    return str(render(work_with_macros(), text, PAGE)).removeprefix("<p>\n").removesuffix("\n</p>\n")


def test_it_works() -> None:
    assert shown("[[Echo(a,b=1, cc=2 ,d\\,e)]]") == ("Echo|a,b=1, cc=2 ,d\\,e|a,b=1,d,e|cc=2 |wiki:WikiStart")


def test_arguments() -> None:
    assert split_arguments("a, b , cc = d,e=f") == (("a", " b ", "e=f"), {"cc": " d"})
    assert split_arguments("a,b!=c=d, e=f", is_strict=False) == (("a",), {"b!": "c=d", "e": "f"})
    assert split_arguments(None) == ((), {})
    assert split_arguments("a\\,b") == (("a,b",), {})


def test_what_a_macro_gives_as_text_is_escaped() -> None:
    assert shown("[[Echo(<b>)]]") == "Echo|&lt;b&gt;|&lt;b&gt;||wiki:WikiStart"


def test_no_parentheses_are_no_text() -> None:
    assert shown("[[Echo]]").startswith("Echo|None|")
    assert shown("[[Echo()]]").startswith("Echo|||")


def test_as_a_block_it_gets_body_and_parameters() -> None:
    assert shown("{{{#!Echo a=1 -b c\nbody\n}}}") == "Echo|body\n||a=1;b=False;c=True|wiki:WikiStart"


def test_a_block_splits_the_paragraph_and_its_styles() -> None:
    assert shown("''a [[Box]] b''") == "<em>a </em></p><div>box</div><p><em> b</em>"
    assert render(work_with_macros(), " * a [[Box]] b", PAGE) == "<ul><li>a <div>box</div> b\n</li></ul>"


def test_nothing_is_nothing() -> None:
    assert shown("a[[Silent]]b") == "ab"


def test_on_one_line_only_inline_ones_run() -> None:
    work = work_with_macros()
    assert oneliner(work, "[[Box(x)]] [[Box]] [[Echo]]", PAGE) == (
        "[[Box(...)]] [[Box]] Echo|None|||wiki:WikiStart"
    )


def test_some_say_that_they_fit_on_one_line() -> None:
    work = work_with_macros()
    assert oneliner(work, "[[Image(f.txt, inline)]]", PAGE).startswith("<a href=")
    assert oneliner(work, "[[Image(f.txt)]]", PAGE) == "[[Image(...)]]"


def test_it_renders_wiki_text_in_the_same_place() -> None:
    assert 'href="/wiki/WikiStart/Sub"' in shown("[[Nested([./Sub])]]")


def test_a_refusal_is_told() -> None:
    assert shown("[[Refuse(<x>)]]") == (
        '</p><div class="system-message"><strong>[[Refuse(&lt;x&gt;)]] could not be shown.</strong>'
        "<pre>“&lt;x&gt;” is no colour.</pre></div><p>"
    )


def test_one_that_calls_itself_ends() -> None:
    assert shown("[[Again]]").count("Again") < 5


def test_there_are_at_most_a_hundred_on_a_page() -> None:
    html = shown("[[Echo]]\n" * 150)
    assert html.count("Echo|") == 100
    assert html.count("system-message") == 1


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[[span(''a'', b, class=c)]]", '<span class="c"><em>a</em>, b</span>'),
        ("[[comment(a)]]", ""),
        ("[[html(<b>x</b>)]]", "<b>x</b>"),
        ("[[div(x)]]", '</p><div class="wikipage"><p>\nx\n</p>\n</div><p>'),
        ("[[python(x=1)]]", None),
        ("[[Unknown(1)]]", None),
        ("[[Echo?]]", None),
    ],
)
def test_processors_between_brackets(text: str, html: str | None) -> None:
    found = shown(text)
    if html is not None:
        assert found == html
    elif "python" in text:
        assert found.startswith('<span class="code-block"><div class="code"><pre>')
    elif "?" in text:
        assert "Says what it was given." in found
    else:
        assert 'class="missing wiki"' in found


def test_lists_of_what_is_known() -> None:
    ini = "[intertrac]\nother.url = http://o.test\no = other\n[interwiki]\npep = http://p.test/ Proposals\n"
    work = make_work(ini=ini)
    assert "<strong>o</strong>" in render(work, "[[InterTrac]]", PAGE)
    assert '<a href="http://p.test/">Proposals</a>' in render(work, "[[InterWiki]]", PAGE)
    assert "<code>text/x-python3</code>" in render(work, "[[KnownMimeTypes(text/x-py*)]]", PAGE)
    html = render(work, "[[TracIni(wiki,safe)]]", PAGE)
    assert 'id="wiki-safe_schemes-option"' in html
    assert "split_page_names" not in html
    assert '<h3 id="Image-macro">' in render(work, "[[MacroList(Im)]]", PAGE)
    guide = render(work, "[[TracGuideToc]]", PAGE)
    assert guide.count('class="missing"') == 24
