"""The commands of trac-admin for tickets and their lists."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from tests.features.ticket.conftest import NOW, Opener
from trackside.db.schema import ticket, ticket_change, ticket_custom
from trackside.features.ticket import actions, deletion, offers, values
from trackside.features.ticket.cli import COMMANDS
from trackside.features.ticket.model import Edit
from trackside.jobs.scope import open_system_work
from trackside.kernel.dates import to_stamp
from trackside.kernel.errors import Failure, Forbidden, Invalid, NotFound
from trackside.kernel.project import Project

STAMP = to_stamp(NOW)
Shell = Callable[..., list[str]]


@pytest.fixture
def shell(project: Project) -> Shell:
    """`shell("component add", "gui", "joe")` runs a command and answers what it said."""
    commands = {command.words: command for command in COMMANDS}

    def run(words: str, *arguments: str) -> list[str]:
        said: list[str] = []
        command = commands[words]
        with open_system_work(project, "a test", command.mode, now=NOW) as work:
            assert not command.run(work, arguments, said.append)
        return [line for line in said if line]

    return run


def test_it_works(shell: Shell, begin: Opener) -> None:
    shell("component add", " gui  parts ", "joe")
    assert shell("component list")[2:] == ["core       carl", "docs       dora", "gui parts  joe"]
    shell("component chown", "gui parts", "ann")
    with begin() as work:
        id = actions.create_ticket(work, Edit({"summary": "x", "component": "gui parts"}))
        assert actions.read_ticket(work, id)["owner"] == "ann"
    shell("component rename", "gui parts", "gui")
    with begin("dev", "read") as work:
        assert actions.read_ticket(work, id)["component"] == "gui"
        assert actions.list_changes(work, id) == []
    shell("component remove", "gui")
    assert len(shell("component list")) == 4


def test_versions(shell: Shell, begin: Opener) -> None:
    shell("version add", "1.0", "2026-11-01")
    shell("version add", "next")
    assert shell("version list")[2:] == ["next", "1.0   2026-11-01", "0.9   1970-01-01"]
    shell("version time", "1.0", "")
    shell("version rename", "next", "2.0")
    shell("version remove", "0.9")
    with begin("dev", "read") as work:
        assert offers.fields_of(work)["version"].options == ("2.0", "1.0")


def test_lists_of_values(shell: Shell, begin: Opener) -> None:
    shell("priority add", "trivial")
    shell("priority order", "trivial", "up")
    shell("priority order", "blocker", "up")
    with begin() as work:
        id = actions.create_ticket(work, Edit({"summary": "x", "priority": "major"}))
    shell("priority change", "major", "normal")
    assert shell("priority list")[2:] == ["blocker", "normal", "trivial", "minor"]
    shell("priority remove", "normal")
    with begin("dev", "read") as work:
        assert actions.read_ticket(work, id)["priority"] == "normal"
        ranks = [(one.name, one.rank) for one in offers.choices_of(work).enums["priority"]]
    assert ranks == [("blocker", 1), ("trivial", 2), ("minor", 3)]


def test_milestones(shell: Shell) -> None:
    shell("milestone add", "3.0", "2027-01-01")
    shell("milestone completed", "2.0", "2026-11-01")
    shell("milestone rename", "3.0", "three")
    shell("milestone due", "three", "")
    assert shell("milestone list")[2:] == ["1.0         1970-01-01", "2.0         2026-11-01", "three"]
    shell("milestone remove", "1.0")
    assert len(shell("milestone list")) == 4


@pytest.mark.parametrize(
    ("words", "failure"),
    [
        (("component add", "core"), Invalid),
        (("component add", " "), Invalid),
        (("component rename", "nonsense", "x"), NotFound),
        (("component rename", "core", "docs"), Invalid),
        (("component remove", "nonsense"), NotFound),
        (("component add",), Invalid),
        (("version time", "0.9", "someday"), Invalid),
        (("version remove", "nonsense"), NotFound),
        (("priority order", "major", "sideways"), Invalid),
        (("priority remove", "nonsense"), NotFound),
        (("milestone due", "nonsense", ""), NotFound),
        (("ticket remove", "x"), Invalid),
        (("ticket remove", "99"), NotFound),
        (("ticket remove_comment", "99", "1"), NotFound),
    ],
)
def test_what_fails(shell: Shell, words: tuple[str, ...], failure: type[Failure]) -> None:
    with pytest.raises(failure):
        shell(*words)


def test_a_ticket_goes_with_all_its_rows(shell: Shell, begin: Opener) -> None:
    with begin() as work:
        id = actions.create_ticket(work, Edit({"summary": "x"}))
        actions.change_ticket(work, id, Edit(comment="y"))
    shell("ticket remove", str(id))
    with begin("admin", "read") as work:
        for table in (ticket, ticket_change, ticket_custom):
            assert work.db.execute(select(table)).all() == []


def test_a_change_is_undone_and_the_later_ones_are_mended(shell: Shell, begin: Opener) -> None:
    with begin() as work:
        id = actions.create_ticket(work, Edit({"summary": "a"}))
    for place, name in enumerate("bcd"):
        with begin() as work:
            edit = Edit(values={"summary": name}, comment=f"to {name}", seen=STAMP + place)
            actions.change_ticket(work, id, edit)
    shell("ticket remove_comment", str(id), "2")
    with begin("dev", "read") as work:
        rows = [row for row in actions.list_changes(work, id) if row.field == "summary"]
    assert [(row.old, row.new) for row in rows] == [("a", "b"), ("b", "d")]
    shell("ticket remove_comment", str(id), "3")
    with begin("dev", "read") as work:
        assert actions.read_ticket(work, id)["summary"] == "b"
        assert [row.new for row in actions.list_changes(work, id)] == ["to b", "b"]


def test_only_administrators_take_things_away(begin: Opener) -> None:
    with begin() as work:
        id = actions.create_ticket(work, Edit({"summary": "a"}))
    with pytest.raises(Forbidden), begin("dev") as work:
        deletion.delete_ticket(work, id)
    with pytest.raises(Forbidden), begin("dev") as work:
        values.delete_component(work, "core")
