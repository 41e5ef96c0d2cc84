"""Attached files in a browser: sent, shown, downloaded, deleted."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from tests.features import sample
from tests.features.sample import Browser
from trackside.features.attachment.model import file_path
from trackside.features.wiki import actions as wiki
from trackside.features.wiki.model import PageChange
from trackside.kernel.project import Project
from trackside.kernel.ref import Ref

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
START = Ref("wiki", "WikiStart")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = sample.make(tmp_path / "env", "[attachment]\nmax_size = 1000\n")
    with sample.begin(made, "ada") as work:
        wiki.change_page(
            work, "WikiStart", PageChange("[[Image(a.png)]] attachment:a.txt attachment:b", "", 0)
        )
        wiki.change_page(work, "A/B", PageChange("deep", "", 0))
    sample.first_ticket(made)
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


def attach(
    browser: Browser, name: str, data: bytes = b"hello", path: str = "wiki/WikiStart/", **more: str
) -> TestResponse:
    return browser.post(f"/attachment/{path}", action="new", attachment=(BytesIO(data), name), **more)


def names(project: Project) -> list[str]:
    return [name for (name,) in sample.rows(project, "SELECT filename FROM attachment ORDER BY filename")]


def files(project: Project) -> list[Path]:
    return sorted(p for p in (project.path / "files").rglob("*") if p.is_file())


def test_it_works(dan: Browser, guest: Browser, project: Project) -> None:
    answer = attach(dan, "a.txt", b"some <words>", description="''what'' it is")
    assert answer.status_code == 303 and answer.headers["Location"] == "/wiki/WikiStart"
    row = sample.rows(project, "SELECT type, id, filename, size, description, author FROM attachment")
    assert row == [("wiki", "WikiStart", "a.txt", 12, "''what'' it is", "dan")]
    page = guest.get("/wiki/WikiStart").text
    assert '<a class="attachment" href="/attachment/wiki/WikiStart/a.txt"' in page
    assert '<a class="missing attachment">attachment:b</a>' in page
    assert "<em>what</em> it is" in page
    shown = guest.get("/attachment/wiki/WikiStart/a.txt").text
    assert "some &lt;words&gt;" in shown and "action=delete" not in shown
    assert guest.get("/raw-attachment/wiki/WikiStart/a.txt").data == b"some <words>"


def test_where_files_lie(dan: Browser, project: Project) -> None:
    attach(dan, "föo bar.txt", path="ticket/1")
    attach(dan, "pic.PNG", PNG)
    assert [str(p.relative_to(project.path / "files" / "attachments")) for p in files(project)] == [
        "ticket/356/356a192b7913b04c54574d18c28d46e6395428ab/adeb91ab0db6aeca43afd36a6fda351b19718545.txt",
        "wiki/f09/f0955265d583361233790e2a4da795373c345a9f/6b42e5603068bf1b5567cd87af9563992fe489c7.PNG",
    ]


def test_a_name_that_is_taken(dan: Browser, project: Project) -> None:
    for data in (b"1", b"2", b"3"):
        attach(dan, "x.tar.gz", data)
    assert names(project) == ["x.tar.2.gz", "x.tar.3.gz", "x.tar.gz"]
    assert dan.get("/raw-attachment/wiki/WikiStart/x.tar.2.gz").data == b"2"


def test_replace(dan: Browser, ada: Browser, project: Project) -> None:
    attach(ada, "x.txt", b"old", description="kept")
    assert attach(dan, "x.txt", b"new", replace="on").status_code == 403
    assert dan.get("/raw-attachment/wiki/WikiStart/x.txt").data == b"old"
    assert attach(ada, "x.txt", b"new", replace="on").status_code == 303
    sample.run_jobs(project)
    assert sample.rows(project, "SELECT filename, size, description FROM attachment") == [
        ("x.txt", 3, "kept")
    ]
    assert dan.get("/raw-attachment/wiki/WikiStart/x.txt").data == b"new"


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("../../etc/passwd", "passwd"),
        ("a\tb\x7f.txt", "a b .txt"),
        ("e\u0301.txt", "\xe9.txt"),
        ("\U0001f600 <b>.txt", "\U0001f600 <b>.txt"),
        ("..hidden", "..hidden"),
        ("a%2Fb", "a%2Fb"),
    ],
)
def test_names_are_cleaned(dan: Browser, project: Project, sent: str, stored: str) -> None:
    assert attach(dan, sent).status_code == 303
    assert names(project) == [stored]
    assert dan.get("/wiki/WikiStart").status_code == 200
    with sample.begin(project) as work:
        address = work.href("raw-attachment", "wiki", "WikiStart", stored)
    assert dan.get(address).data == b"hello"


@pytest.mark.parametrize("sent", ["", "..", ".", "a/", "x" * 300])
def test_names_that_cannot_be(dan: Browser, project: Project, sent: str) -> None:
    answer = attach(dan, sent, description="my words")
    assert answer.status_code == 400 and names(project) == [] and files(project) == []
    assert 'value="my words"' in answer.text


def test_empty_and_too_large_files(dan: Browser, project: Project) -> None:
    assert attach(dan, "x", b"").status_code == 400
    large = attach(dan, "x", b"x" * 1001, description="my words")
    assert large.status_code == 413 and "too large" in large.text and "my words" in large.text
    assert attach(dan, "x", b"x" * 1000).status_code == 303
    assert len(files(project)) == 1


def test_who_may_attach(guest: Browser, dan: Browser, ada: Browser, project: Project) -> None:
    assert attach(guest, "x").status_code == 403
    assert guest.get("/attachment/wiki/WikiStart/?action=new").status_code == 403
    assert attach(dan, "x", path="wiki/NoSuch/").status_code == 404
    assert attach(dan, "x", path="ticket/77/").status_code == 404
    assert attach(dan, "x", path="nothing/1/").status_code == 404
    assert attach(dan, "x", path="attachment/1/").status_code == 404
    assert attach(dan, "x", path="milestone/milestone1/").status_code == 403
    assert attach(ada, "x", path="milestone/milestone1/").status_code == 303
    assert names(project) == ["x"] and len(files(project)) == 1


def test_addresses(dan: Browser, guest: Browser) -> None:
    attach(dan, "x.txt", path="wiki/A/B/")
    assert "x.txt" in guest.get("/attachment/wiki/A/B/").text
    assert guest.get("/attachment/wiki/A/B").status_code == 404, "the file B of page A"
    assert "x.txt" in guest.get("/attachment/wiki/A/B/x.txt").text
    assert guest.get("/attachment/ticket/1").status_code == 200
    assert guest.get("/attachment/ticket/12").status_code == 404
    for wrong in ("/attachment", "/attachment/wiki", "/raw-attachment/wiki/WikiStart/none"):
        assert guest.get(wrong).status_code in (400, 404)
    for wrong in ("a/../../x", "..%2f..%2fconf", "%00"):
        assert guest.get(f"/raw-attachment/wiki/{wrong}").status_code in (301, 302, 400, 404)


def test_raw_answers_cannot_run(dan: Browser, guest: Browser) -> None:
    attach(dan, "evil.html", b"<script>alert(1)</script>")
    attach(dan, "evil.svg", b"<svg onload='alert(1)'/>")
    attach(dan, "evil.png", b"<script>alert(1)</script>")
    attach(dan, "a.png", PNG)
    for name in ("evil.html", "evil.svg", "evil.png"):
        answer = guest.get(f"/raw-attachment/wiki/WikiStart/{name}")
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    picture = guest.get("/raw-attachment/wiki/WikiStart/a.png")
    assert picture.mimetype == "image/png"
    assert not picture.headers["Content-Disposition"].startswith("attachment")
    text = guest.get("/raw-attachment/wiki/WikiStart/evil.html?format=txt")
    assert text.mimetype == "text/plain"
    assert guest.get("/attachment/wiki/WikiStart/evil.html?format=raw").data == b"<script>alert(1)</script>"
    assert "<script>alert" not in guest.get("/attachment/wiki/WikiStart/evil.html").text


def test_conditional_and_partial_answers(dan: Browser, guest: Browser) -> None:
    attach(dan, "x.bin", bytes(range(100)))
    first = guest.get("/raw-attachment/wiki/WikiStart/x.bin")
    assert first.content_length == 100
    again = guest.get(first.request.path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304 and not again.data
    since = guest.get(first.request.path, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert since.status_code == 304
    part = guest.get(first.request.path, headers={"Range": "bytes=10-19"})
    assert part.status_code == 206 and part.data == bytes(range(10, 20))
    head = guest.client.head(first.request.path, buffered=True)
    assert head.status_code == 200 and head.content_length == 100 and not head.data


def test_preview(dan: Browser, guest: Browser) -> None:
    attach(dan, "x.py", b"def f():\n    pass\n")
    attach(dan, "x.bin", b"\0\1\2")
    attach(dan, "a.png", PNG)
    assert 'id="L2"' in guest.get("/attachment/wiki/WikiStart/x.py").text
    assert "is not shown here" in guest.get("/attachment/wiki/WikiStart/x.bin").text
    assert (
        '<img src="/raw-attachment/wiki/WikiStart/a.png"'
        in guest.get("/attachment/wiki/WikiStart/a.png").text
    )


def test_bytes_that_are_missing(dan: Browser, guest: Browser, project: Project) -> None:
    attach(dan, "x.txt")
    files(project)[0].unlink()
    for address in ("attachment", "raw-attachment"):
        answer = guest.get(f"/{address}/wiki/WikiStart/x.txt")
        assert answer.status_code == 404 and "missing on the disk" in answer.text
    assert "x.txt" in guest.get("/wiki/WikiStart").text
    dan.post("/attachment/wiki/WikiStart/x.txt", action="delete")
    sample.run_jobs(project)
    assert names(project) == []


def test_delete(dan: Browser, ada: Browser, guest: Browser, project: Project) -> None:
    attach(ada, "hers.txt")
    attach(dan, "his.txt")
    assert dan.get("/attachment/wiki/WikiStart/hers.txt?action=delete").status_code == 403
    assert dan.post("/attachment/wiki/WikiStart/hers.txt", action="delete").status_code == 403
    assert guest.post("/attachment/wiki/WikiStart/his.txt", action="delete").status_code == 403
    assert dan.get("/attachment/wiki/WikiStart/his.txt?action=delete").status_code == 200
    kept = dan.post("/attachment/wiki/WikiStart/his.txt", action="delete", cancel="1")
    assert kept.headers["Location"] == "/wiki/WikiStart" and len(names(project)) == 2
    assert dan.post("/attachment/wiki/WikiStart/his.txt", action="delete").status_code == 303
    assert names(project) == ["hers.txt"] and len(files(project)) == 2
    sample.run_jobs(project)
    assert files(project) == [file_path(project.path, START, "hers.txt")]
    assert dan.post("/attachment/wiki/WikiStart/his.txt", action="delete").status_code == 404


def test_files_go_with_a_page(dan: Browser, ada: Browser, guest: Browser, project: Project) -> None:
    attach(dan, "x.txt", b"bytes", path="wiki/A/B/")
    attach(dan, "y.txt", b"more", path="wiki/A/B/")
    file_path(project.path, Ref("wiki", "A/B"), "y.txt").unlink()
    ada.post("/wiki/A/B", action="rename", new_name="New/Name")
    assert guest.get("/raw-attachment/wiki/New/Name/x.txt").data == b"bytes"
    assert "x.txt" in guest.get("/wiki/New/Name").text
    sample.run_jobs(project)
    assert files(project) == [file_path(project.path, Ref("wiki", "New/Name"), "x.txt")]
    ada.post("/wiki/New/Name", action="delete")
    sample.run_jobs(project)
    assert names(project) == [] and files(project) == []


def test_a_rename_that_fails_leaves_everything(dan: Browser, ada: Browser, project: Project) -> None:
    attach(dan, "x.txt", path="wiki/A/B/")
    with project.database.begin("write") as db:
        db.exec_driver_sql("INSERT INTO attachment (type, id, filename) VALUES ('wiki', 'Free', 'x.txt')")
    assert ada.post("/wiki/A/B", action="rename", new_name="Free").status_code == 409
    sample.run_jobs(project)
    assert dan.get("/raw-attachment/wiki/A/B/x.txt").data == b"hello"


def test_milestones_take_their_files_along(ada: Browser, project: Project) -> None:
    attach(ada, "plan.txt", path="milestone/milestone1/")
    sent = {"action": "edit", "id": "milestone1", "name": "Milestone one", "description": ""}
    assert ada.post("/milestone/milestone1", **sent).status_code == 303
    assert ada.get("/raw-attachment/milestone/Milestone%20one/plan.txt").data == b"hello"


def test_in_the_stream_of_a_ticket_and_elsewhere(dan: Browser, guest: Browser) -> None:
    attach(dan, "log.txt", path="ticket/1", description="needle in a log")
    assert "log.txt" in guest.get("/ticket/1").text
    assert "/attachment/ticket/1/log.txt" in guest.get("/search?q=needle&attachment=on").text
    assert "log.txt" in guest.get("/timeline?ticket_details=on&ticket=on").text


def test_a_disk_that_refuses(dan: Browser, project: Project) -> None:
    folder = project.path / "files" / "attachments"
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("no folder at all")
    answer = attach(dan, "x.txt", description="my words")
    assert answer.status_code == 503 and "my words" in answer.text
    assert names(project) == []
    os.unlink(folder)


def test_statements(dan: Browser, project: Project) -> None:
    for number in range(5):
        attach(dan, f"{number}.txt", description="see #1")
    Browser(project).get("/wiki/A/B")
    with sample.counted(project) as statements:
        assert Browser(project).get("/wiki/WikiStart").status_code == 200
    assert len(statements) <= 7, statements


def test_what_goes_with_a_page_is_told(dan: Browser, ada: Browser) -> None:
    attach(dan, "x.txt", path="wiki/A/B/", description="''see'' [wiki:WikiStart]")
    assert "x.txt" in ada.get("/wiki/A/B?action=delete").text
    listed = ada.get("/attachment/wiki/A/B/").text
    assert "<em>see</em>" in listed and "5 bytes" in listed and "At most 1000 bytes." in listed
