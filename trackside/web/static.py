"""Static files: a dictionary of what the features ship, and the folders a project adds."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from werkzeug.exceptions import NotFound as NoFile
from werkzeug.security import safe_join
from werkzeug.utils import send_file
from werkzeug.wrappers import Response

from trackside.kernel.errors import NotFound
from trackside.kernel.feature import Feature, features_of
from trackside.kernel.project import Project
from trackside.kernel.site_settings import InheritSettings
from trackside.web.request import Request

COMMON = Path(__file__).parent / "static"
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Asset:
    path: Path
    digest: str


@lru_cache(maxsize=16)
def manifest(features: tuple[Feature, ...]) -> Mapping[str, Asset]:
    """`common/css/x.css` and `<feature>/x.css` to files and digests of their content."""
    folders = [("common", COMMON), *((f.name, f.static) for f in features if f.static is not None)]
    return {
        f"{prefix}/{path.relative_to(folder).as_posix()}": _asset(path)
        for prefix, folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _asset(path: Path) -> Asset:
    return Asset(path, hashlib.sha256(path.read_bytes()).hexdigest()[:12])


def serve(project: Project, request: Request, name: str) -> Response:
    """The file of an address below `/chrome/`."""
    if name in manifest(features_of(project)):
        return serve_shipped(features_of(project), request, name)
    for folder, rest in _folders(project, name):
        found = safe_join(str(folder), rest)
        if found is not None and Path(found).is_file():
            return _send(request, Path(found), 3600)
    raise NotFound("There is no file %(name)s.", name=name)


def serve_shipped(features: tuple[Feature, ...], request: Request, name: str) -> Response:
    """A file that came with the product; for a year where its address names its content."""
    asset = manifest(features).get(name)
    if asset is None:
        raise NotFound("There is no file %(name)s.", name=name)
    return _send(request, asset.path, _YEAR if request.args.get("v") == asset.digest else 3600)


def _folders(project: Project, name: str) -> Sequence[tuple[Path, str]]:
    prefix, _, rest = name.partition("/")
    if prefix == "site" and rest:
        return [(project.path / "htdocs", rest)]
    shared = project.settings(InheritSettings).htdocs_dir
    return [(shared, rest)] if prefix == "shared" and shared is not None and rest else []


def _send(request: Request, path: Path, seconds: int) -> Response:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    try:
        response = send_file(
            path,
            request.environ,
            mimetype=kind,
            max_age=seconds,
            conditional=True,
            last_modified=datetime.fromtimestamp(path.stat().st_mtime, UTC),
        )
    except (OSError, NoFile):
        raise NotFound("There is no file %(name)s.", name=path.name) from None
    response.headers["X-Content-Type-Options"] = "nosniff"
    if seconds == _YEAR:
        response.cache_control.immutable = True
    return response
