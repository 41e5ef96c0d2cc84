"""The page that lists the projects of a parent directory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from werkzeug.wrappers import Response

from trackside import __version__
from trackside.kernel.i18n import ENGLISH
from trackside.kernel.project import Project
from trackside.kernel.site_settings import ProjectSettings
from trackside.web import errors, static
from trackside.web.request import Request
from trackside.web.templates_of import assemble_templates


@dataclass(frozen=True, slots=True)
class Entry:
    """A project, or a directory that is none: then `problem` says so."""

    name: str
    title: str
    description: str
    href: str
    mark: str
    problem: str = ""


def page(request: Request, paths: Sequence[Path], find: Callable[[Path], Project]) -> Response:
    """Sorted by name; what cannot be opened is listed with the reason and without its path."""
    base = request.environ.get("SCRIPT_NAME", "").rstrip("/")
    entries = sorted((_entry(p, base, find) for p in paths), key=lambda e: e.title.lower())
    own = request.environ.get("trac.env_index_template")
    if own:
        return _own_page(request, Path(own), entries)
    environment = assemble_templates((), ()).environment
    body = environment.get_template("index.html").render(
        _=ENGLISH.gettext,
        ngettext=ENGLISH.ngettext,
        projects=entries,
        csp_nonce=request.nonce,
        language="en",
        dir="ltr",
        asset=lambda name: _asset(base, name),
    )
    return Response(body, mimetype="text/html")


def _asset(base: str, name: str) -> str:
    return f"{base}/chrome/common/{name}?v={static.manifest(())[f'common/{name}'].digest}"


def _entry(path: Path, base: str, find: Callable[[Path], Project]) -> Entry:
    href = f"{base}/{path.name}"
    try:
        options = find(path).settings(ProjectSettings)
    except Exception as failure:
        return Entry(path.name, path.name, "", href, "?", errors.problem_of(failure, None).text)
    mark = next((c.upper() for c in options.name if c.isalnum()), "T")
    return Entry(path.name, options.name, options.descr, href, mark)


def _own_page(request: Request, template: Path, entries: Sequence[Entry]) -> Response:
    """The administrator's own index, in Trac's template dialect with Trac's names."""
    environment = Environment(
        loader=FileSystemLoader(str(template.parent)),
        autoescape=True,
        variable_start_string="${",
        variable_end_string="}",
        line_statement_prefix="#",
        line_comment_prefix="##",
        trim_blocks=True,
        lstrip_blocks=True,
    )
    names = {
        **_pairs(str(request.environ.get("trac.template_vars", ""))),
        "projects": [_for_template(e) for e in entries],
        "trac": {"version": __version__, "time": datetime.now(UTC)},
        "req": {"base_path": request.environ.get("SCRIPT_NAME", "")},
    }
    body = environment.get_template(template.name).render(names)
    return Response(body, mimetype="text/xml" if template.suffix == ".xml" else "text/html")


def _for_template(entry: Entry) -> Mapping[str, object]:
    if entry.problem:
        return {"name": entry.name, "description": entry.problem}
    return {"name": entry.title, "description": entry.description, "href": entry.href, "env": entry.name}


def _pairs(text: str) -> Mapping[str, str]:
    return dict(pair.split("=", 1) for pair in text.split(",") if "=" in pair)
