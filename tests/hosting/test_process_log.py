"""Where lines about a project go, by its `[logging]` section."""

from __future__ import annotations

import io
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hosting.conftest import edit_ini
from trackside.hosting import process_log
from trackside.hosting.opening import open_project

log = logging.getLogger("trackside.test")


@pytest.fixture(autouse=True)
def project_logs() -> Iterator[None]:
    logger = logging.getLogger("trackside")
    before = logger.level, list(logger.handlers)
    process_log.keep_project_logs()
    yield
    logger.setLevel(before[0])
    logger.handlers[:] = before[1]


def lines(env: Path, name: str = "trac.log") -> list[str]:
    file = env / "log" / name
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def write(env: Path) -> None:
    with process_log.about(open_project(env), "abc123"):
        log.debug("small")
        log.info("usual")
        log.error("bad: %s", "ünless")


def test_it_works(env: Path) -> None:
    write(env)
    told = lines(env)
    assert [line.split(": ", 1)[1] for line in told] == ["usual", "bad: ünless"]
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} Trac\[test_process_log\] INFO: usual$", told[0])


@pytest.mark.parametrize(("level", "count"), [("ALL", 3), ("debug", 3), ("WARN", 1), ("CRITICAL", 0)])
def test_levels(env: Path, level: str, count: int) -> None:
    edit_ini(env, "log_level = INFO", f"log_level = {level}")
    write(env)
    assert len(lines(env)) == count


def test_the_form_of_a_line_and_another_file(env: Path) -> None:
    edit_ini(env, "log_format =", "log_format = $(basename)s|$(project)s|$(path)s|%(message)s")
    edit_ini(env, "log_file = trac.log", "log_file = other.log")
    write(env)
    assert lines(env, "other.log")[0] == f"env|Pond env|{env}|usual"


def test_a_form_that_is_none_is_not_used(env: Path) -> None:
    edit_ini(env, "log_format =", "log_format = $(message)s $(nothing)s")
    write(env)
    assert lines(env)[0].endswith("INFO: usual")


def test_none_writes_nothing(env: Path) -> None:
    edit_ini(env, "log_type = file", "log_type = none")
    write(env)
    assert list((env / "log").iterdir()) == []


def test_lines_of_the_process_name_project_and_request(env: Path) -> None:
    stream = io.StringIO()
    root = logging.getLogger()
    before, root.handlers = root.handlers, []
    try:
        process_log.start(stream)
        write(env)
        log.warning("nobody's")
    finally:
        root.handlers = before
    assert re.search(r"ERROR \[env abc123\] trackside\.test: bad: ünless\n", stream.getvalue())
    assert "WARNING [-] trackside.test: nobody's" in stream.getvalue()
    assert "usual" not in stream.getvalue()


LOST = """
import logging, sys
from pathlib import Path
from trackside.hosting import process_log, wsgi
from trackside.hosting.opening import open_project
log = logging.getLogger("trackside.test")
log.warning("nobody")
with process_log.about(open_project(Path(sys.argv[1])), "x"):
    log.info("info")
    log.error("lost")
"""


def test_without_a_log_of_the_process_nothing_is_lost(env: Path) -> None:
    """As under mod_wsgi: what has no project's log goes to standard error."""
    edit_ini(env, "log_file = trac.log", "log_file = no/such/folder/trac.log")
    done = subprocess.run([sys.executable, "-c", LOST, str(env)], capture_output=True, text=True)
    assert done.stderr == "nobody\nlost\n"
