"""Pages, files and permissions on every database: the same answers, and nobody's edit lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from threading import Thread

import pytest

from tests.features import sample
from tests.features.sample import NOW
from trackside.db.engine import open_database
from trackside.features.attachment import actions as attachments
from trackside.features.people import actions as people
from trackside.features.wiki import actions as wiki
from trackside.features.wiki.actions import EditConflict
from trackside.features.wiki.model import PageChange
from trackside.kernel.errors import Invalid
from trackside.kernel.project import Project
from trackside.kernel.ref import Ref

PAGE = Ref("wiki", "Döcs/Ünï")
WRITERS = 12


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.postgresql),
        pytest.param("mysql", marks=pytest.mark.mysql),
    ]
)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Project]:
    if request.param == "sqlite":
        yield sample.make(tmp_path / "env")
        return
    address = request.getfixturevalue(f"{request.param}_server").fresh()
    database = open_database(address, tmp_path / "env")
    yield sample.make(tmp_path / "env", database=database)
    database.close()


def test_it_works(project: Project) -> None:
    with sample.begin(project) as work:
        wiki.change_page(work, PAGE.id or "", PageChange("Text 100%\r\n\U0001f600", "first", 0))
        wiki.change_page(work, "Docs", PageChange("other", "", 0))
    with sample.begin(project, now=NOW + timedelta(days=1)) as work:
        wiki.change_page(work, PAGE.id or "", PageChange("Needle 100%", "", 1))
        wiki.change_page(work, "docs", PageChange("lower", "", 0))
        attachments.attach_file(work, PAGE, "ä.txt", BytesIO(b"x"), "a needle")
    with sample.begin(project, "dan", "read") as work:
        assert wiki.list_names(work) == ["Docs", "Döcs/Ünï", "docs"]
        assert wiki.read_page(work, PAGE.id or "", 1).text == "Text 100%\r\n\U0001f600"
        assert [v.version for v in wiki.list_versions(work, PAGE.id or "")] == [2, 1]
        assert [p.name for p in wiki.search_pages(work, ["needle", "00%"], 9)] == ["Döcs/Ünï"]
        assert wiki.search_pages(work, ["n%e"], 9) == []
        assert [n for n, _ in wiki.list_latest_changes(work, "D")] == ["Döcs/Ünï", "Docs"]
        assert len(wiki.list_changes(work, NOW, NOW + timedelta(hours=1))) == 2
        assert [a.name for a in attachments.list_attachments(work, PAGE)] == ["ä.txt"]
        assert [a.name for a in attachments.search_attachments(work, ["NEEDLE"], 9)] == ["ä.txt"]


def test_renaming_and_deleting(project: Project) -> None:
    with sample.begin(project, "ada") as work:
        for name in ("One", "Two"):
            wiki.change_page(work, name, PageChange("x", "", 0))
        attachments.attach_file(work, Ref("wiki", "One"), "a.txt", BytesIO(b"x"))
    with pytest.raises(Invalid), sample.begin(project, "ada") as work:
        wiki.rename_page(work, "One", "Two")
    with sample.begin(project, "ada") as work:
        wiki.rename_page(work, "One", "Three")
        assert len(attachments.list_attachments(work, Ref("wiki", "Three"))) == 1
        assert not wiki.delete_page(work, "Two")
    with sample.begin(project, "ada", "read") as work:
        assert wiki.list_names(work) == ["Three"]


def test_permissions(project: Project) -> None:
    with sample.begin(project, "ada") as work:
        people.grant_permission(work, "Müller", "WIKI_DELETE")
        assert not people.grant_permission(work, "Müller", "WIKI_DELETE")
        assert people.revoke_permission(work, "Müller", "*") == 1


@pytest.mark.parametrize("base", [0, 1])
def test_many_saves_of_one_version(project: Project, base: int) -> None:
    """One is stored; everybody else is shown what was."""
    if base:
        with sample.begin(project) as work:
            wiki.change_page(work, "Page", PageChange("start", "", 0))
    stored: list[str] = []
    conflicts: list[str] = []

    def save(number: int) -> None:
        try:
            with sample.begin(project) as work:
                wiki.change_page(work, "Page", PageChange(f"text {number}", "", base))
                stored.append(f"text {number}")
        except EditConflict as conflict:
            conflicts.append(conflict.current.text)

    threads = [Thread(target=save, args=(n,)) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stored) == 1 and conflicts == stored * (WRITERS - 1)
    with sample.begin(project, "dan", "read") as work:
        assert wiki.read_page(work, "Page").version == base + 1


def test_many_files_of_one_name(project: Project) -> None:
    with sample.begin(project) as work:
        wiki.change_page(work, "Page", PageChange("x", "", 0))
    failed: list[BaseException] = []

    def attach(number: int) -> None:
        try:
            with sample.begin(project) as work:
                attachments.attach_file(work, Ref("wiki", "Page"), "a.txt", BytesIO(b"x" * (number + 1)))
        except BaseException as error:
            failed.append(error)

    threads = [Thread(target=attach, args=(n,)) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with sample.begin(project, "dan", "read") as work:
        found = attachments.list_attachments(work, Ref("wiki", "Page"))
        sizes = {a.name: attachments.path_of(work, a).stat().st_size for a in found}
    assert {a.name: a.size for a in found} == sizes
    assert sorted(sizes.values()) == list(range(1, WRITERS + 1))
