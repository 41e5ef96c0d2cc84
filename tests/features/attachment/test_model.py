"""Names of files, and where they lie."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackside.features.attachment.hooks import refer
from trackside.features.attachment.model import FOLDER, check_file_name, file_path, namesake
from trackside.kernel.errors import Invalid
from trackside.kernel.ref import Ref

ROOT = Path("/env")


def test_it_works() -> None:
    path = file_path(ROOT, Ref("ticket", "1"), "föo bar.txt")
    assert str(path.relative_to(ROOT / FOLDER)) == (
        "ticket/356/356a192b7913b04c54574d18c28d46e6395428ab/adeb91ab0db6aeca43afd36a6fda351b19718545.txt"
    )


@given(st.text(min_size=1), st.text(min_size=1))
def test_no_name_leads_out(id: str, name: str) -> None:
    try:
        path = file_path(ROOT, Ref("wiki", id), name)
    except UnicodeEncodeError:
        return
    assert path == Path(*path.parts) and ".." not in path.parts
    assert path.is_relative_to(ROOT / FOLDER / "wiki") and len(path.relative_to(ROOT / FOLDER).parts) == 4


@pytest.mark.parametrize("realm", ["..", "", "a/b", "Wiki", "a.b", "../../x"])
def test_no_realm_leads_out(realm: str) -> None:
    with pytest.raises(Invalid):
        file_path(ROOT, Ref(realm, "1"), "x")


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("C:\\Users\\dan\\notes.txt", "notes.txt"),
        ("/etc/passwd", "passwd"),
        (" a.txt ", "a.txt"),
        ("a\nb", "a b"),
        ("\u212bngstr\u00f6m", "\xc5ngstr\xf6m"),
    ],
)
def test_names_are_cleaned(sent: str, stored: str) -> None:
    assert check_file_name(sent) == stored


@pytest.mark.parametrize("sent", ["", " ", "..", "a/..", "/", "\t", "ä" * 200])
def test_names_that_cannot_be(sent: str) -> None:
    with pytest.raises(Invalid):
        check_file_name(sent)


@pytest.mark.parametrize(
    ("name", "second"),
    [("a.txt", "a.2.txt"), ("a", "a.2"), (".x", ".2.x"), ("a.tar.gz", "a.tar.2.gz"), ("a.b c", "a.b c.2")],
)
def test_namesakes(name: str, second: str) -> None:
    assert namesake(name, 1) == name and namesake(name, 2) == second


@pytest.mark.parametrize(
    ("target", "parent", "name"),
    [
        ("a.txt", Ref("wiki", "Here"), "a.txt"),
        ("a.txt:ticket:12", Ref("ticket", "12"), "a.txt"),
        ("ticket:12:a.txt", Ref("ticket", "12"), "a.txt"),
        ("my file.txt:wiki:A/B", Ref("wiki", "A/B"), "my file.txt"),
        ("a:b.txt:wiki:Here", Ref("wiki", "Here"), "a:b.txt"),
    ],
)
def test_links(target: str, parent: Ref, name: str) -> None:
    found = refer("attachment", target, Ref("wiki", "Here", 3))
    assert found is not None and found.ref == Ref("attachment", name, None, parent)
