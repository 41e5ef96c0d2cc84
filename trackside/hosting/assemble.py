"""Config and features to a Project, with its realms, routes, syntax and templates."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from trackside.db import generations
from trackside.features.people.model import extra_permissions
from trackside.features.wiki.hooks import interwiki_map
from trackside.kernel.access import Policy, expand
from trackside.kernel.config import Config
from trackside.kernel.errors import Misconfigured
from trackside.kernel.feature import Assembly, Feature
from trackside.kernel.project import Database, Project
from trackside.kernel.settings import build
from trackside.kernel.site_settings import InheritSettings, TracSettings
from trackside.markup.assemble import assemble_syntax
from trackside.markup.syntax import Syntax
from trackside.web.navigation import BARS, Bars, assemble_bars
from trackside.web.routing import Routes, assemble_routes
from trackside.web.templates_of import Templates, assemble_templates

log = logging.getLogger("trackside.hosting")
_ON = frozenset(("enabled", "true", "yes", "on", "1"))


def assemble(path: Path, config: Config, database: Database, shipped: tuple[Feature, ...]) -> Project:
    """One environment's features, put together. Misconfigured where trac.ini asks for what there is not."""
    features = enabled_features(config, shipped)
    known = tuple(p for feature in features for p in feature.permissions)
    permissions = expand((*known, *extra_permissions(config.items("extra-permissions"), known)))
    parts: dict[type, object] = {
        Assembly: Assembly(features, {realm.name: realm for f in features for realm in f.realms}),
        Routes: assemble_routes(features),
        Syntax: assemble_syntax(features, config, interwiki_map),
        Templates: assemble_templates(features, _template_folders(path, config)),
        Bars: _bars(config, features),
    }
    return Project(
        name=path.name,
        path=path,
        config=config,
        database=database,
        generations=generations,
        policies=_policies(config, features, permissions),
        permissions=permissions,
        parts=parts,
    )


def enabled_features(config: Config, shipped: tuple[Feature, ...]) -> tuple[Feature, ...]:
    """Those that `[components]` does not switch off by one of the Trac names they stand for."""
    rules = config.items("components")
    if not rules:
        return shipped
    return tuple(feature for feature in shipped if not _is_off(feature, rules))


def _is_off(feature: Feature, rules: Mapping[str, str]) -> bool:
    return any(_rule_for(component.lower(), rules) is False for component in feature.components)


def _rule_for(component: str, rules: Mapping[str, str]) -> bool | None:
    """The most specific rule for a component, as `trac.ticket.report.* = disabled`."""
    best: tuple[int, bool] | None = None
    for pattern, value in rules.items():
        prefix = pattern[:-2] if pattern.endswith(".*") else pattern
        is_hit = component == prefix or component.startswith(prefix + ".")
        if is_hit and (best is None or len(prefix) > best[0]):
            best = (len(prefix), value.strip().lower() in _ON)
    return best[1] if best else None


def _policies(
    config: Config, features: tuple[Feature, ...], permissions: Mapping[str, frozenset[str]]
) -> tuple[Policy, ...]:
    """In the order of `[trac] permission_policies`; a name without a policy closes the project."""
    known = {policy.name: policy for f in features for policy in (make(permissions) for make in f.policies)}
    wanted = build(TracSettings, config).permission_policies
    missing = [name for name in wanted if name not in known]
    if missing or not wanted:
        raise Misconfigured(
            "[trac] permission_policies names %(names)s, which this site does not have. Nothing is served "
            "until that is mended, because a policy that is left out may have forbidden something.",
            names=", ".join(missing) or "no policy",
        )
    return tuple(known[name] for name in wanted)


def _template_folders(path: Path, config: Config) -> tuple[Path, ...]:
    shared = build(InheritSettings, config).templates_dir
    return (path / "templates", shared) if shared is not None else (path / "templates",)


def _bars(config: Config, features: Sequence[Feature]) -> Bars:
    options = {bar: config.items(bar) for bar in BARS}
    frozen = tuple((bar, tuple(sorted(items.items()))) for bar, items in options.items())
    return _shared_bars(frozen, tuple(features))


@lru_cache(maxsize=64)
def _shared_bars(
    options: tuple[tuple[str, tuple[tuple[str, str], ...]], ...], features: tuple[Feature, ...]
) -> Bars:
    return assemble_bars(
        {bar: dict(items) for bar, items in options}, [n for feature in features for n in feature.navigation]
    )
