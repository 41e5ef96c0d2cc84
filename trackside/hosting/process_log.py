"""Logs: one of the process, whose lines name project and request, and those that `[logging]` asks for."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from logging.handlers import SysLogHandler
from pathlib import Path
from typing import TextIO

from trackside.kernel.project import Project
from trackside.kernel.site_settings import LoggingSettings, ProjectSettings

FORMAT = "%(asctime)s %(levelname)s [%(about)s] %(name)s: %(message)s"
SYSLOG = "/dev/log"
_LINE = "Trac[%(module)s] %(levelname)s: %(message)s"
_LEVELS = {"ALL": logging.DEBUG, "WARN": logging.WARNING}


@dataclass(frozen=True, slots=True)
class _About:
    project: Project
    request_id: str


_about: ContextVar[_About | None] = ContextVar("trackside_about", default=None)


@contextmanager
def about(project: Project, request_id: str) -> Iterator[None]:
    """What is logged in the block is about this request to this project."""
    token = _about.set(_About(project, request_id))
    try:
        yield
    finally:
        _about.reset(token)


def start(stream: TextIO, level: int = logging.WARNING) -> None:
    """Write the log of this process to a stream."""
    handler = logging.StreamHandler(stream)
    handler.setLevel(level)
    handler.setFormatter(logging.Formatter(FORMAT))
    handler.addFilter(_add_about)
    logging.basicConfig(level=level, handlers=[handler])
    # It warns of every request that waits for a thread, if only for a moment.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)


def _add_about(record: logging.LogRecord) -> bool:
    known = _about.get()
    record.about = f"{known.project.name} {known.request_id}" if known is not None else "-"
    return True


def keep_project_logs() -> None:
    """From now on write each project's lines where its `[logging]` says; nothing is held open for that."""
    logger = logging.getLogger("trackside")
    if not any(isinstance(handler, _ProjectLogs) for handler in logger.handlers):
        logger.addHandler(_ProjectLogs())
        logger.setLevel(logging.DEBUG)


class _ProjectLogs(logging.Handler):
    """What belongs to no project's log, or cannot be written there, goes where the process has its own."""

    def emit(self, record: logging.LogRecord) -> None:
        known = _about.get()
        is_kept = known is not None and _keep(record, known.project)
        last = logging.lastResort
        is_lost = not is_kept and not logging.getLogger().handlers
        if is_lost and last is not None and record.levelno >= last.level:
            last.handle(record)


def _keep(record: logging.LogRecord, project: Project) -> bool:
    """Whether the project's own log has the record, or does not want it."""
    options = project.settings(LoggingSettings)
    level = options.log_level.upper()
    if record.levelno < _LEVELS.get(level, logging.getLevelName(level)):
        return True
    kind = options.log_type.lower()
    if kind == "file":
        return _append(record, project, options)
    if kind in ("syslog", "unix"):
        return _send(record, project, options)
    return kind == "none"


def _append(record: logging.LogRecord, project: Project, options: LoggingSettings) -> bool:
    file = project.path / "log" / options.log_file
    try:
        file.parent.mkdir(exist_ok=True)
        with open(file, "a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(f"{_formatted(record, project, options, has_time=True)}\n")
    except OSError:
        return False
    return True


def _send(record: logging.LogRecord, project: Project, options: LoggingSettings) -> bool:
    if not Path(SYSLOG).exists():
        return False
    handler = SysLogHandler(SYSLOG)
    handler.setFormatter(
        logging.Formatter(_formatted(record, project, options, has_time=False).replace("%", "%%"))
    )
    try:
        handler.emit(record)
    finally:
        handler.close()
    return True


def _formatted(
    record: logging.LogRecord, project: Project, options: LoggingSettings, *, has_time: bool
) -> str:
    """`[logging] log_format` with `$(` for `%(`, and Trac's three names for the project."""
    usual = f"%(asctime)s {_LINE}" if has_time else _LINE
    form = options.log_format.replace("$(", "%(") or usual
    names = {
        "path": project.path,
        "basename": project.name,
        "project": project.settings(ProjectSettings).name,
    }
    for name, value in names.items():
        form = form.replace(f"%({name})s", str(value).replace("%", "%%"))
    try:
        return logging.Formatter(form).format(record)
    except ValueError:
        return logging.Formatter(usual).format(record)
