"""Who may do what with files follows from the thing they are attached to."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy.exc import DatabaseError

from tests.features import sample
from trackside.features.attachment import actions
from trackside.features.attachment.model import (
    ATTACHMENT_CREATE,
    ATTACHMENT_DELETE,
    ATTACHMENT_VIEW,
    attachment_ref,
)
from trackside.features.wiki import actions as wiki
from trackside.features.wiki.model import PageChange
from trackside.kernel.errors import Forbidden, NotFound
from trackside.kernel.project import Project
from trackside.kernel.ref import Ref

PAGE = Ref("wiki", "Docs")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = sample.make(tmp_path / "env", granted=(("wendy", "WIKI_DELETE"),))
    with sample.begin(made, "ada") as work:
        wiki.change_page(work, "Docs", PageChange("text", "", 0))
        actions.attach_file(work, PAGE, "hers.txt", BytesIO(b"x"))
    with sample.begin(made, "dan") as work:
        actions.attach_file(work, PAGE, "his.txt", BytesIO(b"x"))
    return made


def test_it_works(project: Project) -> None:
    def allowed(actor: str, name: str = "hers.txt") -> str:
        with sample.begin(project, actor, "read") as work:
            wanted = (ATTACHMENT_VIEW, ATTACHMENT_CREATE, ATTACHMENT_DELETE)
            ref = attachment_ref(PAGE, name)
            return "".join("vcd"[i] for i, p in enumerate(wanted) if work.access.allows(p, ref))

    assert allowed("anonymous") == "v"
    assert allowed("dan") == "vc" and allowed("dan", "his.txt") == "vcd"
    assert allowed("wendy") == "vcd" and allowed("ada") == "vcd"


def test_unknown_realms_are_closed(project: Project) -> None:
    with sample.begin(project, "dan", "read") as work:
        for realm in ("attachment", "report", "nothing"):
            assert not work.access.allows(ATTACHMENT_VIEW, attachment_ref(Ref(realm, "1"), "x"))


def test_without_permission(project: Project) -> None:
    with pytest.raises(Forbidden), sample.begin(project, "anonymous") as work:
        actions.attach_file(work, PAGE, "x", BytesIO(b"x"))
    with pytest.raises(Forbidden), sample.begin(project, "dan") as work:
        actions.delete_attachment(work, PAGE, "hers.txt")
    with pytest.raises(NotFound), sample.begin(project, "dan") as work:
        actions.delete_attachment(work, PAGE, "none.txt")


def test_hidden_things_hide_their_files(tmp_path: Path) -> None:
    project = sample.make(tmp_path / "env")
    with sample.begin(project, "ada") as work:
        wiki.change_page(work, "Docs", PageChange("text", "", 0))
        actions.attach_file(work, PAGE, "a.txt", BytesIO(b"x"), "needle")
    with project.database.begin("write") as db:
        db.exec_driver_sql("DELETE FROM permission WHERE action = 'WIKI_VIEW'")
        db.exec_driver_sql("UPDATE cache SET generation = generation + 1")
    with sample.begin(project, "anonymous", "read") as work:
        work.project.cache.clear()
        assert actions.list_attachments(work, PAGE) == []
        assert actions.search_attachments(work, ["needle"], 10) == []
        assert actions.list_existing(work, [attachment_ref(PAGE, "a.txt")]) == {}
        with pytest.raises(Forbidden):
            actions.read_attachment(work, PAGE, "a.txt")


def test_a_row_that_cannot_be_stored_leaves_no_file(project: Project) -> None:
    with project.database.begin("write") as db:
        db.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON attachment BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
    before = sorted((project.path / "files").rglob("*"))
    with pytest.raises(DatabaseError, match="full"), sample.begin(project, "dan") as work:
        actions.attach_file(work, PAGE, "new.txt", BytesIO(b"x"))
    assert sorted((project.path / "files").rglob("*")) == before
