"""Wiki pages in a browser, from the seats of a guest, a member and an administrator."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.features import sample
from tests.features.sample import Browser
from trackside.features.wiki import actions
from trackside.features.wiki.model import PageChange
from trackside.kernel.project import Project

LONG = "\r\n".join(f"== Part {n} ==\r\n" + "words " * 60 for n in range(12))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = sample.make(tmp_path / "env")
    with sample.begin(made, "ada") as work:
        actions.change_page(work, "WikiStart", PageChange("= Home =\r\nSee FooBar, [wiki:Docs].\r\n", "", 0))
        actions.change_page(work, "Docs", PageChange("one\r\ntwo\r\nthree", "first", 0))
    with sample.begin(made, "dan") as work:
        actions.change_page(work, "Docs", PageChange("one\r\ntwo words\r\nthree", "second", 1))
        actions.change_page(work, "Docs/Sub/Deep", PageChange(LONG, "", 0))
    return made


@pytest.fixture
def guest(project: Project) -> Browser:
    return Browser(project)


@pytest.fixture
def dan(project: Project) -> Browser:
    return Browser(project, "dan")


@pytest.fixture
def ada(project: Project) -> Browser:
    return Browser(project, "ada")


def test_it_works(guest: Browser) -> None:
    page = guest.get("/wiki")
    assert page.status_code == 200
    assert ">Home</h1>" in page.text
    assert '<a class="missing wiki">FooBar</a>' in page.text
    assert '<a class="wiki" href="/wiki/Docs">' in page.text
    assert "action=edit" not in page.text


def test_statements_of_a_guest_page(project: Project) -> None:
    with sample.counted(project) as statements:
        assert Browser(project).get("/wiki/Docs").status_code == 200
    assert len(statements) <= 8, statements


def test_missing_page(guest: Browser, dan: Browser) -> None:
    assert guest.get("/wiki/NoSuch").status_code == 404
    invitation = dan.get("/wiki/Do")
    assert invitation.status_code == 200
    assert (
        'href="/wiki/Do?action=edit"' in invitation.text and 'href="/wiki/Docs/Sub/Deep"' in invitation.text
    )
    assert dan.get("/wiki/Docs?version=9").status_code == 404


def test_old_version(guest: Browser) -> None:
    page = guest.get("/wiki/Docs?version=1")
    assert "two words" not in page.text and "Version 1 of 2" in page.text
    assert 'name="robots" content="noindex' in page.text
    assert guest.get("/wiki/Docs?version=").status_code == 200
    assert guest.get("/wiki/Docs?version=x").status_code == 400


def test_contents_beside_a_long_page(guest: Browser) -> None:
    page = guest.get("/wiki/Docs/Sub/Deep").text
    assert 'class="contents"' in page and page.count('href="#Part3"') == 1
    assert 'class="contents"' not in guest.get("/wiki/Docs").text
    assert 'href="/wiki/Docs/Sub"' in page, "the way up"


def test_plain_text(guest: Browser) -> None:
    answer = guest.get("/wiki/Docs?format=txt")
    assert answer.data == b"one\r\ntwo words\r\nthree"
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert guest.get("/wiki/Docs/Sub/Deep?format=text/plain").headers["Content-Disposition"] == (
        "attachment; filename=Docs%2FSub%2FDeep.txt"
    )


@pytest.mark.parametrize("name", ["a/../b", "..", "./x", "a%0Ab", "x" * 501])
def test_names_that_cannot_be(dan: Browser, name: str) -> None:
    assert dan.get(f"/wiki/{name}").status_code in (302, 400, 404)
    assert dan.get(f"/wiki/{name}?action=edit").status_code in (302, 400, 404)


def test_slashes_are_cleaned(guest: Browser) -> None:
    answer = guest.get("/wiki//Docs//Sub/Deep/")
    assert answer.status_code in (301, 302) and answer.headers["Location"] == "/wiki/Docs/Sub/Deep"


def test_save_as_sent(project: Project, dan: Browser) -> None:
    text = "\r\n  a\tb \r\n\U0001f600 <b>&amp;\r\n\r\n"
    answer = dan.post("/wiki/Neu/Ä ö", action="edit", text=text, version="0", comment="<new>")
    assert answer.status_code == 303 and answer.headers["Location"] == "/wiki/Neu/%C3%84%20%C3%B6"
    assert sample.rows(
        project, "SELECT version, author, text, comment FROM wiki WHERE name LIKE 'Neu/%'"
    ) == [(1, "dan", text, "<new>")]
    page = dan.get("/wiki/Neu/%C3%84%20%C3%B6").text
    assert "The page is saved as version 1." in page and "&lt;b&gt;" in page
    editor = dan.get("/wiki/Neu/%C3%84%20%C3%B6?action=edit").text
    assert "<textarea" in editor and "&lt;b&gt;&amp;amp;" in editor


def test_guest_may_not_edit(guest: Browser, project: Project) -> None:
    assert guest.get("/wiki/Docs?action=edit").status_code == 403
    refused = guest.post("/wiki/Docs", action="edit", text="mine, all mine", version="2")
    assert refused.status_code == 403 and "mine, all mine" in refused.text
    assert sample.rows(project, "SELECT max(version) FROM wiki WHERE name='Docs'") == [(2,)]


def test_preview_and_review_store_nothing(dan: Browser, project: Project) -> None:
    sent = {"action": "edit", "text": "one\r\n''tilted''\r\nthree", "version": "2", "comment": "c"}
    preview = dan.post("/wiki/Docs", **sent, preview="1").text
    assert "<em>tilted</em>" in preview and 'value="c"' in preview and "&#39;&#39;tilted" in preview
    review = dan.post("/wiki/Docs", **sent, diff="1").text
    assert "<ins>" in review and "<del>" in review and "<em>tilted" not in review
    assert sample.rows(project, "SELECT max(version) FROM wiki WHERE name='Docs'") == [(2,)]


def test_a_collision_shows_both_sides(dan: Browser, project: Project) -> None:
    answer = dan.post("/wiki/Docs", action="edit", text="one\r\nZWEI\r\nthree", version="1", comment="z")
    assert answer.status_code == 409
    assert "ZWEI" in answer.text and "two words" in answer.text and 'name="version" value="2"' in answer.text
    assert "You both changed the same lines" in answer.text and 'value="z"' in answer.text
    assert sample.rows(project, "SELECT max(version) FROM wiki WHERE name='Docs'") == [(2,)]


def test_a_collision_of_distant_changes_is_merged(dan: Browser) -> None:
    answer = dan.post("/wiki/Docs", action="edit", text="one\r\ntwo\r\nTHREE", version="1")
    assert answer.status_code == 409
    shown = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", answer.text, re.S)
    assert shown is not None and shown[1].split() == ["one", "two", "words", "THREE"]
    assert "Both changes could be put together" in answer.text


@pytest.mark.parametrize("version", ["", "7", "-1"])
def test_a_base_that_is_none_collides(dan: Browser, version: str) -> None:
    answer = dan.post("/wiki/Docs", action="edit", text="x", version=version)
    assert answer.status_code == 409 and ">\nx</textarea>" in answer.text


def test_unchanged_text(dan: Browser, project: Project) -> None:
    answer = dan.post("/wiki/Docs", action="edit", text="one\r\ntwo words\r\nthree", version="2")
    assert answer.status_code == 400 and "Nothing was stored" in answer.text
    assert sample.rows(project, "SELECT max(version) FROM wiki WHERE name='Docs'") == [(2,)]


def test_too_long_a_text_is_kept(tmp_path: Path) -> None:
    project = sample.make(tmp_path / "env", "[wiki]\nmax_size = 5\n")
    answer = Browser(project, "dan").post("/wiki/Big", action="edit", text="sixsix", version="0")
    assert answer.status_code == 400 and "sixsix" in answer.text and "too long" in answer.text


def test_a_form_sent_twice_counts_once(dan: Browser, project: Project) -> None:
    hidden = dict(sample._INPUT.findall(dan.get("/wiki/Docs?action=edit").text))
    sent = {**hidden, "action": "edit", "text": "again", "version": "2"}
    assert [dan.send("/wiki/Docs", dict(sent)).status_code for _ in range(3)] == [303, 303, 303]
    assert sample.rows(project, "SELECT max(version) FROM wiki WHERE name='Docs'") == [(3,)]


def test_reverting(dan: Browser) -> None:
    editor = dan.get("/wiki/Docs?action=edit&version=1").text
    assert "two words" not in editor and "Reverted to version 1." in editor
    assert 'name="version" value="2"' in editor


def test_template_of_a_new_page(dan: Browser, ada: Browser) -> None:
    ada.post("/wiki/PageTemplates/Minutes", action="edit", text="== Present ==", version="0")
    assert "== Present ==" in dan.get("/wiki/New?action=edit&template=Minutes").text
    assert "two words" in dan.get("/wiki/New?action=edit&template=/Docs").text
    assert 'value="PageTemplates/' not in dan.get("/wiki/New?action=edit&template=None").text
    assert "Minutes" in dan.get("/wiki/New").text


def test_history_and_diff(guest: Browser, project: Project) -> None:
    history = guest.get("/wiki/Docs?action=history").text
    assert history.index(">second<") < history.index(">first<")
    diff = guest.get("/wiki/Docs?action=diff&version=2").text
    assert "<b> words</b>" in diff and "edit_comment" not in history
    assert "<ins>" in guest.get("/wiki/Docs?action=diff&version=1").text
    assert guest.get("/wiki/NoSuch?action=history").status_code == 404
    assert guest.get("/wiki/NoSuch?action=diff").status_code == 404
    assert guest.get("/wiki/Docs?action=diff&version=2&old_version=9").status_code == 404
    turned = guest.get("/wiki/Docs?action=diff&version=1&old_version=2").text
    assert "Version 1 to 2" in turned


def test_how_to_compare_is_remembered(guest: Browser) -> None:
    answer = guest.post(
        "/wiki/Docs", action="diff", style="sidebyside", version="2", old_version="1", contextall="1"
    )
    assert answer.headers["Location"] == "/wiki/Docs?action=diff&contextall=1&old_version=1&version=2"
    assert "sidebyside" in guest.get(answer.headers["Location"]).text
    assert 'class="diff sidebyside"' in guest.get("/wiki/Docs?action=diff").text
    assert 'class="diff sidebyside"' not in guest.get("/wiki/Docs?action=diff&style=inline").text
    guest.post("/wiki/Docs", action="diff", ignorewhitespace="on", contextlines="99999", version="2")
    assert 'name="ignorewhitespace" checked' in guest.get("/wiki/Docs?action=diff").text


def test_read_only_pages(ada: Browser, dan: Browser, project: Project) -> None:
    assert 'name="readonly"' not in dan.get("/wiki/Docs?action=edit").text
    sent = {"action": "edit", "text": "one\r\ntwo words\r\nthree", "version": "2", "readonly_shown": "1"}
    assert ada.post("/wiki/Docs", **sent, readonly="on").status_code == 303
    assert sample.rows(project, "SELECT DISTINCT readonly FROM wiki WHERE name='Docs'") == [(1,)]
    assert dan.get("/wiki/Docs?action=edit").status_code == 403
    assert dan.post("/wiki/Docs", **sent).status_code == 403
    assert "read-only" in dan.get("/wiki/Docs").text
    assert ada.post("/wiki/Docs", **{**sent, "text": "new"}, readonly="on").status_code == 303
    assert sample.rows(project, "SELECT readonly FROM wiki WHERE name='Docs' AND version=3") == [(1,)]


def test_nobody_else_sets_the_mark(dan: Browser, project: Project) -> None:
    sent = {"action": "edit", "text": "x", "version": "2", "readonly_shown": "1", "readonly": "on"}
    assert dan.post("/wiki/Docs", **sent).status_code == 303
    assert sample.rows(project, "SELECT sum(readonly) FROM wiki WHERE name='Docs'") == [(0,)]


def test_delete(ada: Browser, dan: Browser, project: Project) -> None:
    assert dan.get("/wiki/Docs?action=delete").status_code == 403
    assert dan.post("/wiki/Docs", action="delete").status_code == 403
    assert "2 versions" in ada.get("/wiki/Docs?action=delete").text
    assert ada.post("/wiki/Docs", action="delete", cancel="1").headers["Location"] == "/wiki/Docs"
    one = ada.post("/wiki/Docs", action="delete", version="2")
    assert one.headers["Location"] == "/wiki/Docs"
    assert sample.rows(project, "SELECT version FROM wiki WHERE name='Docs'") == [(1,)]
    assert ada.post("/wiki/Docs", action="delete", version="5").status_code == 404
    assert ada.post("/wiki/Docs", action="delete").headers["Location"] == "/wiki"
    assert Browser(project).get("/wiki/Docs").status_code == 404


def test_delete_a_range(ada: Browser, dan: Browser, project: Project) -> None:
    for version in (2, 3, 4):
        dan.post("/wiki/Docs", action="edit", text=f"text {version}", version=str(version))
    ada.post("/wiki/Docs", action="delete", version="4", old_version="2")
    assert sample.rows(project, "SELECT version FROM wiki WHERE name='Docs'") == [(1,), (2,), (5,)]


def test_rename(ada: Browser, dan: Browser, project: Project) -> None:
    assert dan.get("/wiki/Docs?action=rename").status_code == 403
    assert ada.post("/wiki/Docs", action="rename", new_name="Docs").status_code == 400
    for wrong in ("", "WikiStart", "a/../b"):
        refused = ada.post("/wiki/Docs", action="rename", new_name=wrong)
        assert refused.status_code == 400 and f'name="new_name" value="{wrong}"' in refused.text
    answer = ada.post("/wiki/Docs", action="rename", new_name="/Guide//Start/")
    assert answer.headers["Location"] == "/wiki/Guide/Start"
    assert sample.rows(project, "SELECT count(*) FROM wiki WHERE name='Guide/Start'") == [(2,)]
    assert Browser(project).get("/wiki/Docs").status_code == 404


def test_rename_with_a_pointer(ada: Browser, project: Project) -> None:
    answer = ada.post("/wiki/Docs", action="rename", new_name="Guide", redirect="on")
    assert answer.headers["Location"] == "/wiki/Docs"
    assert sample.rows(project, "SELECT version, text, comment FROM wiki WHERE name='Docs'") == [
        (1, 'See [wiki:"Guide"].', '[wiki:"Guide@2" Docs] \u2192 [wiki:"Guide"].')
    ]
    assert '<a class="wiki" href="/wiki/Guide">Guide</a>' in ada.get("/wiki/Docs").text


def test_comment_of_a_version(ada: Browser, dan: Browser, project: Project) -> None:
    assert dan.post("/wiki/Docs", action="edit_comment", version="1", new_comment="x").status_code == 403
    assert "action=edit_comment&amp;version=1" in ada.get("/wiki/Docs?action=history").text
    assert 'value="first"' in ada.get("/wiki/Docs?action=edit_comment&version=1").text
    answer = ada.post("/wiki/Docs", action="edit_comment", version="1", new_comment="1st", redirect_to="diff")
    assert answer.headers["Location"] == "/wiki/Docs?action=diff&old_version=0&version=1"
    assert sample.rows(project, "SELECT comment FROM wiki WHERE name='Docs' ORDER BY version") == [
        ("1st",),
        ("second",),
    ]
    assert ada.post("/wiki/Docs", action="edit_comment", version="9", new_comment="").status_code == 404


def test_unknown_action(dan: Browser) -> None:
    assert dan.post("/wiki/Docs", action="explode").status_code == 404
    assert dan.get("/wiki/Docs?action=explode").status_code == 200


def test_live_preview(dan: Browser, guest: Browser) -> None:
    answer = dan.post("/wiki_render", text="'''b''' <script>", realm="wiki", id="Docs")
    assert "<strong>b</strong> &lt;script&gt;" in answer.text


def test_timeline_and_search(guest: Browser) -> None:
    with_wiki = guest.get("/timeline?wiki=on&from=11/22/26&daysback=30").text
    assert "Docs" in with_wiki and "action=diff" in with_wiki
    found = guest.get("/search?q=two+words&wiki=on").text
    assert 'href="/wiki/Docs"' in found
    assert 'href="/wiki/Docs"' not in guest.get("/search?q=t%25o&wiki=on").text
