"""A project's own site_head.html, site_header.html, site_footer.html and the footer line of trac.ini."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from functools import lru_cache

from jinja2 import Template, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from trackside import __version__
from trackside.kernel.site_settings import ProjectSettings
from trackside.kernel.work import Work
from trackside.web.request import Request
from trackside.web.templates_of import SITE_FILES, Templates

log = logging.getLogger("trackside.web")
_INLINE = re.compile(r"<(script|style)\b", re.IGNORECASE)
_EMPTY: Mapping[str, object] = {name.removesuffix(".html"): Markup() for name in SITE_FILES}

# Trac's own dialect: the files are the administrator's and must go on working as they are.
_DIALECT = SandboxedEnvironment(
    autoescape=True,
    variable_start_string="${",
    variable_end_string="}",
    line_statement_prefix="#",
    line_comment_prefix="##",
    trim_blocks=True,
    lstrip_blocks=True,
)


def rendered(work: Work, request: Request) -> Mapping[str, object]:
    """`site_head`, `site_header`, `site_footer` and `project_footer`."""
    texts = work.project.part(Templates).site
    footer = {"project_footer": Markup(work.settings(ProjectSettings).footer)}  # noqa: S704 - the administrator's own HTML
    if not texts:
        return {**_EMPTY, **footer}
    names = _names(work, request)
    return {
        **_EMPTY,
        **{
            file.removesuffix(".html"): _render(work, text, names, request.nonce)
            for file, text in texts.items()
        },
        **footer,
    }


def _names(work: Work, request: Request) -> Mapping[str, object]:
    options = work.settings(ProjectSettings)
    return {
        "href": work.href,
        "authname": work.actor.name,
        "project": {"name": options.name, "descr": options.descr, "url": options.url},
        "trac": {"version": __version__},
        "form_token": request.form_token,
        "chrome": {"htdocs_location": work.href("chrome", "common") + "/"},
        "_": work.locale.gettext,
    }


@lru_cache(maxsize=256)
def _compiled(text: str) -> Template:
    return _DIALECT.from_string(text)


def _render(work: Work, text: str, names: Mapping[str, object], nonce: str) -> Markup:
    """The administrator's own scripts and styles get the nonce that the content policy asks for."""
    try:
        body = _compiled(text).render(names)
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        log.warning("a site template of %s is left out: %s", work.project.name, error)
        return Markup()
    return Markup(_INLINE.sub(rf'<\1 nonce="{nonce}"', body))  # noqa: S704 - the administrator's own
