"""How columns are shown by their names."""

from __future__ import annotations

import pytest

from trackside.features.report import cells
from trackside.features.report.model import Report, columns_of, row_refs
from trackside.kernel.href import Href
from trackside.kernel.ref import Ref


def test_it_works() -> None:
    columns = columns_of(["__group__", "ticket", "summary_", "_hidden", "_description_", "owner", "__x__"])
    assert [(c.kind, c.place) for c in columns] == [
        ("text", "hidden"),
        ("id", "cell"),
        ("link", "last"),
        ("text", "hidden"),
        ("wiki", "full"),
        ("people", "cell"),
        ("text", "hidden"),
    ]
    lines = [(is_full, [c.name for c in line]) for is_full, line in cells.lines_of(columns)]
    assert lines == [(False, ["ticket", "summary_"]), (True, ["_description_"]), (False, ["owner"])]


@pytest.mark.parametrize(
    ("names", "row", "expected"),
    [
        (["ticket"], [3], Ref("ticket", "3")),
        (["id", "realm"], ["Start", "wiki"], Ref("wiki", "Start")),
        (["report"], [3], Ref("report", "3")),
        (["ticket", "_id"], [3, 4], Ref("ticket", "4")),
        (["ticket"], [None], None),
        (["summary"], ["x"], None),
        (
            ["id", "realm", "parent_realm", "parent_id"],
            ["a.txt", "attachment", "ticket", 3],
            Ref("attachment", "a.txt", None, Ref("ticket", "3")),
        ),
    ],
)
def test_the_thing_of_a_row(names: list[str], row: list[object], expected: Ref | None) -> None:
    assert row_refs(columns_of(names))(row) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "color: #777; background: #ddd; border-color: #ccc;",
            "color: #777; background: #ddd; border-color: #ccc",
        ),
        ("font-weight: bold", "font-weight: bold"),
        ("background: url(//evil)", ""),
        ("position: fixed; color: red", "color: red"),
        ("color: red} body {display: none", ""),
        ("color: red</style><script>", ""),
        ("color: expression(alert(1))", "color: expression(alert(1))"),
        ("behavior: x", ""),
    ],
)
def test_styles_are_kept_harmless(text: str, expected: str) -> None:
    assert cells.declarations(text) == expected


@pytest.mark.parametrize(
    ("address", "is_kept"),
    [
        ("/query?status=new", True),
        ("query?x=1", True),
        ("https://example.org/", True),
        ("javascript:alert(1)", False),
        ("JavaScript:alert(1)", False),
        ("//evil.example/", False),
        ("data:text/html,x", False),
        ("java\nscript:x", False),
        ("", False),
    ],
)
def test_addresses_are_of_the_web(address: str, is_kept: bool) -> None:
    assert (cells.safe_address(address, Href()) is not None) is is_kept


def test_saved_queries_are_told_from_sql() -> None:
    def saved(text: str) -> str | None:
        return Report(1, "", text, "").saved_query

    assert saved("query:?status=new\r\n&\r\nowner=me") == "?status=new&owner=me"
    assert saved("?status=new\n&group=owner") == "?status=new&group=owner"
    assert saved("query: status=new") == "status=new"
    assert saved("SELECT 1") is None


def test_people_are_shown_one_by_one() -> None:
    assert cells.people("a@b.org; joe,ann", lambda name: f"<{name}>") == "<a@b.org>, <joe>, <ann>"


def test_no_number_is_the_beginning_of_time() -> None:
    assert cells.moment("never").year == 1970
    assert cells.moment(10**40).year == 1970
