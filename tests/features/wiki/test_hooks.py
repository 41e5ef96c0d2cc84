"""Macros, link states, the InterWiki map and read-only pages, through rendered text."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.features import sample
from tests.features.sample import NOW
from trackside.features.wiki import actions
from trackside.features.wiki.model import (
    WIKI_ADMIN,
    WIKI_CHANGE_READONLY,
    WIKI_DELETE,
    WIKI_MODIFY,
    PageChange,
    page_ref,
)
from trackside.kernel.project import Project
from trackside.kernel.ref import Ref
from trackside.markup.render import render


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = sample.make(tmp_path / "env")
    for day, name in enumerate(("WikiStart", "Docs", "Docs/One", "Docs/Two")):
        with sample.begin(made, "ada", now=NOW + timedelta(days=day)) as work:
            actions.change_page(work, name, PageChange("x", "", 0))
    with sample.begin(made, "ada", now=NOW + timedelta(days=9)) as work:
        actions.change_page(work, "Docs", PageChange("y", "", 1))
    return made


def shown(project: Project, text: str, actor: str = "dan", page: str = "WikiStart") -> str:
    with sample.begin(project, actor, "read") as work:
        return " ".join(str(render(work, text, Ref("wiki", page))).split())


def test_it_works(project: Project) -> None:
    assert shown(project, "[[TitleIndex( Docs/, hideprefix)]]") == (
        '<p> </p><div class="titleindex"><ul><li><a href="/wiki/Docs/One">One</a></li>'
        '<li><a href="/wiki/Docs/Two">Two</a></li></ul></div><p> </p>'
    )


def test_title_index(project: Project) -> None:
    assert "WikiStart" not in shown(project, "[[TitleIndex(./)]]", page="Docs")
    assert shown(project, "[[TitleIndex(include=,exclude=)]]").count("<li>") == 4
    assert shown(project, "[[TitleIndex(include=*/*:W*,exclude=*Two)]]").count("<li>") == 2
    assert shown(project, "[[TitleIndex(depth=0)]]").count("<li>") == 2
    assert "/wiki/Docs/One" in shown(project, "[[TitleIndex(./)]]", page="Docs")
    assert "</ul></li>" in shown(project, "[[TitleIndex(format=hierarchy)]]")
    assert 'class="system-message"' in shown(project, "[[TitleIndex(depth=x)]]")
    assert shown(project, "[[TitleIndex(<b>)]]").count("<li>") == 0


def test_recent_changes(project: Project) -> None:
    text = shown(project, "[[RecentChanges]]")
    assert text.index("/wiki/Docs?action=diff&amp;version=2") < text.index("/wiki/Docs/Two")
    assert text.count("<h3") == 4 and text.count("<li>") == 4
    assert shown(project, "[[RecentChanges(Docs,1,group=none)]]").count("<li>") == 1
    assert "/wiki/Docs" not in shown(project, "[[RecentChanges(W%_)]]")


def test_what_may_not_be_seen_is_not_listed(project: Project) -> None:
    with sample.begin(project, "ada") as work:
        work.db.exec_driver_sql("DELETE FROM permission WHERE action = 'WIKI_VIEW'")
    project.cache.clear()
    for macro in ("TitleIndex", "RecentChanges", "TitleIndex(format=group)"):
        assert "Docs" not in shown(project, f"[[{macro}]]", "anonymous")
    assert 'class="forbidden wiki"' in shown(project, "[wiki:Docs d]", "anonymous")


def test_states_of_links(project: Project) -> None:
    assert shown(project, "NoSuch") == (
        '<p> <a class="missing wiki" href="/wiki/NoSuch" rel="nofollow">NoSuch</a> </p>'
    )
    assert shown(project, "NoSuch", "anonymous") == '<p> <a class="missing wiki">NoSuch</a> </p>'
    assert 'href="/wiki/Docs/Two"' in shown(project, "[wiki:Two]", page="Docs/One")
    assert 'href="/wiki/Docs?version=1#x"' in shown(project, "wiki:Docs@1#x")
    assert '?version=a%26b"' in shown(project, '[wiki:"Docs@a&b" x]')


def test_names_are_fresh_in_the_same_work(project: Project) -> None:
    with sample.begin(project, "ada") as work:
        actions.change_page(work, "FreshPage", PageChange("x", "", 0))
        assert "missing" not in str(render(work, "FreshPage", Ref("wiki", "WikiStart")))
    assert "missing" not in shown(project, "FreshPage")


def test_intermap(project: Project) -> None:
    assert "ext-link" not in shown(project, "pep:8")
    text = "text\n----\npep https://peps.example/$1/ # PEP $1\njs javascript:alert(1)\n----\nno https://x/\n"
    with sample.begin(project, "ada") as work:
        actions.change_page(work, "InterMapTxt", PageChange(text, "", 0))
    assert 'class="ext-link" href="https://peps.example/8/" title="PEP 8"' in shown(project, "PEP:8")
    assert "href" not in shown(project, "no:1 js:1")


def test_read_only(project: Project) -> None:
    with sample.begin(project, "ada") as work:
        actions.change_page(work, "Docs", PageChange("y", "", 2, is_readonly=True))
    with sample.begin(project, "dan", "read") as work:
        for permission in (WIKI_MODIFY, WIKI_DELETE, WIKI_CHANGE_READONLY, WIKI_ADMIN):
            assert not work.access.allows(permission, page_ref("Docs"))
        assert work.access.allows(WIKI_MODIFY, page_ref("Docs/One"))
        assert work.access.explain(WIKI_MODIFY, page_ref("Docs")) == "DefaultWikiPolicy: no"
    with sample.begin(project, "ada", "read") as work:
        assert work.access.allows(WIKI_MODIFY, page_ref("Docs"))
        assert work.access.allows(WIKI_CHANGE_READONLY, page_ref("Docs"))


def test_the_older_name_of_the_policy(tmp_path: Path) -> None:
    project = sample.make(
        tmp_path / "env",
        "[trac]\npermission_policies = ReadonlyWikiPolicy, DefaultPermissionPolicy, LegacyAttachmentPolicy\n",
    )
    with sample.begin(project, "ada") as work:
        actions.change_page(work, "Docs", PageChange("y", "", 0, is_readonly=True))
    with sample.begin(project, "dan", "read") as work:
        assert work.access.explain(WIKI_MODIFY, page_ref("Docs")) == "ReadonlyWikiPolicy: no"


def test_time_never_runs_back(project: Project) -> None:
    with sample.begin(project, "ada", now=NOW) as work:
        actions.change_page(work, "Docs", PageChange("z", "", 2))
    times = [t for (t,) in sample.rows(project, "SELECT time FROM wiki WHERE name='Docs' ORDER BY version")]
    assert times == sorted(times)
