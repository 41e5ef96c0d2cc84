"""The job table: put in the caller's transaction, claim with one UPDATE, finish, fail."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, delete, insert, or_, select, update

from trackside.db.own_schema import job
from trackside.kernel.dates import from_stamp, to_stamp
from trackside.kernel.events import Event
from trackside.kernel.ref import Ref

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 12
WAITING, DEAD = "waiting", "dead"

_INSERT = insert(job)
_DUE = (
    select(job.c.id)
    .where(job.c.state == WAITING, job.c.due <= bindparam("now"), job.c.claimed_until <= bindparam("now"))
    .order_by(job.c.id)
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Job:
    """One event for one handler. `attempt` counts from 1 for the first run."""

    id: int
    handler: str
    event: Event
    attempt: int


def put(db: Connection, now: datetime, pairs: Iterable[tuple[str, Event]]) -> int:
    """Store a job for each (handler name, event), in the caller's transaction; how many."""
    stamp = to_stamp(now)
    rows = [
        {
            "kind": event.kind,
            "handler": handler,
            "payload": encode(event),
            "attempt": 0,
            "due": stamp,
            "claimed_until": 0,
            "state": WAITING,
            "error": "",
            "created": stamp,
        }
        for handler, event in pairs
    ]
    if rows:
        db.execute(_INSERT, rows)
    return len(rows)


def due(db: Connection, now: datetime, most: int = 50) -> list[int]:
    """Ids of jobs that nobody holds, oldest first."""
    return list(db.execute(_DUE, {"now": to_stamp(now), "most": most}).scalars())


def claim(db: Connection, id: int, now: datetime) -> Job | None:
    """The job, held for LEASE, when no other worker was first."""
    stamp = to_stamp(now)
    free = and_(job.c.id == id, job.c.state == WAITING, job.c.claimed_until <= stamp)
    taken = db.execute(
        update(job).where(free).values(claimed_until=to_stamp(now + LEASE), attempt=job.c.attempt + 1)
    )
    if taken.rowcount != 1:
        return None
    row = db.execute(select(job.c.handler, job.c.payload, job.c.attempt).where(job.c.id == id)).one()
    return Job(id, row.handler, decode(row.payload), row.attempt)


def finish(db: Connection, id: int) -> None:
    db.execute(delete(job).where(job.c.id == id))


def fail(db: Connection, failed: Job, now: datetime, error: str) -> None:
    """Try again later, each time after twice as long; dead after MAX_ATTEMPTS."""
    is_dead = failed.attempt >= MAX_ATTEMPTS
    pause = timedelta(seconds=min(10 * 2**failed.attempt, 6 * 3600))
    db.execute(
        update(job)
        .where(job.c.id == failed.id)
        .values(
            state=DEAD if is_dead else WAITING,
            due=to_stamp(now + pause),
            claimed_until=0,
            error=error[:2000],
        )
    )


def count(db: Connection, states: Sequence[str] = (WAITING, DEAD)) -> int:
    return len(db.execute(select(job.c.id).where(or_(*(job.c.state == state for state in states)))).all())


def encode(event: Event) -> str:
    """An event as JSON text."""
    return json.dumps(
        {
            "kind": event.kind,
            "ref": _encode_ref(event.ref),
            "author": event.author,
            "at": to_stamp(event.at),
            "changes": {name: list(pair) for name, pair in event.changes.items()},
            "comment": event.comment,
            "depth": event.depth,
        }
    )


def decode(text: str) -> Event:
    data = json.loads(text)
    at = from_stamp(data["at"])
    ref = _decode_ref(data["ref"])
    if at is None or ref is None:
        raise ValueError("a stored event lacks its time or its thing")
    changes = {name: (old, new) for name, (old, new) in data["changes"].items()}
    return Event(data["kind"], ref, data["author"], at, changes, data["comment"], data["depth"])


def _encode_ref(ref: Ref | None) -> list[object] | None:
    return None if ref is None else [ref.realm, ref.id, ref.version, _encode_ref(ref.parent)]


def _decode_ref(data: list[object] | None) -> Ref | None:
    if data is None:
        return None
    realm, id, version, parent = data
    return Ref(
        str(realm),
        None if id is None else str(id),
        version if isinstance(version, int) else None,
        _decode_ref(parent if isinstance(parent, list) else None),
    )
