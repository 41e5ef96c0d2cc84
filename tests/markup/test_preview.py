"""Files by their kind: what is shown of them, and how."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.markup.world import PAGE, make_work
from trackside.markup.preview import mime_type, preview, preview_data


def test_it_works(tmp_path: Path) -> None:
    path = tmp_path / "stored"
    path.write_bytes(b"def f():\n    return '<'\n")
    found = preview(make_work(), "a.py", path, source=PAGE)
    assert (found.kind, found.mime) == ("code", "text/x-python3")
    assert '<th id="L2"><a href="#L2">2</a></th>' in found.html
    assert "&lt;" in found.html


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.png", b"\x89PNG", "image"),
        ("a.svg", b"<svg>", "image"),
        ("a.pdf", b"%PDF", "none"),
        ("a.bin", b"\0\1", "none"),
        ("a.zip", b"PK", "none"),
        ("a", b"plain <b>", "text"),
        ("a.txt", b"plain <b>", "text"),
        ("a.html", b"<script>x</script>", "code"),
        ("a.diff", b"--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n", "wiki"),
        ("a.txt", b"x" * 262144, "none"),
    ],
)
def test_kinds(name: str, data: bytes, kind: str) -> None:
    found = preview_data(make_work(), name, data, source=PAGE)
    assert found.kind == kind
    assert "<script" not in found.html
    assert "<b>" not in found.html


def test_wiki_text() -> None:
    found = preview_data(make_work(), "a", b"''x''", source=PAGE, mime="text/x-trac-wiki")
    assert (found.kind, found.html) == ("wiki", "<p>\n<em>x</em>\n</p>\n")


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    assert preview(make_work(), "a.txt", tmp_path / "gone", source=PAGE).kind == "none"


def test_type_of_a_file() -> None:
    assert mime_type(make_work(), "a.css", b"") == "text/css"
