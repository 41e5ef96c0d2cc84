"""The same question gets the same answer from all three databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import String, insert, literal, select

from trackside.db import dialects
from trackside.db.engine import Database
from trackside.db.schema import component, enum, report, session, session_attribute, ticket


def test_it_works(database: Database) -> None:
    with database.begin("write") as db:
        first = dialects.insert_id(db, ticket, {"summary": "one"})
        second = dialects.insert_id(db, ticket, {"summary": "two"})
    assert second == first + 1


@pytest.mark.parametrize(
    ("text", "whole", "number"),
    [
        ("12", 12, 12.0),
        ("1.5", 1, 1.5),
        ("-3", -3, -3.0),
        ("", 0, 0.0),
        ("high", 0, 0.0),
        ("7th", 7, 7.0),
        (None, None, None),
    ],
)
def test_numbers_in_text(
    database: Database, text: str | None, whole: int | None, number: float | None
) -> None:
    with database.begin("write") as db:
        db.execute(insert(enum).values(type="t", name="n", value=text))
        columns = dialects.cast_int(enum.c.value), dialects.cast_number(enum.c.value)
        row = db.execute(select(*columns).where(enum.c.type == "t")).one()
    assert tuple(row) == (whole, number)


def test_enums_are_sorted_by_number(database: Database) -> None:
    with database.begin("write") as db:
        for value in ("10", "9", "2.5", "2"):
            db.execute(insert(enum).values(type="t", name=value, value=value))
        ordered = select(enum.c.name).where(enum.c.type == "t").order_by(dialects.cast_number(enum.c.value))
        assert list(db.execute(ordered).scalars()) == ["2", "2.5", "9", "10"]


@pytest.mark.parametrize(
    ("match", "part", "is_found"),
    [
        (dialects.contains, "NINETY", True),
        (dialects.contains, "100%", True),
        (dialects.contains, "0%_", True),
        (dialects.contains, "a_b", False),
        (dialects.contains, "/", True),
        (dialects.contains, "\\", True),
        (dialects.starts_with, "100", True),
        (dialects.starts_with, "%", False),
        (dialects.ends_with, "it's", True),
        (dialects.ends_with, "100", False),
    ],
)
def test_matching(database: Database, match: Callable[..., object], part: str, is_found: bool) -> None:
    with database.begin("write") as db:
        db.execute(insert(component).values(name="c", description="100%_ / \\ ninety axb it's"))
        found = select(component.c.name).where(match(component.c.description, part))  # type: ignore[arg-type]
        assert db.execute(found).scalar() == ("c" if is_found else None)


def test_equality_tells_upper_from_lower_case(database: Database) -> None:
    with database.begin("write") as db:
        db.execute(insert(component), [{"name": "Core"}, {"name": "core"}])
        assert db.execute(select(component.c.name).where(component.c.name == "CORE")).all() == []


def test_concat(database: Database) -> None:
    with database.begin("read") as db:
        whole = dialects.concat("a", literal("b", String), "c")
        assert db.execute(select(whole)).scalar() == "abc"


def test_upsert(database: Database) -> None:
    row = {"sid": "joe", "authenticated": 1, "last_visit": 1}
    with database.begin("write") as db:
        dialects.upsert(db, session, row)
        dialects.upsert(db, session, row | {"last_visit": 2})
        dialects.upsert(db, session, row | {"last_visit": 3}, changes=())
        assert db.execute(select(session.c.last_visit)).all() == [(2,)]
        attribute = {"sid": "joe", "authenticated": 1, "name": "tz"}
        for value in ("UTC", None):
            dialects.upsert(db, session_attribute, attribute | {"value": value})
        assert db.execute(select(session_attribute.c.value)).all() == [(None,)]


def test_rows_can_be_held(database: Database) -> None:
    with database.begin("write") as db:
        held = dialects.locked(select(component.c.name).where(component.c.name == "component1"))
        assert db.execute(held).scalar() == "component1"


def test_numbers_go_on_after_given_ones(database: Database) -> None:
    with database.begin("write") as db:
        db.execute(insert(ticket).values(id=41, summary="given"))
        dialects.advance_sequence(db, ticket)
        assert dialects.insert_id(db, ticket, {"summary": "next"}) == 42
        assert dialects.insert_id(db, report, {"title": "ninth"}) == 9
