"""The Jinja environment of a project; projects that override no template share one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

from trackside.kernel.feature import Feature

SHELL = Path(__file__).parent / "templates"
SITE_FILES = ("site_head.html", "site_header.html", "site_footer.html")


@dataclass(frozen=True, slots=True, eq=False)
class Templates:
    """The part of a project that renders pages. `site` holds the texts of its own site_*.html files."""

    environment: Environment
    site: Mapping[str, str]


def assemble_templates(features: tuple[Feature, ...], folders: tuple[Path, ...]) -> Templates:
    """`folders` are the project's and the shared template folder, the nearest first.

    Trac's own page templates there are not ours; an override of one of ours stands below `trackside/`.
    """
    overrides = tuple(f / "trackside" for f in folders if (f / "trackside").is_dir())
    site = {}
    for name in SITE_FILES:
        text = _first_text(folders, name)
        if text:
            site[name] = text
    return Templates(_environment(features, overrides), site)


@lru_cache(maxsize=64)
def _environment(features: tuple[Feature, ...], overrides: tuple[Path, ...]) -> Environment:
    shipped = [SHELL, *(f.templates for f in features if f.templates is not None)]
    return Environment(
        loader=ChoiceLoader([FileSystemLoader([str(f) for f in (*overrides, *shipped)])]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )


def _first_text(folders: tuple[Path, ...], name: str) -> str:
    for folder in folders:
        try:
            return (folder / name).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
    return ""
