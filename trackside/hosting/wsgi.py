"""The WSGI callable: finds the project of a request and hands it over."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.wrappers import Response

from trackside.hosting import index, locate, process_log
from trackside.hosting.opening import open_project
from trackside.hosting.projects import Projects
from trackside.kernel.config import Config
from trackside.kernel.project import Project
from trackside.kernel.site_settings import TracSettings
from trackside.web import app, errors, forms, headers, static
from trackside.web.request import Request

log = logging.getLogger("trackside.hosting")


class Site:
    """A WSGI application over any number of environments; the process has one for all scripts."""

    def __init__(self, projects: Projects | None = None) -> None:
        self.projects = projects or Projects(open_project)
        process_log.keep_project_logs()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        locate.prepare(environ)
        return self._respond(environ)(environ, start_response)

    def _respond(self, environ: WSGIEnvironment) -> Response:
        try:
            if locate.asks_for_shell_file(environ):
                return _shell_file(environ)
            place = locate.locate(environ)
            if place.path is None:
                return self._index(environ, place)
            project = self._open(environ, place.path)
        except Exception as failure:
            return _unopened(environ, failure)
        if place.index_href is not None:
            environ["trackside.index_href"] = place.index_href
        _apply_base_url(environ, project)
        request = Request(environ)
        request.max_content_length = most_bytes(project.config)
        with process_log.about(project, secrets.token_hex(4)):
            return app.answer(project, request)

    def _open(self, environ: WSGIEnvironment, path: Path) -> Project:
        return open_project(path) if environ.get("wsgi.run_once") else self.projects.find(path)

    def _index(self, environ: WSGIEnvironment, place: locate.Place) -> Response:
        request = Request(environ)
        request.nonce = forms.new_nonce()
        response = index.page(request, place.choices, self.projects.find)
        headers.protect_bare(request, response)
        return response


def _shell_file(environ: WSGIEnvironment) -> Response:
    """Style and scripts of the project index, which belongs to no project."""
    request = Request(environ)
    return static.serve_shipped((), request, request.path.removeprefix("/chrome/"))


def _unopened(environ: WSGIEnvironment, error: Exception) -> Response:
    """A project that cannot be served: visitors learn that, the log says why."""
    request = Request(environ)
    request.nonce = forms.new_nonce()
    problem = errors.problem_of(error, request)
    response = errors.bare_page(problem)
    headers.protect_bare(request, response)
    return response


def _apply_base_url(environ: WSGIEnvironment, project: Project) -> None:
    options = project.settings(TracSettings)
    if options.use_base_url_for_redirect and options.base_url:
        environ["trac.base_url"] = options.base_url


def most_bytes(config: Config) -> int:
    """Room for the largest attachment and the form around it."""
    largest = config.get("attachment", "max_size", "262144")
    try:
        size = int(largest)
    except ValueError:
        size = 262144
    return max(size, 0) + 16 * 1024 * 1024 if size >= 0 else 1024**4


application: Callable[..., Iterable[bytes]] = Site()
