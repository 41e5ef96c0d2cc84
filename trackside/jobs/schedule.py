"""What is due by the clock: periodic work contributed by features, one worker at a time."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from trackside.db.own_schema import lease
from trackside.jobs.scope import open_system_work
from trackside.kernel.dates import to_stamp
from trackside.kernel.feature import Schedule, features_of
from trackside.kernel.project import Project

log = logging.getLogger("trackside.jobs")


def run_due(project: Project, now: datetime) -> None:
    """Run each schedule whose time has come; its next time is stored before it starts."""
    schedules = [s for feature in features_of(project) for s in feature.schedules]
    if not schedules:
        return
    with project.database.begin("read") as db:
        held = {row.name: row.until for row in db.execute(select(lease.c.name, lease.c.until))}
    for schedule in schedules:
        if held.get(_name(schedule), 0) <= to_stamp(now):
            _run(project, schedule, now)


def _run(project: Project, schedule: Schedule, now: datetime) -> None:
    with project.database.begin("write") as db:
        if not _take(db, _name(schedule), now, now + timedelta(seconds=schedule.every)):
            return
    try:
        with open_system_work(project, "schedules act for nobody", now=now) as work:
            schedule.run(work)
    except Exception:
        log.exception("the schedule %s of %s failed", schedule.name, project.name)


def _name(schedule: Schedule) -> str:
    return f"schedule:{schedule.name}"


def _take(db: Connection, name: str, now: datetime, until: datetime) -> bool:
    """Whether this process is the one; the write transaction keeps others out on SQLite."""
    stamp, next_stamp = to_stamp(now), to_stamp(until)
    taken = db.execute(
        update(lease).where(lease.c.name == name, lease.c.until <= stamp).values(until=next_stamp, holder="")
    )
    if taken.rowcount:
        return True
    if db.execute(select(lease.c.name).where(lease.c.name == name)).first():
        return False
    db.execute(insert(lease).values(name=name, holder="", until=next_stamp))
    return True
