"""Several projects below one directory: the index, what it hides, and names that lead nowhere."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.hosting.conftest import edit_ini
from tests.hosting.served import Served, client, tracd

Make = Callable[[str], Path]


def test_it_works(make_env: Make, tmp_path: Path) -> None:
    make_env("a")
    make_env("b")
    edit_ini(tmp_path / "b", "descr = My example project", "descr = Deep <water>")
    page = client(env_parent_dir=str(tmp_path)).get("/").text
    assert 'href="/a"' in page
    assert page.index("Pond a") < page.index("Pond b")
    assert "Deep &lt;water&gt;" in page


def test_projects_are_sorted_by_their_own_names(make_env: Make, tmp_path: Path) -> None:
    for directory, name in (("a", "Zebra"), ("b", "apple"), ("c", "Maple")):
        edit_ini(make_env(directory), f"name = Pond {directory}", f"name = {name}")
    page = client(env_parent_dir=str(tmp_path)).get("/").text
    assert page.index("apple") < page.index("Maple") < page.index("Zebra")


def test_links_and_cookies_stay_below_the_project(make_env: Make, tmp_path: Path) -> None:
    make_env("a")
    answer = client(env_parent_dir=str(tmp_path)).get("/a/wiki", base_url="http://x.example/trac")
    assert 'href="/trac/a/wiki"' in answer.text
    assert all("Path=/trac/a" in cookie for cookie in answer.headers.getlist("Set-Cookie"))


def test_what_is_no_project_is_listed_without_its_path(make_env: Make, tmp_path: Path) -> None:
    make_env("a")
    (tmp_path / "lib").mkdir()
    page = client(env_parent_dir=str(tmp_path)).get("/")
    assert page.status_code == 200
    assert "lib" in page.text
    assert "cannot be served" in page.text
    assert str(tmp_path) not in page.text


@pytest.mark.parametrize(
    ("patterns", "shown"),
    [
        (None, {"old1", "lib", "x"}),
        ("lib", {"old1", "x", ".hidden"}),
        ("old*\n?ib\n", {"x", ".hidden"}),
        ("# a comment\r\n\r\n[lx]*\r\n.*", {"old1"}),
        (".*", {"old1", "lib", "x"}),
    ],
)
def test_tracignore(tmp_path: Path, patterns: str | None, shown: set[str]) -> None:
    for name in ("old1", "lib", "x", ".hidden", ".wake"):
        (tmp_path / name).mkdir()
    if patterns is not None:
        (tmp_path / ".tracignore").write_bytes(patterns.encode())
    page = client(env_parent_dir=str(tmp_path)).get("/").text
    assert {name for name in ("old1", "lib", "x", ".hidden", ".wake") if f"<b>{name}</b>" in page} == shown


def test_what_is_hidden_is_served_all_the_same(make_env: Make, tmp_path: Path) -> None:
    make_env("a")
    (tmp_path / ".tracignore").write_text("a\n")
    visitor = client(env_parent_dir=str(tmp_path))
    assert "Pond a" not in visitor.get("/").text
    assert visitor.get("/a/wiki").status_code == 200


def test_an_index_page_of_one_s_own(make_env: Make, tmp_path: Path) -> None:
    make_env("a")
    (tmp_path / "lib").mkdir()
    template = tmp_path / "index.xml"
    template.write_text(
        "<projects title='${title}'>\n# for p in projects\n<p name='${p.name}' href='${p.href}'/>\n# endfor\n"
        "</projects>"
    )
    keys = {
        "env_parent_dir": str(tmp_path),
        "env_index_template": str(template),
        "template_vars": "title=Ours,x=1",
    }
    answer = client(**keys).get("/")
    assert answer.mimetype == "text/xml"
    root = ET.fromstring(answer.text)
    assert root.get("title") == "Ours"
    assert [(p.get("name"), p.get("href")) for p in root] == [("lib", ""), ("Pond a", "/a")]


def test_the_index_heals_without_a_restart(make_env: Make, tmp_path: Path) -> None:
    path = make_env("a")
    visitor = client(env_parent_dir=str(tmp_path))
    (path / "VERSION").rename(path / "VERSION.away")
    assert "cannot be served" in visitor.get("/").text
    assert visitor.get("/a/wiki").status_code == 500
    (path / "VERSION.away").rename(path / "VERSION")
    assert "cannot be served" not in visitor.get("/").text
    assert visitor.get("/a/wiki").status_code == 200


def test_a_changed_trac_ini_counts_at_the_next_request(make_env: Make) -> None:
    path = make_env("a")
    visitor = client(env_path=str(path))
    assert "Pond a" in visitor.get("/wiki").text
    edit_ini(path, "name = Pond a", "name = Lake a, much larger")
    assert "Lake a, much larger" in visitor.get("/wiki").text


@pytest.mark.parametrize(
    "address",
    [
        "/nope/wiki",
        "/../a/wiki",
        "/./a/wiki",
        "/%2e%2e/a/wiki",
        "/%2e/a/wiki",
        "/%2e%2e%2fa",
        "/a%2f..%2fa/wiki",
        "/..%5ca/wiki",
        "/%00/wiki",
        "/a%00/wiki",
        "/a/%00",
        "/a/wiki/%ff%fe",
        "/%ff/wiki",
        "/a/chrome/site/../../conf/trac.ini",
        "/a/chrome/site/%2e%2e/%2e%2e/conf/trac.ini",
        "/a/chrome/site/..%2f..%2fconf/trac.ini",
        "/a/chrome/site//etc/passwd",
        "/a/chrome/common/../../../VERSION",
        "/a/conf/trac.ini",
        "/a/raw-attachment/wiki/WikiStart/../../conf/trac.ini",
        "/chrome/common/../../a",
        "/trac.ini",
    ],
)
def test_tricks_with_paths_lead_nowhere(served_parent: Served, address: str) -> None:
    status, _, text = served_parent.get(address)
    assert status in (400, 404), address
    assert "[project]" not in text
    assert "Traceback" not in text


@pytest.fixture(scope="module")
def served_parent(made_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    parent = tmp_path_factory.mktemp("parent")
    shutil.copytree(made_once, parent / "a")
    with tracd("-e", parent) as server:
        yield server


def test_many_slashes_are_one_project(served_parent: Served) -> None:
    status, headers, _ = served_parent.get("//a/wiki")
    assert status in (200, 404) or headers.get("location", "").startswith("/a")
