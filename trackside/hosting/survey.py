"""Look through a Trac environment without changing it, and tell what is found."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from sqlalchemy import Connection, column, func, inspect, select, table

from trackside.db import own_schema, schema, versions
from trackside.db.schema import attachment
from trackside.features.attachment.model import file_path
from trackside.hosting.features import FEATURES
from trackside.hosting.opening import database_of, open_config
from trackside.kernel.config import Config
from trackside.kernel.ref import Ref
from trackside.kernel.settings import options_of
from trackside.kernel.site_settings import SITE_SETTINGS

# What the tables hold, in words.
_COUNTED = {
    "ticket": "tickets",
    "ticket_change": "changes of their fields and comments",
    "wiki": "versions of wiki pages",
    "attachment": "attachments",
    "report": "reports",
    "milestone": "milestones",
    "revision": "revisions",
    "session": "sessions",
}
_FREE_SECTIONS = frozenset(
    (
        "components",
        "mainnav",
        "metanav",
        "ticket-custom",
        "ticket-workflow",
        "milestone-groups",
        "notification-subscriber",
        "repositories",
        "intertrac",
        "interwiki",
        "svn:externals",
        "extra-permissions",
        "http-headers",
        "pygments-lexer",
        "inherit",
    )
)
# Options of Trac releases before 1.6 that its own upgrade moves elsewhere or that nobody reads any more.
_OLD_OPTIONS = frozenset(
    (
        "trac.repository_dir",
        "trac.repository_type",
        "trac.repository_sync_per_request",
        "trac.authz_file",
        "trac.authz_module_name",
        "trac.mainnav",
        "trac.metanav",
        "trac.show_ip_addresses",
        "trac.genshi_cache_size",
        "git.projects_base",
        "git.projects_list",
        "git.projects_url",
        "notification.always_notify_owner",
        "notification.always_notify_reporter",
        "notification.always_notify_updater",
        "mimeviewer.enscript_path",
        "mimeviewer.enscript_modes",
        "mimeviewer.php_path",
        "mimeviewer.silvercity_modes",
    )
)


@dataclass(frozen=True, slots=True)
class Survey:
    """What an environment holds. `counts` are rows of Trac's tables, `plugin_tables` those of others."""

    path: str
    database: str
    version: int
    counts: Mapping[str, int]
    custom_fields: Sequence[str] = ()
    plugins: Sequence[str] = ()
    plugin_tables: Mapping[str, int] = field(default_factory=dict)
    unknown_options: Sequence[str] = ()
    old_options: Sequence[str] = ()
    problems: Sequence[str] = ()
    is_adopted: bool = False

    def as_json(self) -> str:
        return json.dumps(asdict(self), indent=2, ensure_ascii=False)

    def as_text(self) -> str:
        return "\n".join(_lines(self))


def _lines(survey: Survey) -> Iterator[str]:
    yield f"{survey.path}: {survey.database}, database version {survey.version}"
    counts = ", ".join(f"{number:,} {_COUNTED[name]}" for name, number in survey.counts.items() if number)
    yield f"  holds        {counts or 'nothing yet'}"
    for title, items in (
        ("custom fields", survey.custom_fields),
        ("plugins", survey.plugins),
        ("their tables", [f"{name} ({rows} rows)" for name, rows in survey.plugin_tables.items()]),
        ("not known", survey.unknown_options),
        ("out of date", survey.old_options),
    ):
        if items:
            yield f"  {title:<12} {', '.join(items)}"
    yield from (f"  problem      {problem}" for problem in survey.problems)
    if survey.is_adopted:
        yield "  is adopted already"


def survey(path: Path) -> Survey:
    """Read everything once. Raises what opening the environment raises."""
    path = path.absolute()
    config = open_config(path)
    database = database_of(path, config)
    with database.begin("read") as db:
        version = versions.schema_version(db)
        present = set(inspect(db).get_table_names())
        ours = set(own_schema.metadata.tables)
        found = Survey(
            path=str(path),
            database=database.backend,
            version=version,
            counts={name: _rows(db, name) for name in _COUNTED if name in present},
            custom_fields=_custom_fields(config),
            plugins=list(_plugins(path, config)),
            plugin_tables={n: _rows(db, n) for n in sorted(present - set(schema.metadata.tables) - ours)},
            unknown_options=[o for o in _undeclared(config) if o not in _OLD_OPTIONS],
            old_options=[o for o in _undeclared(config) if o in _OLD_OPTIONS],
            problems=[*config.warnings, *_problems(db, path, version)],
            is_adopted=version == schema.VERSION and own_schema.has_own_tables(db),
        )
    database.close()
    return found


def _rows(db: Connection, name: str) -> int:
    return int(db.execute(select(func.count()).select_from(table(name, column("x")))).scalar_one())


def _custom_fields(config: Config) -> list[str]:
    return [f"{n} ({kind})" for n, kind in config.items("ticket-custom").items() if "." not in n]


def _plugins(path: Path, config: Config) -> Iterator[str]:
    """Files in `plugins/`, and components switched on that are not Trac's own."""
    folder = path / "plugins"
    if folder.is_dir():
        yield from (f"plugins/{p.name}" for p in sorted(folder.iterdir()) if p.suffix in (".py", ".egg"))
    for component, value in config.items("components").items():
        is_on = value.strip().lower() in ("enabled", "true", "yes", "on", "1")
        if is_on and not component.startswith(("trac.", "tracopt.")):
            yield component


def _undeclared(config: Config) -> Iterator[str]:
    known = {
        (option.section, option.name)
        for kind in (*SITE_SETTINGS, *(k for feature in FEATURES for k in feature.settings))
        for option in options_of(kind)
    }
    for section in config.sections():
        if section not in _FREE_SECTIONS:
            yield from (f"{section}.{o}" for o in config.items(section) if (section, o) not in known)


def _problems(db: Connection, path: Path, version: int) -> Iterator[str]:
    if version < 28:
        return
    rows = db.execute(select(attachment.c.type, attachment.c.id, attachment.c.filename))
    missing = [
        f"{realm}:{id}/{name}"
        for realm, id, name in rows
        if not file_path(path, Ref(realm, id), name).is_file()
    ]
    if missing:
        listed = ", ".join(missing[:5]) + (" …" if len(missing) > 5 else "")
        yield f"{len(missing)} attachments have no file on disk: {listed}"
