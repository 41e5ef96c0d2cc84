"""The pages of a ticket, as browsers without script use them."""

from __future__ import annotations

import re
from pathlib import Path

from tests.features.ticket.conftest import (
    INI,
    NOW,
    Opener,
    Visitor,
    database_of,
    fill,
    make_project,
    opener,
)
from trackside.db.engine import count_statements
from trackside.features.ticket import actions, offers
from trackside.features.ticket.model import Edit
from trackside.kernel.dates import to_stamp

STAMP = to_stamp(NOW)


def add(begin: Opener, actor: str = "dev", **values: str) -> int:
    with begin(actor) as work:
        return actions.create_ticket(work, Edit(values={"summary": "A <b>ticket</b>", **values}))


def comment(begin: Opener, id: int, text: str, actor: str = "dev") -> None:
    with begin(actor) as work:
        actions.change_ticket(work, id, Edit(comment=text))


def seen(page: str) -> str:
    found = re.search(r'name="view_time" value="(\d+)"', page)
    assert found
    return found[1]


def test_it_works(begin: Opener, guest: Visitor) -> None:
    id = add(begin, description="Says '''much'''", keywords="a b")
    comment(begin, id, "Look at #1")
    page = guest.get(f"/ticket/{id}")
    assert page.status_code == 200
    assert "A &lt;b&gt;ticket&lt;/b&gt;" in page.text and "<strong>much</strong>" in page.text
    assert f'id="trac-change-1-{STAMP + 1}"' in page.text and 'id="comment:1"' in page.text
    assert 'class="new ticket" href="/ticket/1"' in page.text
    assert "propertyform" not in page.text


def test_what_is_not_there(guest: Visitor, project_stranger: Visitor, begin: Opener) -> None:
    id = add(begin)
    assert [guest.get(f"/ticket/{n}").status_code for n in (0, 99, 2**31 + 1, 10**30)] == [404] * 4
    assert guest.get("/ticket/abc").status_code == 404
    assert guest.get(f"/ticket/0{id}").status_code == 200
    assert guest.get(f"/ticket/{id}?version=9").status_code == 404
    assert guest.get(f"/ticket/{id}?version=x").status_code == 400
    assert guest.get("/newticket").status_code == 403
    assert project_stranger.get(f"/ticket/{id}").status_code == 403


def test_a_guests_page_takes_few_statements(begin: Opener, guest: Visitor) -> None:
    id = add(begin, description="#1 and #2")
    for n in range(20):
        comment(begin, id, f"See #{n} and comment:1:ticket:2")
    guest.get(f"/ticket/{id}")
    with count_statements(database_of(guest)) as statements:
        page = guest.get(f"/ticket/{id}?x=1")
    assert page.text.count("change-card") == 20 and len(statements) <= 8


def test_many_comments_of_ones_own_ask_no_more(begin: Opener, dev: Visitor) -> None:
    id = add(begin)
    for n in range(20):
        comment(begin, id, f"Mine {n}")
    dev.get(f"/ticket/{id}")
    with count_statements(database_of(dev)) as statements:
        page = dev.get(f"/ticket/{id}?x=1")
    assert page.text.count("cnum_edit=") == 20 and len(statements) <= 8


def test_a_new_ticket(dev: Visitor) -> None:
    form = dev.get("/newticket?summary=From+the+address&type=task&keywords=k")
    assert 'value="From the address"' in form.text and "<option selected>task</option>" in form.text
    preview = dev.post("/newticket", field_summary="New", field_description="''so''", preview="1")
    assert preview.status_code == 200 and "<em>so</em>" in preview.text and 'value="New"' in preview.text
    stored = dev.post("/newticket", field_summary="New", field_type="task", field_has_patch="1", submit="1")
    assert stored.status_code == 303 and stored.location.endswith("/ticket/1")
    attached = dev.post("/newticket", field_summary="With file", attachment="1", submit="1")
    assert attached.location.endswith("/attachment/ticket/2?action=new")


def test_a_new_ticket_that_fails_keeps_what_was_typed(dev: Visitor) -> None:
    page = dev.post("/newticket", field_summary="", field_description="Long work", field_type="none")
    assert page.status_code == 400 and "Long work" in page.text
    assert 'id="field-summary-problem"' in page.text and 'id="field-type-problem"' in page.text
    assert dev.get("/ticket/1").status_code == 404


def test_a_comment_and_a_change(begin: Opener, dev: Visitor) -> None:
    id = add(begin)
    form = dev.get(f"/ticket/{id}").text
    answer = dev.post(
        f"/ticket/{id}",
        comment="Well",
        field_priority="minor",
        action="leave",
        view_time=seen(form),
        submit="1",
    )
    assert answer.status_code == 303 and answer.location.endswith(f"/ticket/{id}#comment:1")
    page = dev.get(f"/ticket/{id}").text
    assert "<b>Priority</b> <del>major</del> → <b>minor</b>" in page
    nothing = dev.post(f"/ticket/{id}", comment=" ", action="leave", view_time=seen(page), submit="1")
    assert nothing.status_code == 303 and nothing.location.endswith(f"/ticket/{id}")


def test_a_step_is_one_button(begin: Opener, dev: Visitor) -> None:
    id = add(begin)
    form = dev.get(f"/ticket/{id}").text
    assert 'name="step" value="accept"' in form
    answer = dev.post(
        f"/ticket/{id}",
        step="resolve",
        action="leave",
        action_resolve_resolve_resolution="invalid",
        view_time=seen(form),
        comment="no",
    )
    assert answer.status_code == 303
    page = dev.get(f"/ticket/{id}").text
    assert "closed: invalid" in page and 'value="reopen"' in page


def test_a_preview_shows_and_stores_nothing(begin: Opener, dev: Visitor) -> None:
    id = add(begin)
    page = dev.post(
        f"/ticket/{id}", comment="'''Bold'''", field_keywords="new words", preview="1", view_time=str(STAMP)
    )
    assert (
        page.status_code == 200 and "<strong>Bold</strong>" in page.text and 'value="new words"' in page.text
    )
    assert "change-card" not in dev.get(f"/ticket/{id}").text


def test_a_preview_marks_what_came_meanwhile(begin: Opener, dev: Visitor) -> None:
    id = add(begin)
    comment(begin, id, "Meanwhile", "admin")
    page = dev.post(f"/ticket/{id}", comment="x", start_time=str(STAMP), view_time=str(STAMP), preview="1")
    assert "trac-new" in page.text and "changed while you were typing" in page.text


def test_a_form_that_fails_keeps_what_was_typed(begin: Opener, dev: Visitor) -> None:
    id = add(begin)
    page = dev.post(
        f"/ticket/{id}",
        comment="A long comment",
        field_summary="",
        field_keywords="kept",
        view_time=str(STAMP),
        submit="1",
    )
    assert page.status_code == 400
    assert "A long comment" in page.text and 'value="kept"' in page.text
    assert 'id="field-summary-problem"' in page.text
    bad = dev.post(f"/ticket/{id}", comment="Kept too", action="nonsense", view_time=str(STAMP), submit="1")
    assert bad.status_code == 400 and "Kept too" in bad.text
    twice = dev.post(f"/ticket/{id}", field_priority=["minor", "major"], view_time=str(STAMP), submit="1")
    assert twice.status_code == 400


def test_a_conflict_shows_both_sides_and_the_second_try_wins(begin: Opener, dev: Visitor) -> None:
    id = add(begin)
    with begin("admin") as work:
        actions.change_ticket(work, id, Edit(values={"priority": "minor", "component": "docs"}, seen=STAMP))
    page = dev.post(
        f"/ticket/{id}",
        comment="My reasons",
        field_priority="blocker",
        field_component="core",
        field_keywords="mine",
        view_time=str(STAMP),
        submit="1",
    )
    assert page.status_code == 409
    assert "My reasons" in page.text and 'value="mine"' in page.text
    row = re.search(r'<th scope="row">Priority</th>(.*?)</tr>', page.text, re.S)
    assert row and re.findall(r">(\w+)</td>", row[1]) == ["major", "minor", "blocker"]
    assert "<option selected>docs</option>" in page.text and "<option selected>blocker</option>" in page.text
    again = dev.post(
        f"/ticket/{id}", comment="My reasons", field_priority="blocker", view_time=seen(page.text), submit="1"
    )
    assert again.status_code == 303


def test_replies_quote(begin: Opener, dev: Visitor) -> None:
    id = add(begin, description="What\r\nnow?")
    comment(begin, id, "A thought")
    page = dev.get(f"/ticket/{id}?replyto=1").text
    assert "Replying to [comment:1 dev]:\n&gt; A thought" in page
    assert "&gt; What\n&gt; now?" in dev.get(f"/ticket/{id}?replyto=description").text
    dev.post(f"/ticket/{id}", comment="Answer", replyto="1", view_time=str(STAMP + 1), submit="1")
    shown = dev.get(f"/ticket/{id}").text
    assert "in reply to" in shown and "answered in" in shown
    assert dev.post(f"/ticket/{id}", comment="x", replyto="bad", submit="1").status_code == 400


def test_comments_are_edited(begin: Opener, project_admin: Visitor, dev: Visitor) -> None:
    id = add(begin)
    comment(begin, id, "First")
    assert 'name="edited_comment"' in dev.get(f"/ticket/{id}?cnum_edit=1").text
    preview = dev.post(f"/ticket/{id}", cnum_edit="1", edited_comment="''Second''", preview_comment="1")
    assert "<em>Second</em>" in preview.text and "&#39;&#39;Second" in preview.text
    assert (
        dev.post(f"/ticket/{id}", cnum_edit="1", edited_comment="Second", edit_comment="1").status_code == 303
    )
    assert dev.post(f"/ticket/{id}", cnum_edit="1", cancel_comment="1").status_code == 303
    page = dev.get(f"/ticket/{id}").text
    assert "Second" in page and "First" not in page and "edited by" in page
    assert "First" in dev.get(f"/ticket/{id}?cnum_hist=1&cversion=0").text
    missing = project_admin.post(f"/ticket/{id}", cnum_edit="7", edited_comment="x", edit_comment="1")
    assert missing.status_code == 404


def test_old_versions(begin: Opener, dev: Visitor) -> None:
    id = add(begin, description="Old text")
    with begin() as work:
        edit = Edit(values={"description": "New text", "priority": "minor"}, seen=STAMP)
        actions.change_ticket(work, id, edit)
    page = dev.get(f"/ticket/{id}?version=0").text
    assert "Old text" in page and "propertyform" not in page and ">major</a>" in page
    assert "New text" in dev.get(f"/ticket/{id}?version=1").text


def test_a_field_cannot_be_set_by_those_whom_it_is_not_offered_to(begin: Opener, guest: Visitor) -> None:
    id = add(begin)
    assert guest.post(f"/ticket/{id}", comment="spam", submit="1").status_code == 403
    with begin("admin", "read") as work:
        assert actions.list_changes(work, id) == []


def test_who_is_not_signed_in_gives_a_name_but_nobody_elses(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    project = make_project(tmp_path / "open", is_open=True)
    fill(project)
    guest = Visitor(project)
    form = guest.get("/newticket").text
    assert 'name="field_reporter"' in form
    stored = guest.post("/newticket", field_summary="Mine", field_reporter="Joe <joe@x.org>", submit="1")
    assert stored.status_code == 303
    refused = guest.post("/newticket", field_summary="Kept", field_reporter="dev", submit="1")
    assert refused.status_code == 400 and "Kept" in refused.text
    assert guest.post("/ticket/1", comment="Hi", author="Jane", submit="1").status_code == 303
    assert guest.post("/ticket/1", comment="Hi", author="admin", submit="1").status_code == 400
    page = guest.get("/ticket/1").text
    assert "Joe &lt;joe@…&gt;" in page and "<b>Jane</b>" in page


def test_the_ways_to_the_neighbours(begin: Opener, dev: Visitor) -> None:
    for _ in range(3):
        add(begin)
    page = dev.get("/ticket/2").text
    assert 'rel="prev">← #1<' in page and 'rel="next">#3 →<' in page
    dev.get("/query?id=1,3&order=id")
    page = dev.get("/ticket/3").text
    assert 'rel="prev">← #1<' in page and 'rel="next"' not in page and 'href="/query?id=1%2C3' in page


def test_a_ticket_as_a_table(begin: Opener, guest: Visitor) -> None:
    id = add(begin, "admin", cc="ann, me@example.org")
    answer = guest.get(f"/ticket/{id}?format=csv")
    head, row = answer.data.decode("utf-8-sig").splitlines()[:2]
    assert head == (
        "id,summary,reporter,owner,description,type,status,priority,milestone,component,version,resolution,"
        "keywords,cc,due_on,has_patch,notes,stage"
    )
    assert "ann me@…" in row and "t1.csv" in answer.headers["Content-Disposition"]
    assert guest.get(f"/ticket/{id}?format=nonsense").status_code == 400


def test_a_ticket_as_a_feed(begin: Opener, guest: Visitor) -> None:
    id = add(begin)
    with begin() as work:
        edit = Edit(values={"priority": "minor"}, comment="So <it> is", seen=STAMP)
        actions.change_ticket(work, id, edit)
    answer = guest.get(f"/ticket/{id}?format=rss")
    assert answer.mimetype == "application/rss+xml" and "<title>Priority changed</title>" in answer.text
    assert f"http://localhost/ticket/{id}#comment:1" in answer.text
    assert "So &amp;lt;it&amp;gt; is" in answer.text


def test_mail_addresses_are_for_those_who_may_see_them(begin: Opener, guest: Visitor) -> None:
    id = add(begin, "admin", cc="joe@example.org", reporter="ann@example.org")
    with begin("admin") as work:
        edit = Edit(values={"cc": "bob@example.org", "reporter": "eve@example.org"}, seen=STAMP)
        actions.change_ticket(work, id, edit)
    ticket = f"/ticket/{id}"
    for address in (ticket, f"{ticket}?format=rss", f"{ticket}?format=csv", "/query?id=&col=cc"):
        assert "@example.org" not in guest.get(address).text, address
    assert "bob@…" in guest.get(f"/ticket/{id}").text


def test_forms_offer_what_may_be_set(begin: Opener, tmp_path: Path) -> None:
    with begin("dev", "read") as work:
        rights = offers.rights_of(work, None)
        assert rights.properties and rights.description and not rights.cc and not rights.reporter
        assert [label for label, _ in offers.milestone_groups(work, "")] == ["Open, without a date"]
        assert [names for _, names in offers.milestone_groups(work, "1.0")] == [["2.0"], ["1.0"]]


def test_line_ends_show_where_the_environment_says_so(begin: Opener, dev: Visitor, tmp_path: Path) -> None:
    id = add(begin, description="one\r\ntwo")
    assert "<br" in dev.get(f"/ticket/{id}").text
    (tmp_path / "old").mkdir()
    project = make_project(tmp_path / "old", INI.replace("[ticket]", "[ticket]\npreserve_newlines = no"))
    fill(project)
    old = add(opener(project), description="one\r\ntwo")
    assert "<br" not in Visitor(project, "dev").get(f"/ticket/{old}").text
