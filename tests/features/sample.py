"""A whole project with the real policies: ada administers, dan is signed in, guests may only look."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, cast

from sqlalchemy import insert, select, text
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Response

from trackside.db.default_data import create_database
from trackside.db.engine import Database, count_statements, open_database
from trackside.db.own_schema import ensure_own_tables
from trackside.db.schema import permission
from trackside.hosting.assemble import assemble
from trackside.hosting.features import FEATURES
from trackside.jobs import worker
from trackside.jobs.scope import open_system_work, open_work
from trackside.kernel.access import Actor
from trackside.kernel.config import Config
from trackside.kernel.project import Project
from trackside.kernel.work import Work
from trackside.web import app
from trackside.web.request import Request

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_INPUT = re.compile(r'<input type="hidden" name="(__FORM_\w+)" value="([^"]+)">')


def make(
    path: Path,
    ini: str = "",
    granted: tuple[tuple[str, str], ...] = (),
    database: Database | None = None,
) -> Project:
    """An environment as `initenv` makes it; `granted` are more rows of `permission`."""
    (path / "conf").mkdir(parents=True)
    (path / "db").mkdir()
    (path / "conf" / "trac.ini").write_text("[project]\nname = Sample\n" + ini, encoding="utf-8")
    database = database or open_database("sqlite:db/trac.db", path)
    create_database(database)
    with database.begin("write") as db:
        ensure_own_tables(db)
        rows = [("ada", "TRAC_ADMIN"), *granted]
        db.execute(insert(permission), [{"username": u, "action": a} for u, a in rows])
    return assemble(path, Config.load(path / "conf" / "trac.ini"), database, FEATURES)


@contextmanager
def begin(
    project: Project, actor: str = "dan", mode: Literal["read", "write"] = "write", now: datetime = NOW
) -> Iterator[Work]:
    with open_work(project, Actor(actor), mode, now=now) as work:
        yield work


@contextmanager
def system(project: Project) -> Iterator[Work]:
    with open_system_work(project, "a test", now=NOW) as work:
        yield work


def rows(project: Project, sql: str) -> list[tuple[Any, ...]]:
    with project.database.begin("read") as db:
        return [tuple(row) for row in db.execute(text(sql))]


def first_ticket(project: Project) -> int:
    """A ticket to attach to, stored without ceremony."""
    with project.database.begin("write") as db:
        db.execute(
            text("INSERT INTO ticket (id, status, summary, reporter) VALUES (1, 'new', 'It breaks', 'dan')")
        )
    return 1


def granted(project: Project) -> set[tuple[str, str]]:
    with project.database.begin("read") as db:
        return {(r.username, r.action) for r in db.execute(select(permission))}


def run_jobs(project: Project) -> int:
    return worker.run_due(project)


@contextmanager
def counted(project: Project) -> Iterator[list[str]]:
    with count_statements(cast(Database, project.database)) as statements:
        yield statements


@dataclass(slots=True)
class Browser:
    """Somebody's browser. `user` is what the web server vouches for; empty for a guest."""

    project: Project
    user: str = ""
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        def wsgi(environ: dict[str, object], start: Callable[..., object]) -> object:
            response: Response = app.answer(self.project, Request(environ))
            return response(environ, start)  # type: ignore[arg-type]

        self.client = Client(wsgi)  # type: ignore[arg-type]

    def get(self, address: str, **more: Any) -> TestResponse:
        return self.client.get(address, environ_overrides=self._environ(), buffered=True, **more)

    def post(self, address: str, form: str = "", **data: Any) -> TestResponse:
        """Send a form that was loaded from `form`, or from the preferences, which everybody has."""
        hidden = dict(_INPUT.findall(self.get(form or "/prefs").text))
        return self.send(address, {**hidden, **data})

    def send(self, address: str, data: dict[str, Any]) -> TestResponse:
        return self.client.post(address, data=data, environ_overrides=self._environ(), buffered=True)

    def _environ(self) -> dict[str, str]:
        return {"REMOTE_USER": self.user} if self.user else {}
