"""The examples of the description of the wiki language, through a whole project with its things."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete, insert

from tests.features import sample
from tests.markup import test_examples as engine
from tests.markup.world import INTERMAP, PAGE, World
from trackside.db.schema import attachment, milestone, permission, report, ticket, ticket_change
from trackside.features.report import actions as reports
from trackside.features.wiki import actions as wiki
from trackside.kernel.project import Project
from trackside.kernel.ref import Ref
from trackside.markup.outline import outline
from trackside.markup.render import oneliner, render

REPOSITORIES = {
    name: "links into repositories come with the repositories themselves"
    for name in ("5.7-3", "5.7-4", "5.7-5", "5.7-6")
}
WITH_TICKETS = {"5.3-4", "5.4-3", "5.5-1", "5.5-2", "5.5-3", "5.7-1", "8.4-1"}
WITH_REPORT = {"5.3-4", "5.6-1"}
WITH_MILESTONES = {"5.3-4", "5.6-3"}
ACTORS = {"5.3-3": "anonymous", "5.3-4": "stranger", "5.9-1": "anonymous"}
SOURCES = {**engine.SOURCES, "5.5-3": Ref("ticket", "2")}
EXAMPLES = [
    example
    for file in ("blocks.txt", "inline.txt")
    for example in engine.read(file)
    if example[0] not in REPOSITORIES
]


def fill(project: Project, name: str) -> None:
    if name == "5.3-4":
        with project.database.begin("write") as db:
            db.execute(delete(permission).where(permission.c.username != "ada"))
    with sample.begin(project, "ada") as work:
        for page in engine.WORLDS.get(name, World()).pages:
            wiki.import_page(work, page, "Text.")
        wiki.import_page(work, "InterMapTxt", INTERMAP)
        work.db.execute(delete(report))
        if name in WITH_REPORT:
            reports.create_report(work, "All", "SELECT 1", "")
        if name in WITH_TICKETS:
            things = [(1, "Broken <b>", "new"), (2, "Old one", "closed")]
            rows = [{"id": i, "summary": s, "status": state} for i, s, state in things]
            work.db.execute(insert(ticket), rows)
            said = [{"ticket": 2, "time": n, "field": "comment", "oldvalue": str(n)} for n in (1, 2)]
            work.db.execute(insert(ticket_change), [{**row, "newvalue": "Said."} for row in said])
            files = [("wiki", "WikiStart", "f.txt", "d"), ("ticket", "1", "a b.png", "")]
            names = ("type", "id", "filename", "description")
            work.db.execute(insert(attachment), [dict(zip(names, f, strict=True)) for f in files])
        if name in WITH_MILESTONES:
            named = [("done", 1_700_000_000_000_000), ("m 1", 0), ("m", 0)]
            work.db.execute(insert(milestone), [{"name": n, "completed": c} for n, c in named])


def show(project: Project, name: str, text: str) -> str:
    source = SOURCES.get(name, PAGE)
    with sample.begin(project, ACTORS.get(name, "ada"), "read") as work:
        if name == "9.2-1":
            return outline(work, text, source)
        if name in engine.ON_ONE_LINE:
            return oneliner(work, text, source, shorten=name == "9.1-2")
        return render(work, text, source, keep_newlines=name == "3.2-2")


@pytest.mark.parametrize(("name", "text", "html"), EXAMPLES, ids=[name for name, _, _ in EXAMPLES])
def test_it_works(name: str, text: str, html: str, tmp_path: Path) -> None:
    project = sample.make(tmp_path / "env", engine.INI.get(name, ""))
    fill(project, name)
    shown = show(project, name, text).strip("\n")
    project.database.close()
    if "\n" not in html and not html.startswith("<p>"):
        shown = shown.removeprefix("<p>\n").removesuffix("\n</p>")
    engine.check(name, shown, html.strip("\n"))
