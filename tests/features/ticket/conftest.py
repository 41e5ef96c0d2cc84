"""A small project that has only tickets, and four people in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, cast

import pytest
from sqlalchemy import delete, insert
from werkzeug.test import Client, TestResponse

from trackside.db.default_data import create_database
from trackside.db.engine import Database, open_database
from trackside.db.schema import component, enum, milestone, session, version
from trackside.features.ticket.feature import feature as ticket_feature
from trackside.features.ticket.model import PERMISSIONS
from trackside.hosting.assemble import assemble
from trackside.jobs.scope import open_work
from trackside.kernel.access import Access, Actor, Permission, expand
from trackside.kernel.config import Config
from trackside.kernel.feature import Feature
from trackside.kernel.project import Project
from trackside.kernel.ref import Ref
from trackside.kernel.work import Work
from trackside.web.app import answer
from trackside.web.request import Request

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
Opener = Callable[..., AbstractContextManager[Work]]

INI = """
[trac]
permission_policies = DefaultTicketPolicy, Seats

[ticket]
default_component = core

[ticket-custom]
stage = select
stage.options = |draft|ready
stage.value = draft
has_patch = checkbox
due_on = time
due_on.format = date
notes = textarea
"""

RIGHTS = {
    "admin": {"TICKET_ADMIN", "MILESTONE_VIEW"},
    "dev": {"TICKET_VIEW", "TICKET_CREATE", "TICKET_MODIFY", "TICKET_EDIT_DESCRIPTION", "MILESTONE_VIEW"},
    "reporter": {"TICKET_VIEW", "TICKET_CREATE", "TICKET_APPEND"},
    "anonymous": {"TICKET_VIEW"},
    "stranger": set[str](),
}


@dataclass(frozen=True, slots=True)
class Seats:
    """Everyone may do what RIGHTS says; ticket 13 is nobody's business but the administrator's, where it
    is a secret. An open project lets everybody do what developers do.
    """

    name: str = "Seats"
    has_secret: bool = False
    is_open: bool = False

    def decide(self, access: Access, permission: Permission, ref: Ref) -> bool | None:
        if self.has_secret and ref.id == "13" and access.actor.name != "admin":
            return False
        held = expand(PERMISSIONS)
        names = RIGHTS.get("dev" if self.is_open else access.actor.name, set())
        return any(permission.name in held.get(name, {name}) for name in names)

    def looks_at_things(self, permission: Permission, realm: str) -> bool:
        return self.has_secret


def make_project(
    path: Path,
    ini: str = INI,
    *,
    has_secret: bool = False,
    is_open: bool = False,
    database: Database | None = None,
) -> Project:
    (path / "conf").mkdir(exist_ok=True)
    (path / "db").mkdir(exist_ok=True)
    (path / "db" / "trac.db").touch()
    (path / "conf" / "trac.ini").write_text(ini)
    seats = Feature("seats", policies=(lambda permissions: Seats(has_secret=has_secret, is_open=is_open),))
    return assemble(
        path,
        Config.load(path / "conf" / "trac.ini"),
        database or open_database("sqlite:db/trac.db", path),
        (ticket_feature, seats),
    )


def fill(project: Project) -> None:
    create_database(cast(Database, project.database))
    with project.database.begin("write") as db:
        for table in (enum, component, milestone, version):
            db.execute(delete(table))
        enums = {
            "ticket_type": ["defect", "task"],
            "priority": ["blocker", "major", "minor"],
            "resolution": ["fixed", "invalid"],
        }
        db.execute(
            insert(enum),
            [
                {"type": kind, "name": name, "value": str(i + 1)}
                for kind, names in enums.items()
                for i, name in enumerate(names)
            ],
        )
        db.execute(insert(component), [{"name": "core", "owner": "carl"}, {"name": "docs", "owner": "dora"}])
        db.execute(
            insert(milestone),
            [{"name": "1.0", "due": 0, "completed": 5}, {"name": "2.0", "due": 0, "completed": 0}],
        )
        db.execute(insert(version), [{"name": "0.9", "time": 7}])
        db.execute(
            insert(session), [{"sid": n, "authenticated": 1, "last_visit": 0} for n in ("admin", "dev")]
        )


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = make_project(tmp_path)
    fill(made)
    return made


def opener(project: Project) -> Opener:
    @contextmanager
    def begin(
        actor: str = "dev", mode: Literal["read", "write"] = "write", now: datetime = NOW
    ) -> Iterator[Work]:
        with open_work(project, Actor(actor), mode, now=now) as work:
            yield work

    return begin


@pytest.fixture
def begin(project: Project) -> Opener:
    """Opens a Work of somebody: `with begin("dev") as work`."""
    return opener(project)


TOKEN = "0123456789abcdef01234567"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody with a browser; "" is a stranger to the site."""

    project: Project
    name: str = ""

    def _client(self) -> Client:
        def app(environ: Any, start: Any) -> Any:
            return answer(self.project, Request(environ))(environ, start)

        client = Client(app)
        client.set_cookie("trac_form_token", TOKEN)
        return client

    def get(self, address: str) -> TestResponse:
        return self._client().get(address, environ_overrides=self._environ())

    def post(self, address: str, /, **fields: Any) -> TestResponse:
        """Sends a form of ours; `field_x="…"` and the like are its fields."""
        data = {"__FORM_TOKEN": TOKEN, **fields}
        return self._client().post(address, data=data, environ_overrides=self._environ())

    def _environ(self) -> dict[str, str]:
        return {"REMOTE_USER": self.name} if self.name else {}


def database_of(visitor: Visitor) -> Database:
    return cast(Database, visitor.project.database)


@pytest.fixture
def dev(project: Project) -> Visitor:
    return Visitor(project, "dev")


@pytest.fixture
def guest(project: Project) -> Visitor:
    return Visitor(project)


@pytest.fixture
def project_admin(project: Project) -> Visitor:
    return Visitor(project, "admin")


@pytest.fixture
def project_stranger(project: Project) -> Visitor:
    return Visitor(project, "stranger")
