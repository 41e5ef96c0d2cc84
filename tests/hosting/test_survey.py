"""What is told of an environment before it is taken over."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from trackside.features.attachment import actions as attachment
from trackside.hosting.opening import open_project
from trackside.hosting.survey import survey
from trackside.jobs.scope import open_system_work
from trackside.kernel.ref import Ref


def test_it_works(env: Path) -> None:
    found = survey(env)
    assert (found.version, found.database, found.problems) == (45, "sqlite", [])


def test_attachments_without_their_bytes_are_told(env: Path) -> None:
    with open_system_work(open_project(env), "a test attaches") as work:
        attachment.attach_file(work, Ref("wiki", "SandBox"), "lost.txt", BytesIO(b"x"))
        attachment.attach_file(work, Ref("wiki", "SandBox"), "kept.txt", BytesIO(b"y"))
    next((env / "files").rglob("*.txt")).unlink()
    (problem,) = survey(env).problems
    assert problem.startswith("1 attachments have no file on disk: wiki:SandBox/")
