"""Reading, creating, changing and commenting, from every seat."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import select

from tests.features.ticket.conftest import INI, NOW, Opener, fill, make_project, opener
from trackside.db.engine import count_statements
from trackside.db.schema import ticket, ticket_change, ticket_custom
from trackside.features.ticket import actions, offers, stream
from trackside.features.ticket.model import Edit, EditConflict
from trackside.kernel.dates import to_stamp
from trackside.kernel.errors import Forbidden, Invalid, NotFound

STAMP = to_stamp(NOW)
_CUSTOM = select(ticket_custom.c.name, ticket_custom.c.value)


def create(begin: Opener, actor: str = "dev", **values: str) -> int:
    with begin(actor) as work:
        return actions.create_ticket(work, Edit(values={"summary": "A ticket", **values}))


def change(begin: Opener, id: int, edit: Edit, actor: str = "dev") -> int | None:
    with begin(actor) as work:
        return actions.change_ticket(work, id, edit)


def value(begin: Opener, id: int, name: str) -> str:
    with begin("admin", "read") as work:
        return actions.read_ticket(work, id)[name]


def test_it_works(begin: Opener) -> None:
    id = create(begin, "admin", description="Long\r\ntext", cc="a; b", keywords="x", component="docs")
    with begin("anonymous", "read") as work:
        found = actions.read_ticket(work, id)
    assert found["summary"] == "A ticket" and found["description"] == "Long\r\ntext"
    assert found["cc"] == "a, b" and found["reporter"] == "admin" and found["status"] == "new"
    assert found["owner"] == "dora" and found["priority"] == "major" and found["type"] == "defect"
    assert found.created == found.changed == STAMP


def test_rows_are_stored_as_trac_stores_them(begin: Opener) -> None:
    id = create(begin)
    with begin("admin", "read") as work:
        row = work.db.execute(select(ticket).where(ticket.c.id == id)).one()
        custom = {name: text for name, text in work.db.execute(_CUSTOM)}
    assert row.milestone is None and row.resolution is None and row.keywords is None
    assert custom == {"stage": "draft", "has_patch": "0", "due_on": None, "notes": None}


def test_custom_fields_are_kept_in_their_own_form(begin: Opener) -> None:
    id = create(begin, stage="ready", has_patch="1", due_on="2026-12-24", notes=" kept as typed ")
    assert value(begin, id, "stage") == "ready" and value(begin, id, "has_patch") == "1"
    assert (
        value(begin, id, "due_on") == "001798070400000000" and value(begin, id, "notes") == " kept as typed "
    )


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"summary": "  "}, "summary"),
        ({"type": "nonsense"}, "type"),
        ({"type": ""}, "type"),
        ({"due_on": "someday"}, "due_on"),
        ({"summary": "x" * 262145}, "summary"),
    ],
)
def test_what_is_wrong_is_marked_and_nothing_stored(
    begin: Opener, values: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as failure:
        create(begin, **values)
    assert field in failure.value.fields
    with begin("admin", "read") as work:
        assert work.db.execute(select(ticket.c.id)).all() == []


def test_who_may_do_what(begin: Opener) -> None:
    id = create(begin)
    with pytest.raises(Forbidden):
        create(begin, "anonymous")
    with pytest.raises(Forbidden):
        change(begin, id, Edit(comment="hi"), "anonymous")
    with pytest.raises(Forbidden), begin("stranger", "read") as work:
        actions.read_ticket(work, id)
    with pytest.raises(NotFound):
        change(begin, 99, Edit(comment="hi"))
    for number in (0, 2**31 + 1, 98):
        with pytest.raises(NotFound), begin("dev", "read") as work:
            actions.read_ticket(work, number)


def test_fields_nobody_offered_are_left_alone(begin: Opener) -> None:
    id = create(begin, reporter="mallory", owner="mallory", status="closed", resolution="fixed", time="1")
    assert value(begin, id, "reporter") == "dev" and value(begin, id, "owner") == "carl"
    assert value(begin, id, "status") == "new" and value(begin, id, "resolution") == ""
    change(begin, id, Edit(values={"owner": "mallory", "status": "closed", "reporter": "x"}, seen=STAMP))
    assert value(begin, id, "owner") == "carl" and value(begin, id, "status") == "new"
    change(begin, id, Edit(values={"reporter": "known"}, seen=STAMP), "admin")
    assert value(begin, id, "reporter") == "known"


def test_a_reporter_mends_the_own_description_and_comments_but_no_properties(begin: Opener) -> None:
    own, foreign = create(begin, "reporter"), create(begin)
    edit = Edit(values={"description": "Better", "priority": "minor"}, seen=STAMP)
    change(begin, own, edit, "reporter")
    change(begin, foreign, edit, "reporter")
    assert value(begin, own, "description") == "Better" and value(begin, own, "priority") == "major"
    assert value(begin, foreign, "description") == ""


def test_a_change_leaves_its_rows(begin: Opener) -> None:
    id = create(begin)
    number = change(
        begin, id, Edit(values={"priority": "minor"}, comment="Lower.\r\nSorry", action="leave", seen=STAMP)
    )
    assert number == 1
    with begin("admin", "read") as work:
        rows = work.db.execute(select(ticket_change).order_by(ticket_change.c.field)).all()
        (changed,) = work.db.execute(select(ticket.c.changetime)).one()
    assert [(r.time, r.author, r.field, r.oldvalue, r.newvalue) for r in rows] == [
        (STAMP + 1, "dev", "comment", "1", "Lower.\r\nSorry"),
        (STAMP + 1, "dev", "priority", "major", "minor"),
    ]
    assert changed == STAMP + 1


def test_an_empty_save_is_none(begin: Opener) -> None:
    id = create(begin)
    assert change(begin, id, Edit(values={"priority": "major"}, comment=" \u200b ", seen=STAMP)) is None
    assert value(begin, id, "priority") == "major"


def test_steps_of_the_workflow(begin: Opener) -> None:
    id = create(begin)
    change(begin, id, Edit(action="accept", seen=STAMP))
    assert (value(begin, id, "status"), value(begin, id, "owner")) == ("accepted", "dev")
    change(begin, id, Edit(action="resolve", arguments={"resolution": "fixed"}, seen=STAMP + 1))
    assert (value(begin, id, "status"), value(begin, id, "resolution")) == ("closed", "fixed")
    change(begin, id, Edit(action="reopen", seen=STAMP + 2))
    assert (value(begin, id, "status"), value(begin, id, "resolution")) == ("reopened", "")


def test_steps_that_are_refused(begin: Opener) -> None:
    id = create(begin)
    for edit in (
        Edit(action="reopen", seen=STAMP),
        Edit(action="nonsense", seen=STAMP),
        Edit(action="resolve", arguments={"resolution": "nonsense"}, seen=STAMP),
        Edit(action="resolve", arguments={"resolution": ""}, seen=STAMP),
        Edit(comment="x", reply_to="x"),
    ):
        with pytest.raises(Invalid):
            change(begin, id, edit)
    with pytest.raises(Invalid):
        change(begin, id, Edit(action="resolve", arguments={"resolution": "fixed"}, seen=STAMP), "reporter")
    assert value(begin, id, "status") == "new"


def test_creating_with_a_step(begin: Opener) -> None:
    with begin() as work:
        edit = Edit({"summary": "x"}, action="create_and_assign", arguments={"owner": "ann"})
        id = actions.create_ticket(work, edit)
    assert (value(begin, id, "status"), value(begin, id, "owner")) == ("assigned", "ann")


def test_the_owner_follows_the_component_of_a_new_ticket_only(begin: Opener) -> None:
    id = create(begin)
    change(begin, id, Edit(values={"component": "docs"}, seen=STAMP))
    assert value(begin, id, "owner") == "dora"
    change(begin, id, Edit(action="reassign", arguments={"owner": "dora"}, seen=STAMP + 1))
    change(begin, id, Edit(values={"component": "core"}, seen=STAMP + 2))
    assert value(begin, id, "owner") == "dora"


def test_lists_of_owners_are_enforced(tmp_path: Path) -> None:
    project = make_project(tmp_path, INI.replace("[ticket]", "[ticket]\nrestrict_owner = true"))
    fill(project)
    begin = opener(project)
    id = create(begin)
    with pytest.raises(Invalid) as failure:
        change(begin, id, Edit(action="reassign", arguments={"owner": "nobody"}, seen=STAMP))
    assert "owner" in failure.value.fields
    change(begin, id, Edit(action="reassign", arguments={"owner": "admin"}, seen=STAMP))
    assert value(begin, id, "owner") == "admin"


def test_the_cc_list_of_those_who_may_not_edit_it(begin: Opener) -> None:
    id = create(begin, "admin", cc="ann, bob")
    change(begin, id, Edit(values={"cc": "dev, mallory"}, seen=STAMP))
    assert value(begin, id, "cc") == "ann, bob, dev"
    change(begin, id, Edit(values={"cc": ""}, seen=STAMP + 1))
    assert value(begin, id, "cc") == "ann, bob"


def test_others_changes_are_taken_over_and_only_the_same_field_clashes(begin: Opener) -> None:
    id = create(begin)
    change(begin, id, Edit(values={"priority": "minor"}, seen=STAMP))
    mine = {"priority": "major", "keywords": "mine", "summary": "A ticket"}
    change(begin, id, Edit(values=mine, seen=STAMP))
    assert value(begin, id, "priority") == "minor" and value(begin, id, "keywords") == "mine"
    with pytest.raises(EditConflict) as conflict:
        change(begin, id, Edit(values={"priority": "blocker"}, comment="kept", seen=STAMP))
    (clash,) = conflict.value.clashes
    assert (clash.field, clash.base, clash.theirs, clash.mine) == ("priority", "major", "minor", "blocker")


def test_two_different_resolutions_clash(begin: Opener) -> None:
    id = create(begin)
    change(begin, id, Edit(action="resolve", arguments={"resolution": "fixed"}, seen=STAMP))
    with pytest.raises(EditConflict) as conflict:
        change(begin, id, Edit(action="resolve", arguments={"resolution": "invalid"}, seen=STAMP))
    assert [clash.field for clash in conflict.value.clashes] == ["resolution"]
    same = Edit(action="resolve", arguments={"resolution": "fixed"}, comment="me too", seen=STAMP)
    assert change(begin, id, same) == 2


def test_a_form_of_unknown_age_changes_nothing_but_may_comment(begin: Opener) -> None:
    id = create(begin)
    with pytest.raises(EditConflict):
        change(begin, id, Edit(values={"priority": "minor"}))
    assert change(begin, id, Edit(comment="fine")) == 1


def test_values_that_are_no_choice_any_more_may_stay(begin: Opener) -> None:
    id = create(begin)
    with begin("admin") as work:
        work.db.execute(ticket.update().values(priority="gone"))
    change(begin, id, Edit(values={"priority": "gone", "keywords": "x"}, seen=STAMP))
    assert value(begin, id, "keywords") == "x"
    with pytest.raises(Invalid):
        change(begin, id, Edit(values={"priority": "other"}, seen=STAMP + 1))


def test_a_late_custom_field_shows_its_default_and_gets_its_row_silently(begin: Opener) -> None:
    id = create(begin)
    with begin("admin") as work:
        work.db.execute(ticket_custom.delete())
    assert value(begin, id, "stage") == "draft"
    change(begin, id, Edit(values={"has_patch": "1"}, seen=STAMP))
    with begin("admin", "read") as work:
        custom = {name: text for name, text in work.db.execute(_CUSTOM)}
        rows = work.db.execute(select(ticket_change.c.field, ticket_change.c.oldvalue)).all()
    assert custom["stage"] == "draft" and custom["has_patch"] == "1"
    assert [tuple(row) for row in rows if row.field != "comment"] == [("has_patch", None)]


def test_comments_are_edited_and_their_former_texts_kept(begin: Opener) -> None:
    id = create(begin)
    change(begin, id, Edit(comment="first"), "reporter")
    later = NOW + timedelta(minutes=1)
    with begin("reporter", now=later) as work:
        actions.edit_comment(work, id, 1, "second")
        actions.edit_comment(work, id, 1, "second")
    with begin("admin", now=later) as work:
        actions.edit_comment(work, id, 1, "third")
    with pytest.raises(Forbidden), begin("dev") as work:
        actions.edit_comment(work, id, 1, "mine")
    with pytest.raises(NotFound), begin("admin") as work:
        actions.edit_comment(work, id, 7, "none")
    with begin("dev", "read") as work:
        (entry,) = stream.group(actions.list_changes(work, id))
        assert actions.read_ticket(work, id).changed == to_stamp(later) + 1
    assert [(v.text, v.author) for v in entry.versions] == [
        ("first", "reporter"),
        ("second", "reporter"),
        ("third", "admin"),
    ]
    assert entry.author == "reporter" and entry.at == STAMP + 1


def test_what_happened_is_told(begin: Opener) -> None:
    id = create(begin)
    with begin() as work:
        actions.change_ticket(work, id, Edit(values={"priority": "minor"}, comment="x", seen=STAMP))
        (event,) = work.events
        assert event.kind == "ticket.changed" and event.changes == {"priority": ("major", "minor")}
        work.events.clear()


def test_fifty_comments_at_once_are_all_kept(begin: Opener) -> None:
    id = create(begin)

    def comment(n: int) -> None:
        change(begin, id, Edit(comment=f"comment {n}", action="leave", seen=STAMP))

    threads = [Thread(target=comment, args=(n,)) for n in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with begin("admin", "read") as work:
        entries = stream.group(actions.list_changes(work, id))
    assert [entry.number for entry in entries] == list(range(1, 51))
    assert {entry.comment for entry in entries} == {f"comment {n}" for n in range(50)}


def test_reading_takes_few_statements(begin: Opener) -> None:
    id = create(begin)
    with begin("anonymous", "read") as work:
        offers.fields_of(work)
    with begin("anonymous", "read") as work, count_statements(work.db) as statements:
        actions.read_ticket(work, id)
        actions.list_changes(work, id)
        actions.keeps_newlines(work)
        offers.rights_of(work, None)
    assert len(statements) <= 5
