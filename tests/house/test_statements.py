"""How often the main pages of a real project ask the database: a handful of times, however long the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from werkzeug.test import Client

from tests import cython
from trackside.db.engine import count_statements
from trackside.hosting.opening import open_project
from trackside.kernel.project import Project
from trackside.web import app
from trackside.web.request import Request

pytestmark = pytest.mark.slow

MOST = 8
PAGES = (
    *("/ticket/100", "/wiki/WikiStart", "/query", "/report/1", "/roadmap", "/search", "/search?q=cython"),
    *("/timeline", "/timeline?from=2015-06-01&daysback=90"),
)
# What looks like an attempt to sign in is never answered from the pages kept for strangers.
UNKEPT = {"Authorization": "Basic none"}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cython.adopted(tmp_path_factory.mktemp("counted"))


def ask(project: Project, address: str) -> list[str]:
    """The statements that a guest's page takes."""
    client = Client(lambda environ, start: app.answer(project, Request(environ))(environ, start))
    with count_statements(project.database) as statements:  # type: ignore[arg-type]
        assert client.get(address, headers=UNKEPT).status_code == 200
    return statements


@pytest.mark.parametrize("address", PAGES)
def test_a_page_takes_few_statements_cold_and_warm(environment: Path, address: str) -> None:
    project = open_project(environment)
    cold, warm = ask(project, address), ask(project, address)
    assert 0 < len(warm) <= len(cold) <= MOST, "\n".join(cold)
