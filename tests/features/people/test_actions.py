"""Permissions given and taken, and how the policy sees them at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.features import sample
from trackside.db import generations
from trackside.features.people import actions, cli
from trackside.features.wiki.model import WIKI_MODIFY, WIKI_VIEW, page_ref
from trackside.kernel.errors import Forbidden, Invalid, NotFound
from trackside.kernel.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    rows = (("gwen", "PERMISSION_GRANT"), ("gwen", "MILESTONE_CREATE"), ("team", "TRAC_ADMIN"))
    return sample.make(tmp_path / "env", "[extra-permissions]\nlook = LOOK_IN\n", rows)


def may(project: Project, actor: str) -> bool:
    with sample.begin(project, actor, "read") as work:
        return work.access.allows(WIKI_MODIFY, page_ref("X"))


def test_it_works(project: Project) -> None:
    assert may(project, "dan") and not may(project, "anonymous")
    with sample.begin(project, "ada") as work:
        assert actions.grant_permission(work, "anonymous", "writers")
        assert actions.grant_permission(work, "writers", "WIKI_ADMIN")
    assert may(project, "anonymous")
    with sample.begin(project, "ada") as work:
        assert actions.revoke_permission(work, "writers", "WIKI_ADMIN") == 1
    assert not may(project, "anonymous")


def test_rows_of_other_processes_count_at_once(project: Project) -> None:
    assert not may(project, "anonymous")
    with project.database.begin("write") as db:
        db.exec_driver_sql("INSERT INTO permission VALUES ('anonymous', 'WIKI_MODIFY')")
        generations.bump(db, "trac.perm.DefaultPermissionStore._all_permissions")
    assert may(project, "anonymous")


def test_twice(project: Project) -> None:
    with sample.begin(project, "ada") as work:
        assert actions.grant_permission(work, "eve", "WIKI_DELETE")
        assert not actions.grant_permission(work, "eve", "WIKI_DELETE")


def test_who_may_give(project: Project) -> None:
    with pytest.raises(Forbidden), sample.begin(project, "dan") as work:
        actions.grant_permission(work, "dan", "WIKI_VIEW")
    with pytest.raises(Forbidden), sample.begin(project, "dan") as work:
        actions.revoke_permission(work, "ada", "TRAC_ADMIN")
    with pytest.raises(Forbidden), sample.begin(project, "dan", "read") as work:
        actions.list_permissions(work)


def test_nobody_gives_what_they_do_not_hold(project: Project) -> None:
    with sample.begin(project, "gwen") as work:
        assert actions.grant_permission(work, "eve", "MILESTONE_CREATE")
        for more in ("TRAC_ADMIN", "MILESTONE_ADMIN", "team"):
            with pytest.raises(Forbidden):
                actions.grant_permission(work, "gwen", more)
        with pytest.raises(Forbidden):
            actions.revoke_permission(work, "ada", "TRAC_ADMIN")


def test_wildcards(project: Project) -> None:
    with sample.begin(project, "ada") as work:
        actions.revoke_permission(work, "*", "WIKI_VIEW")
        assert not any("WIKI_VIEW" in names for names in actions.list_permissions(work).values())
        actions.revoke_permission(work, "gwen", "*")
        with pytest.raises(NotFound):
            actions.revoke_permission(work, "gwen", "*")
    with sample.begin(project, "anonymous", "read") as work:
        assert not work.access.allows(WIKI_VIEW, page_ref("X"))


def test_extra_permissions_can_be_given(project: Project) -> None:
    with sample.begin(project, "ada") as work:
        actions.grant_permission(work, "eve", "LOOK")
        assert set(actions.list_actions_of(work, "eve")) >= {"LOOK", "LOOK_IN"}


def test_commands(project: Project, tmp_path: Path) -> None:
    said: list[str] = []
    file = tmp_path / "rows.csv"
    with sample.system(project) as work:
        cli.add(work, ["zoe", "WIKI_DELETE", "devs", "WIKI_DELETE"], said.append)
        assert said == ["zoe has WIKI_DELETE already."]
        cli.list_permissions(work, ["zoe"], said.append)
        assert any(line.split() == ["zoe", "WIKI_DELETE"] for line in said)
        cli.export(work, [str(file)], said.append)
        assert "zoe,WIKI_DELETE,devs\n" in file.read_text()
        cli.remove(work, ["zoe", "*"], said.append)
        cli.import_rows(work, [str(file)], said.append)
        said.clear()
        cli.list_permissions(work, [], said.append)
        assert any(line.split() == ["zoe", "devs"] for line in said)
        file.write_text("alone\n")
        for arguments in ([str(file)], [str(tmp_path / "none")]):
            with pytest.raises(Invalid):
                cli.import_rows(work, arguments, said.append)
        with pytest.raises(Invalid):
            cli.add(work, [], said.append)
