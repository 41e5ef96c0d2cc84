"""Which environment a request is for: WSGI keys, process variables and the first part of the path."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from trackside.jobs.scope import WAKE_FOLDER
from trackside.kernel.errors import Misconfigured, NotFound

Environ = dict[str, Any]
_SLASHES = re.compile(r"/+")
_VARIABLES = {
    "trac.env_index_template": "TRAC_ENV_INDEX_TEMPLATE",
    "trac.template_vars": "TRAC_TEMPLATE_VARS",
    "trac.base_url": "TRAC_BASE_URL",
}
_PLACES = {"trac.env_path": "TRAC_ENV", "trac.env_parent_dir": "TRAC_ENV_PARENT_DIR"}
IGNORE_FILE = ".tracignore"


@dataclass(frozen=True, slots=True)
class Place:
    """One environment (`path`), or the index of several (`path` None, `choices` their directories)."""

    path: Path | None
    choices: tuple[Path, ...] = ()
    index_href: str | None = None


def prepare(environ: Environ, variables: Mapping[str, str] = os.environ) -> None:
    """Fill in what the server did not say.

    Where the server names a place, the process variables for places are not asked: two scripts in one
    interpreter would otherwise mix their projects.
    """
    _apply_script_url(environ)
    names_place = any(environ.get(key) for key in ("trac.env_path", "trac.env_parent_dir", "trac.env_paths"))
    wanted = _VARIABLES if names_place else {**_VARIABLES, **_PLACES}
    for key, variable in wanted.items():
        if key not in environ and variables.get(variable):
            environ[key] = variables[variable]


def _apply_script_url(environ: Environ) -> None:
    """Rewrite rules leave the address as it was asked for in SCRIPT_URL."""
    url, path = environ.get("SCRIPT_URL"), environ.get("PATH_INFO", "")
    if not url:
        return
    if not path:
        environ["SCRIPT_NAME"] = url
        return
    squeezed_url, squeezed_path = _SLASHES.sub("/", url), _SLASHES.sub("/", path)
    if squeezed_url.endswith(squeezed_path):
        environ["SCRIPT_NAME"] = squeezed_url[: -len(squeezed_path)]


def locate(environ: Environ) -> Place:
    """The place of a request; its name moves from PATH_INFO to SCRIPT_NAME. NotFound, Misconfigured."""
    single = environ.get("trac.env_path")
    if single:
        return Place(Path(single))
    parent, paths = environ.get("trac.env_parent_dir"), environ.get("trac.env_paths") or ()
    if not parent and not paths:
        raise Misconfigured(
            "No project is configured: set the WSGI key trac.env_path or trac.env_parent_dir, or the "
            "variable TRAC_ENV or TRAC_ENV_PARENT_DIR."
        )
    name = _first_segment(environ)
    if not name:
        choices = listed(Path(parent)) if parent else [Path(p) for p in paths]
        return Place(None, tuple(choices))
    path = _named(name, Path(parent)) if parent else _among(name, paths)
    if path is None:
        raise NotFound("There is no project %(name)s here.", name=name)
    index_href = environ.get("SCRIPT_NAME", "").rstrip("/") + "/"
    _shift(environ)
    return Place(path, index_href=index_href)


def asks_for_shell_file(environ: Environ) -> bool:
    """Whether this is a file of the index page: `/chrome/common/…` where several projects are served."""
    parent, paths = environ.get("trac.env_parent_dir"), environ.get("trac.env_paths")
    if environ.get("trac.env_path") or not environ.get("PATH_INFO", "").startswith("/chrome/common/"):
        return False
    if parent:
        return not (Path(parent) / "chrome").is_dir()
    return bool(paths) and _among("chrome", paths or ()) is None


def _first_segment(environ: Environ) -> str:
    raw = environ.get("PATH_INFO", "").lstrip("/").split("/", 1)[0]
    try:
        return str(raw.encode("latin-1").decode("utf-8"))
    except UnicodeError:
        raise NotFound("There is no such project here.") from None


def _shift(environ: Environ) -> None:
    first, slash, rest = environ.get("PATH_INFO", "").lstrip("/").partition("/")
    environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "").rstrip("/") + "/" + first
    environ["PATH_INFO"] = slash + rest


def _named(name: str, parent: Path) -> Path | None:
    """A directory right below the parent; never a name that leads elsewhere."""
    if name in (".", "..") or "/" in name or "\\" in name or "\0" in name:
        return None
    path = parent / name
    try:
        return path if path.is_dir() else None
    except (OSError, ValueError):
        return None


def _among(name: str, paths: Iterable[str]) -> Path | None:
    return next((Path(p) for p in paths if Path(p).name == name), None)


def listed(root: Path) -> list[Path]:
    """The directories of the index: those that no pattern of `.tracignore` hides."""
    patterns = _ignored(root)
    try:
        found = [entry for entry in root.iterdir() if entry.is_dir() and entry.name != WAKE_FOLDER]
    except OSError as error:
        raise Misconfigured(
            "The directory of the projects cannot be read: %(reason)s.", reason=error.strerror or error
        ) from None
    return sorted(p for p in found if not any(fnmatchcase(p.name, pattern) for pattern in patterns))


def _ignored(root: Path) -> list[str]:
    try:
        text = (root / IGNORE_FILE).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return [".*"]
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]
