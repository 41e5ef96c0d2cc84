"""`python -m trackside.hosting.demo DIRECTORY` makes a project to look at, and tells how to sign in."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import singledispatch
from importlib.resources import as_file
from io import BytesIO
from pathlib import Path
from typing import Any

import bcrypt
import click

from trackside.db import sample_data
from trackside.features.attachment import actions as attachment
from trackside.features.people import actions as people
from trackside.features.report import actions as report
from trackside.features.ticket import actions as ticket
from trackside.features.ticket.model import Edit, ticket_ref
from trackside.features.wiki import actions as wiki
from trackside.features.wiki.model import PageChange, page_ref
from trackside.hosting import demo_story, environment
from trackside.hosting.demo_story import Attaching, NewTicket, PageEdit, Step, TicketChange
from trackside.hosting.opening import open_project
from trackside.jobs.scope import open_system_work
from trackside.kernel.config import Config
from trackside.kernel.dates import to_stamp
from trackside.kernel.project import Project
from trackside.kernel.work import Work

ADMIN, MEMBER = "mira", "jonas"
BEFORE_ALL = timedelta(days=421)
_REASON = "the demo project is told, not asked"
_WORDS = (
    "amber",
    "anchor",
    "bollard",
    "breeze",
    "buoy",
    "ebb",
    "ferry",
    "gull",
    "harbour",
    "jetty",
    "keel",
    "reef",
)


def make(path: Path, now: datetime | None = None) -> bool:
    """The demo project at `path`; False when there is one already. Half a project never has that name."""
    path = path.absolute()
    if (path / "VERSION").exists():
        if not _passwords_file(path).exists():
            _write_passwords(path)
        return False
    unfinished = path.with_name(f".{path.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    _create(unfinished, now or datetime.now(UTC))
    _write_passwords(unfinished)
    os.rename(unfinished, path)
    return True


def sign_in(path: Path) -> Mapping[str, str]:
    """Names and passwords, the administrator first."""
    lines = _passwords_file(path).read_text(encoding="utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines)


def _create(path: Path, now: datetime) -> None:
    with as_file(demo_story.content().joinpath("trac.ini")) as given:
        environment.create(path, name="Tidewatch", given=Config.load(given), now=now - BEFORE_ALL)
    project = open_project(path)
    told = demo_story.project()
    with open_system_work(project, _REASON, now=now) as work:
        _people_and_choices(work, told, now)
    files = demo_story.attached_files()
    for step in demo_story.steps(now):
        _do(project, step, now - timedelta(days=step.days), files)
    project.database.close()


def _people_and_choices(work: Work, told: Mapping[str, Any], now: datetime) -> None:
    sample_data.replace_choices(
        work.db,
        [{name: row[name] for name in ("name", "owner", "description")} for row in told["component"]],
        [_milestone(row, now) for row in told["milestone"]],
        [_version(row, now) for row in told["version"]],
    )
    about = {row["login"]: {"name": row["name"], "email": row["email"]} for row in told["person"]}
    sample_data.add_people(work.db, about, now)
    granted = {**told["groups"], **{row["login"]: row.get("permissions", ()) for row in told["person"]}}
    for subject, actions in granted.items():
        for action in actions:
            people.grant_permission(work, subject, action)
    for row in told["report"]:
        report.create_report(work, row["title"], row["query"].strip(), row["description"].strip())


def _milestone(row: Mapping[str, Any], now: datetime) -> dict[str, object]:
    due, completed = (_day(row.get(name), now) for name in ("due", "completed"))
    text = demo_story.dated(row["description"], now).strip()
    return {"name": row["name"], "due": due, "completed": completed, "description": text}


def _version(row: Mapping[str, Any], now: datetime) -> dict[str, object]:
    return {"name": row["name"], "time": _day(row["released"], now), "description": row["description"]}


def _day(days: int | None, now: datetime) -> int:
    """Four in the afternoon of the day so many days ago; 0 for none."""
    if days is None:
        return 0
    return to_stamp((now - timedelta(days=days)).replace(hour=16, minute=0, second=0, microsecond=0))


def _do(project: Project, step: Step, at: datetime, files: Mapping[str, bytes]) -> None:
    with open_system_work(project, _REASON, author=step.by, now=at) as work:
        if isinstance(step, Attaching):
            ref = ticket_ref(int(step.id)) if step.realm == "ticket" else page_ref(step.id)
            attachment.attach_file(work, ref, step.file, BytesIO(files[step.file]), step.description)
        else:
            _write(step, work)


@singledispatch
def _write(step: Step, work: Work) -> None:
    raise TypeError(type(step))


@_write.register
def _(step: PageEdit, work: Work) -> None:
    stored = wiki.find_page(work, step.page)
    wiki.change_page(work, step.page, PageChange(step.text, step.comment, stored.version if stored else 0))


@_write.register
def _(step: NewTicket, work: Work) -> None:
    id = ticket.create_ticket(work, Edit(values=step.values, author=step.by))
    if id != step.number:
        raise ValueError(f"ticket {step.number} of the demo became {id}: its days are out of order")


@_write.register
def _(step: TicketChange, work: Work) -> None:
    seen = ticket.read_ticket(work, step.number).changed
    edit = Edit(step.values, step.comment, step.step, step.arguments, step.reply_to, seen)
    ticket.change_ticket(work, step.number, edit)


def _write_passwords(path: Path) -> None:
    """Made at random, once; the file that tells them is for the owner's eyes."""
    passwords = {name: f"{secrets.choice(_WORDS)}-{secrets.token_hex(4)}" for name in (ADMIN, MEMBER)}
    hashes = [
        f"{name}:{bcrypt.hashpw(word.encode(), bcrypt.gensalt(8)).decode()}\n"
        for name, word in passwords.items()
    ]
    (path / "conf" / "htpasswd").write_text("".join(hashes), encoding="utf-8")
    handle = os.open(_passwords_file(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "w", encoding="utf-8") as file:
        file.writelines(f"{name} {word}\n" for name, word in passwords.items())


def _passwords_file(path: Path) -> Path:
    return path / "conf" / "passwords"


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
def main(directory: Path) -> None:
    """Make the demo project in DIRECTORY unless it is there, and tell how to sign in."""
    if make(directory):
        click.echo(f"The demo project Tidewatch is in {directory}.")
    (admin, admin_word), (member, member_word) = sign_in(directory).items()
    click.echo(f"To sign in: {admin} with {admin_word} (administrator), or {member} with {member_word}.")


if __name__ == "__main__":
    main()
