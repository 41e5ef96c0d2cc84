"""The examples of the description of the wiki language, rendered literally as they stand there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.markup.world import PAGE, World, make_work
from trackside.kernel.ref import Ref
from trackside.kernel.work import Work
from trackside.markup.outline import outline
from trackside.markup.render import oneliner, render

FOLDER = Path(__file__).parent / "examples"
TICKETS = {"1": ("Broken <b>", "new"), "2": ("Old one", "closed")}
DOCS = ("WikiStart", "Proj", "Proj/Docs", "Proj/Docs/Intro", "Proj/Docs/Setup", "Proj/Docs/Setup/Linux")
INTERTRAC = """[intertrac]
other.url = https://other.test/trac
other.title = Other
o = other
rel.url = /local/proj
w = wiki
"""

# Links that features resolve, beyond what the engine does: tests/features/test_wiki_examples.py tries these.
OF_FEATURES = {
    "5.3-3": "milestones",
    "5.3-4": "permissions of pages, reports and comments",
    "5.5-2": "comments",
    "5.5-3": "comments",
    "5.6-1": "reports",
    "5.6-2": "queries",
    "5.6-3": "milestones",
    "5.7-2": "search and timeline",
    "5.7-3": "repositories",
    "5.7-4": "repositories",
    "5.7-5": "repositories",
    "5.7-6": "repositories",
}
# What is rendered otherwise on purpose.
OTHERWISE: dict[str, tuple[str, str]] = {}
WORLDS = {
    "5.3-1": World((*DOCS, "Proj/Other", "Top")),
    "5.3-2": World((*DOCS, "Proj/Other", "Top")),
    "5.3-8": World(splits=True),
    "5.4-3": World(tickets=TICKETS),
    "5.5-1": World(tickets=TICKETS),
    "8.4-2": World(("WikiStart", "Top")),
}
INI = {
    "5.3-8": "[wiki]\nsplit_page_names = on\n",
    "5.3-9": "[wiki]\nignore_missing_pages = on\n",
    "5.8-3": "[wiki]\nrender_unsafe_content = on\n",
    "5.10-1": INTERTRAC,
    "5.10-2": INTERTRAC,
}
SOURCES = {
    "5.3-1": Ref("wiki", "Proj/Docs/Intro"),
    "5.3-2": Ref("wiki", "Proj/Docs/Intro"),
    "5.4-3": Ref("ticket", "1"),
}
DENIED = {"5.9-1": ("EMAIL_VIEW",)}
ON_ONE_LINE = ("9.1-1", "9.1-2")


def read(name: str) -> list[tuple[str, str, str]]:
    examples = []
    for part in (FOLDER / name).read_text().split("@@@@ ")[1:]:
        head, _, rest = part.partition("\n")
        text, _, html = rest.partition("\n----\n")
        examples.append((head, text, html.removesuffix("\n")))
    return examples


def of_engine(name: str) -> list[tuple[str, str, str]]:
    return [example for example in read(name) if example[0] not in OF_FEATURES]


def work_for(name: str) -> Work:
    return make_work(WORLDS.get(name, World()), INI.get(name, ""), DENIED.get(name, ()))


def expected(html: str) -> str:
    """A regular expression: what stands in ‹› is of our own wording."""
    html = html.replace("&#8203;", "\u200b").replace("⏎", "\n")
    return re.sub("‹.*?›", lambda _: ".*?", re.escape(html))


def check(name: str, shown: str, html: str) -> None:
    if name in OTHERWISE:
        html = OTHERWISE[name][1]
    assert re.fullmatch(expected(html), shown), f"\n{shown}\nis not\n{html}"


@pytest.mark.parametrize(("name", "text", "html"), of_engine("blocks.txt"), ids=lambda v: v[:8])
def test_it_works(name: str, text: str, html: str) -> None:
    source = SOURCES.get(name, PAGE)
    if name == "9.2-1":
        shown = outline(work_for(name), text, source)
    elif name in ON_ONE_LINE:
        shown = oneliner(work_for(name), text, source, shorten=name == "9.1-2")
    else:
        shown = render(work_for(name), text, source, keep_newlines=name == "3.2-2")
    check(name, shown.strip("\n"), html.strip("\n"))


@pytest.mark.parametrize(("name", "text", "html"), of_engine("inline.txt"), ids=lambda v: v[:8])
def test_inline(name: str, text: str, html: str) -> None:
    shown = render(work_for(name), text, SOURCES.get(name, PAGE)).removesuffix("\n")
    if "⏎" not in html:
        shown = shown.removeprefix("<p>\n").removesuffix("\n</p>")
    check(name, shown, html)
