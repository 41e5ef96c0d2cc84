"""A project with tickets, milestones and reports to look at, from several seats."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from sqlalchemy import insert
from werkzeug.test import Client
from werkzeug.wrappers import Response

from tests.projects import make_project
from trackside.db.engine import Database, count_statements
from trackside.db.schema import component, enum, milestone, report, ticket, ticket_change
from trackside.features.attachment.feature import feature as attachment_feature
from trackside.features.report.feature import feature as report_feature
from trackside.features.roadmap.feature import feature as roadmap_feature
from trackside.features.roadmap.feature import milestones as milestones_feature
from trackside.features.search.feature import feature as search_feature
from trackside.features.ticket.feature import feature as ticket_feature
from trackside.features.timeline.feature import feature as timeline_feature
from trackside.jobs.scope import open_work
from trackside.kernel.access import Access, Actor, Permission
from trackside.kernel.dates import to_stamp
from trackside.kernel.project import Project
from trackside.kernel.ref import Ref
from trackside.kernel.work import Work
from trackside.markup.assemble import assemble_syntax
from trackside.markup.syntax import Syntax
from trackside.web import app
from trackside.web.request import Request

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
Opener = Callable[..., AbstractContextManager[Work]]

FEATURES = (
    ticket_feature,
    attachment_feature,
    roadmap_feature,
    milestones_feature,
    report_feature,
    timeline_feature,
    search_feature,
)


@dataclass(frozen=True, slots=True)
class Seats:
    """Everybody may do everything but what is `denied`, and see every ticket but the `hidden` ones."""

    denied: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    name: str = "Seats"
    held: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def decide(self, access: Access, permission: Permission, ref: Ref) -> bool | None:
        if permission.name in self.denied:
            return False
        return not (ref.realm == "ticket" and ref.id in self.hidden)

    def looks_at_things(self, permission: Permission, realm: str) -> bool:
        return bool(self.hidden) and realm == "ticket"


def make(path: Path, ini: str = "[project]\nname = Sample\n", seats: Seats | None = None) -> Project:
    made = make_project(path, FEATURES, ini)
    syntax = assemble_syntax(FEATURES, made.config)
    made = replace(made, policies=(seats or Seats(),), parts={**made.parts, Syntax: syntax})
    fill(made)
    return made


def fill(project: Project) -> None:
    """Six tickets in two milestones; the third milestone is completed, the fourth has no date."""
    due = to_stamp(NOW + timedelta(days=20))
    with project.database.begin("write") as db:
        names = {
            "ticket_type": ["defect", "task"],
            "priority": ["blocker", "major", "minor"],
            "resolution": ["fixed"],
        }
        db.execute(
            insert(enum),
            [
                {"type": kind, "name": name, "value": str(i + 1)}
                for kind, values in names.items()
                for i, name in enumerate(values)
            ],
        )
        db.execute(insert(component), [{"name": "core", "owner": "carl"}, {"name": "docs", "owner": "dora"}])
        db.execute(
            insert(milestone),
            [
                {"name": "1.0", "due": due, "completed": 0, "description": "The ''first'' one, see #2"},
                {
                    "name": "0.9/x",
                    "due": to_stamp(NOW - timedelta(days=9)),
                    "completed": 0,
                    "description": "",
                },
                {
                    "name": "0.5",
                    "due": 0,
                    "completed": to_stamp(NOW - timedelta(days=3)),
                    "description": "Old",
                },
                {"name": "some day", "due": 0, "completed": 0, "description": ""},
            ],
        )
        db.execute(insert(ticket), [_ticket(number) for number in range(1, 7)])
        db.execute(
            insert(ticket_change).values(
                ticket=2,
                time=_at(2) + 60_000_000,
                author="carl",
                field="comment",
                oldvalue="1",
                newvalue="zebra",
            )
        )


def _at(number: int) -> int:
    return to_stamp(NOW - timedelta(days=10 - number))


def _ticket(number: int) -> dict[str, object]:
    return {
        "id": number,
        "type": "defect" if number % 2 else "task",
        "time": _at(number),
        "changetime": _at(number),
        "component": "core" if number < 5 else "docs",
        "priority": ("minor", "blocker", "major")[number % 3],
        "owner": "dora" if number == 4 else "carl",
        "reporter": "rita@example.org",
        "milestone": "1.0" if number < 6 else "0.9/x",
        "status": "closed" if number in (1, 6) else "new",
        "resolution": "fixed" if number in (1, 6) else None,
        "summary": f"Summary <{number}>",
        "description": f"Text of number {number}\r\nwith a needle",
        "keywords": "",
        "cc": "",
    }


def add_report(project: Project, query: str, title: str = "A report", description: str = "") -> int:
    with project.database.begin("write") as db:
        values = {"title": title, "query": query, "description": description}
        key = db.execute(insert(report).values(values)).inserted_primary_key
        assert key is not None
        return int(key[0])


@contextmanager
def begin(project: Project, actor: str = "dev", mode: str = "read") -> Iterator[Work]:
    with open_work(project, Actor(actor), "write" if mode == "write" else "read", now=NOW) as work:
        yield work


def counted(project: Project) -> AbstractContextManager[list[str]]:
    """The statements that a block of code makes."""
    return count_statements(cast(Database, project.database))


def client(project: Project) -> Client:
    def wsgi(environ: dict[str, object], start: Callable[..., object]) -> object:
        response: Response = app.answer(project, Request(environ))
        return response(environ, start)  # type: ignore[arg-type]

    return Client(wsgi)  # type: ignore[arg-type]
