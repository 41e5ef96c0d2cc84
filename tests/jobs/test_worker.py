"""Jobs: stored with their change, run once, tried again."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from tests.projects import make_project
from trackside.db.own_schema import job
from trackside.db.schema import report, wiki
from trackside.jobs import queue
from trackside.jobs.scope import WAKE_FOLDER, open_system_work, open_work
from trackside.jobs.worker import Worker, run_due
from trackside.kernel.access import Actor
from trackside.kernel.errors import Misconfigured
from trackside.kernel.events import MAX_DEPTH, Event
from trackside.kernel.feature import Feature, Handler, Schedule
from trackside.kernel.project import Project
from trackside.kernel.ref import Ref
from trackside.kernel.work import Work

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PAGE = Event("wiki.changed", Ref("wiki", "A", 2), "joe", NOW, {"text": ("a", "b")}, "why")


def index_page(work: Work, event: Event) -> None:
    work.db.execute(insert(report).values(title=event.ref.id))


def break_down(work: Work, event: Event) -> None:
    work.db.execute(insert(report).values(title="half done"))
    raise RuntimeError("broken")


def answer_oneself(work: Work, event: Event) -> None:
    work.emit(Event("loop.turned", event.ref, "joe", work.now, depth=work.depth))


sent: list[str] = []


def prepare_letter(work: Work, event: Event) -> Callable[[], None]:
    text = f"{event.kind} {event.ref}"
    return lambda: sent.append(text)


def count_a_turn(work: Work) -> None:
    work.db.execute(insert(wiki).values(name=f"turn{work.now.hour}", version=1, time=1))


FEATURE = Feature(
    name="followers",
    handlers=(
        Handler("index", ("wiki.changed",), run=index_page),
        Handler("break", ("wiki.broken",), run=break_down),
        Handler("loop", ("loop.turned",), run=answer_oneself),
        Handler("letter", ("mail.wanted",), prepare=prepare_letter),
    ),
    schedules=(Schedule("hourly", 3600, count_a_turn),),
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_project(tmp_path / "sample", (FEATURE,))


def emit(project: Project, *events: Event) -> None:
    with open_work(project, Actor("joe"), "write", now=NOW) as work:
        for event in events:
            work.emit(event)


def titles(project: Project) -> list[str]:
    with project.database.begin("read") as db:
        return list(db.execute(select(report.c.title)).scalars())


def waiting(project: Project) -> list[tuple[str, int, str]]:
    with project.database.begin("read") as db:
        rows = db.execute(select(job.c.handler, job.c.attempt, job.c.state).order_by(job.c.id))
        return [(row.handler, row.attempt, row.state) for row in rows]


def test_it_works(project: Project) -> None:
    emit(project, PAGE)
    assert waiting(project) == [("index", 0, "waiting")]
    assert run_due(project, NOW) == 1
    assert titles(project) == ["A"]
    assert waiting(project) == []


def test_an_event_survives_the_table(project: Project) -> None:
    attached = Event("attachment.added", Ref("wiki", "A").child("attachment", "x.png"), "joe", NOW, depth=2)
    assert queue.decode(queue.encode(PAGE)) == PAGE
    assert queue.decode(queue.encode(attached)) == attached


def test_a_change_that_is_undone_leaves_no_job(project: Project) -> None:
    with pytest.raises(RuntimeError), open_work(project, Actor("joe"), "write", now=NOW) as work:
        work.emit(PAGE)
        raise RuntimeError
    with open_work(project, Actor("joe"), "write", now=NOW) as work:
        work.emit(PAGE)
        work.abandon()
    assert waiting(project) == []


def test_a_failing_handler_changes_nothing_and_is_tried_again_later(project: Project) -> None:
    emit(project, Event("wiki.broken", Ref("wiki", "A"), "joe", NOW))
    run_due(project, NOW)
    assert titles(project) == []
    assert waiting(project) == [("break", 1, "waiting")]
    assert run_due(project, NOW + timedelta(seconds=1)) == 0
    assert run_due(project, NOW + timedelta(minutes=1)) == 1


def test_a_handler_that_always_fails_is_given_up(project: Project) -> None:
    emit(project, Event("wiki.broken", Ref("wiki", "A"), "joe", NOW))
    now = NOW
    for _ in range(queue.MAX_ATTEMPTS):
        run_due(project, now)
        now += timedelta(hours=7)
    assert waiting(project) == [("break", queue.MAX_ATTEMPTS, "dead")]
    assert run_due(project, now) == 0


def test_a_job_is_taken_by_one_worker_only(project: Project) -> None:
    emit(project, PAGE)
    with project.database.begin("write") as db:
        (id,) = queue.due(db, NOW)
        assert queue.claim(db, id, NOW) is not None
        assert queue.claim(db, id, NOW) is None
        assert queue.claim(db, id, NOW + 2 * queue.LEASE) is not None


def test_handlers_that_answer_one_another_are_stopped(project: Project) -> None:
    emit(project, Event("loop.turned", Ref("wiki", "A"), "joe", NOW))
    for _ in range(MAX_DEPTH + 2):
        run_due(project, NOW)
    with project.database.begin("read") as db:
        assert "circle" in db.execute(select(job.c.error)).scalar_one()


def test_a_work_too_deep_emits_nothing(project: Project) -> None:
    with (
        pytest.raises(Misconfigured),
        open_system_work(project, "a test of depth", now=NOW, depth=MAX_DEPTH) as work,
    ):
        work.emit(PAGE)


def test_an_outside_handler_runs_with_no_transaction_open(project: Project) -> None:
    sent.clear()
    emit(project, Event("mail.wanted", Ref("wiki", "A"), "joe", NOW))
    run_due(project, NOW)
    assert sent == ["mail.wanted wiki:A"]
    assert waiting(project) == []


def test_a_schedule_runs_when_it_is_due_and_not_before(project: Project) -> None:
    for minutes in (0, 30, 59, 61, 90, 130):
        run_due(project, NOW + timedelta(minutes=minutes))
    with project.database.begin("read") as db:
        turns = list(db.execute(select(wiki.c.name).order_by(wiki.c.name)).scalars())
    assert turns == ["turn12", "turn13", "turn14"]


def test_other_processes_are_given_a_hint(project: Project) -> None:
    emit(project, PAGE)
    assert (project.path.parent / WAKE_FOLDER / project.name).exists()


def test_the_thread_does_what_waits_when_woken(project: Project) -> None:
    emit(project, PAGE)
    worker = Worker(lambda: [project])
    worker.start()
    worker.wake()
    until = time.monotonic() + 20
    while waiting(project) and time.monotonic() < until:
        time.sleep(0.02)
    worker.stop()
    assert waiting(project) == []
    assert titles(project) == ["A"]
