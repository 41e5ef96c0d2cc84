"""The same tests on all three databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from trackside.db.default_data import create_database
from trackside.db.engine import Database, open_database

EACH = (
    "sqlite",
    pytest.param("postgresql", marks=pytest.mark.postgresql),
    pytest.param("mysql", marks=pytest.mark.mysql),
)


@pytest.fixture(params=EACH)
def fresh_address(request: pytest.FixtureRequest) -> Callable[[], str]:
    """Makes an empty database and answers its connection string, on each kind of database in turn."""
    if request.param == "sqlite":
        return lambda: "sqlite:db/trac.db"
    fresh: Callable[[], str] = request.getfixturevalue(f"{request.param}_server").fresh
    return fresh


@pytest.fixture
def database(fresh_address: Callable[[], str], tmp_path: Path) -> Iterator[Database]:
    """A new database with the rows of a new project."""
    made = open_database(fresh_address(), tmp_path)
    create_database(made)
    yield made
    made.close()
