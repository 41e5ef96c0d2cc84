"""Many people at once, and a machine that fails: nothing acknowledged is lost, nothing is stored twice."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPException
from pathlib import Path
from threading import Barrier, Thread, Timer

import pytest

from tests.live import Answer, Person, Server, make_environment, serving

pytestmark = [pytest.mark.slow, pytest.mark.alone]

CLIENTS = 50


@pytest.fixture
def env(tmp_path: Path) -> Path:
    return make_environment(tmp_path / "busy", CLIENTS)


@pytest.fixture
def server(env: Path) -> Iterator[Server]:
    with serving(env) as running:
        yield running


def rows(env: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(env / "db" / "trac.db", timeout=30)) as db:
        return db.execute(statement).fetchall()


def ticket(summary: str) -> dict[str, str]:
    """What somebody fills in."""
    return {"field_summary": summary, "field_component": "component1", "submit": "1"}


def at_once(people: Sequence[Person], act: Callable[[Person], list[Answer]]) -> list[Answer]:
    """Everybody acts at the same moment, in a thread each."""
    barrier = Barrier(len(people))

    def run(person: Person) -> list[Answer]:
        barrier.wait()
        return act(person)

    with ThreadPoolExecutor(len(people)) as pool:
        return [answer for answers in pool.map(run, people) for answer in answers]


def members(server: Server, count: int) -> list[Person]:
    return [Person(server.port).sign_in(f"user{number}") for number in range(1, count + 1)]


def test_fifty_people_create_two_hundred_tickets(env: Path, server: Server) -> None:
    people = members(server, CLIENTS)
    forms = {id(person): [person.form("/newticket", "/newticket") for _ in range(4)] for person in people}
    times: list[float] = []

    def create(person: Person) -> list[Answer]:
        answers = []
        for number, form in enumerate(forms[id(person)]):
            started = time.monotonic()
            name = person.cookies["trac_auth"]
            answers.append(person.post("/newticket", {**form, **ticket(f"{name} {number}")}))
            times.append(time.monotonic() - started)
        return answers

    answers = at_once(people, create)
    assert {answer.status for answer in answers} == {303}
    stored = rows(env, "SELECT id, summary FROM ticket ORDER BY id")
    assert len(stored) == 4 * CLIENTS
    assert len({summary for _, summary in stored}) == 4 * CLIENTS
    assert sorted(answer.location for answer in answers) == sorted(f"/ticket/{id}" for id, _ in stored)
    times.sort()
    print(
        f"tickets: median {times[len(times) // 2]:.2f} s, 95 % within {times[int(len(times) * 0.95)]:.2f} s"
    )
    assert times[int(len(times) * 0.95)] < 2


def test_fifty_comments_on_one_ticket_are_all_kept(env: Path, server: Server) -> None:
    people = members(server, CLIENTS)
    assert people[0].send("/newticket", "/newticket", **ticket("One for all")).status == 303
    forms = {id(person): person.form("/ticket/1", "/ticket/1") for person in people}

    def comment(person: Person) -> list[Answer]:
        text = f"from {person.cookies['trac_auth']}"
        return [person.post("/ticket/1", {**forms[id(person)], "comment": text, "submit": "1"})]

    answers = at_once(people, comment)
    assert {answer.status for answer in answers} == {303}
    stored = rows(env, "SELECT oldvalue, newvalue FROM ticket_change WHERE ticket = 1 AND field = 'comment'")
    assert len({text for _, text in stored}) == CLIENTS
    assert sorted(int(str(number)) for number, _ in stored) == list(range(1, CLIENTS + 1))


def test_a_form_sent_by_two_clicks_at_once_is_stored_once(env: Path, server: Server) -> None:
    (person,) = members(server, 1)
    form = {**person.form("/newticket", "/newticket"), **ticket("Clicked twice")}
    clicks = [Person(server.port, dict(person.cookies)) for _ in range(8)]
    answers = at_once(clicks, lambda click: [click.post("/newticket", form)])
    assert {(answer.status, answer.location) for answer in answers} == {(303, "/ticket/1")}
    assert rows(env, "SELECT count(*) FROM ticket") == [(1,)]


def write_until_killed(server: Server, seconds: float, prefix: str) -> set[str]:
    """Four people create tickets until the process is killed; the summaries that were acknowledged."""
    acknowledged: set[str] = set()

    def write(person: Person, name: str) -> None:
        for number in range(10_000):
            summary = f"{name} {number}"
            try:
                answer = person.send("/newticket", "/newticket", **ticket(summary))
            except (OSError, HTTPException):
                return
            if answer.status == 303:
                acknowledged.add(summary)

    people = members(server, 4)
    threads = [
        Thread(target=write, args=(person, f"{prefix}.{place}")) for place, person in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    server.kill()
    for thread in threads:
        thread.join()
    return acknowledged


def test_nothing_acknowledged_is_lost_when_the_process_is_killed(env: Path) -> None:
    acknowledged: set[str] = set()
    for number in range(10):
        with serving(env) as server:
            acknowledged |= write_until_killed(server, 0.5 + 0.07 * number, str(number))
        assert rows(env, "PRAGMA integrity_check") == [("ok",)]
    stored = {str(summary) for (summary,) in rows(env, "SELECT summary FROM ticket")}
    print(f"tickets: {len(acknowledged)} acknowledged, {len(stored)} stored")
    assert len(acknowledged) > 20
    assert acknowledged <= stored


def test_reading_goes_on_while_somebody_writes_for_long(env: Path, server: Server) -> None:
    with closing(sqlite3.connect(env / "db" / "trac.db", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        for path in ("/wiki", "/query", "/report", "/roadmap", "/timeline", "/newticket"):
            started = time.monotonic()
            status = Person(server.port).get(path).status
            assert status in (200, 403)
            assert time.monotonic() - started < 1


def test_a_writer_waits_then_hears_that_it_is_busy_and_keeps_the_text(env: Path, server: Server) -> None:
    (person,) = members(server, 1)
    form = {**person.form("/newticket", "/newticket"), **ticket("Patience")}
    form["field_description"] = "A long text that took an hour to write."
    with closing(sqlite3.connect(env / "db" / "trac.db", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        answer = person.post("/newticket", form)
        waited = time.monotonic() - started
    assert 9 < waited < 14
    assert (answer.status, answer.headers["Retry-After"]) == (503, "10")
    assert form["field_description"] in answer.text
    assert person.post("/newticket", form).status == 303


def test_a_writer_that_can_wait_a_moment_notices_nothing(env: Path, server: Server) -> None:
    (person,) = members(server, 1)
    form = {**person.form("/newticket", "/newticket"), **ticket("Patience")}
    with closing(
        sqlite3.connect(env / "db" / "trac.db", isolation_level=None, check_same_thread=False)
    ) as writer:
        writer.execute("BEGIN IMMEDIATE")
        timer = Timer(2, lambda: writer.execute("ROLLBACK"))
        timer.start()
        assert person.post("/newticket", form).status == 303
        timer.join()
