"""The fields of a ticket: the standard ones, and those that `[ticket-custom]` adds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from trackside.features.ticket.model import Choices, Milestone, Version
from trackside.kernel import dates
from trackside.kernel.errors import Invalid
from trackside.kernel.i18n import N_
from trackside.kernel.text import natural_key

PROTECTED = frozenset({"status", "resolution", "time", "changetime"})
SYNONYMS = {"created": "time", "modified": "changetime"}
RESERVED = frozenset(
    [
        "report",
        "order",
        "desc",
        "group",
        "groupdesc",
        "col",
        "row",
        "format",
        "max",
        "page",
        "verbose",
        "comment",
        "or",
        "id",
        "time",
        "changetime",
        "owner",
        "reporter",
        "cc",
        "summary",
        "description",
        "keywords",
    ]
)
ENUM_TYPES = {
    "type": "ticket_type",
    "priority": "priority",
    "severity": "severity",
    "resolution": "resolution",
}
_NAME = re.compile(r"[a-z][a-z0-9_]+\Z")
_TRUE = frozenset({"yes", "true", "enabled", "on", "aye", "1"})
_STAMP = re.compile(r"-?\d+\Z")


@dataclass(frozen=True, slots=True)
class Field:
    """`kind` is text, textarea, select, radio, checkbox or time; `default` is where a new ticket starts."""

    name: str
    label: str
    kind: str = "text"
    format: str = "plain"
    options: tuple[str, ...] = ()
    default: str = ""
    is_custom: bool = False
    is_optional: bool = True
    max_size: int = 0
    rows: int = 0
    order: int = 0
    link_query: str | None = None

    @property
    def is_choice(self) -> bool:
        return self.kind in ("select", "radio")

    @property
    def is_list(self) -> bool:
        return self.format == "list" and self.kind == "text"


class Fields:
    """All fields of a project in canonical order."""

    __slots__ = ("all", "by_name", "custom")

    def __init__(self, fields: Iterable[Field]) -> None:
        self.all = tuple(fields)
        self.by_name = {field.name: field for field in self.all}
        self.custom = tuple(field for field in self.all if field.is_custom)

    def __iter__(self) -> Iterator[Field]:
        return iter(self.all)

    def __contains__(self, name: object) -> bool:
        return name in self.by_name

    def __getitem__(self, name: str) -> Field:
        return self.by_name[name]

    def get(self, name: str) -> Field | None:
        return self.by_name.get(name)

    def resolve(self, name: str) -> str | None:
        """The field that a word of the query language means, synonyms included; None for no field."""
        name = SYNONYMS.get(name, name)
        return name if name in self.by_name or name == "id" else None


@dataclass(frozen=True, slots=True)
class Defaults:
    """What `[ticket]` says of the standard fields: defaults, what may be empty, the largest sizes."""

    values: Mapping[str, str]
    allowed_empty: tuple[str, ...] = ("milestone", "version")
    sizes: Mapping[str, int] | None = None


def build(
    defaults: Defaults,
    custom: Mapping[str, str],
    choices: Choices,
    milestones: Sequence[Milestone],
    states: Iterable[str],
) -> Fields:
    """The fields as configured. A standard choice without options does not exist."""
    options = {
        "status": tuple(sorted(states)),
        "milestone": tuple(m.name for m in order_milestones(milestones)),
        "component": tuple(sorted(c.name for c in choices.components)),
        "version": tuple(v.name for v in order_versions(choices.versions)),
        **{name: tuple(v.name for v in choices.enums.get(kind, ())) for name, kind in ENUM_TYPES.items()},
    }
    standard = [
        _configured(field, defaults, options.get(field.name, ()))
        for field in _STANDARD
        if not field.is_choice or options.get(field.name)
    ]
    taken = {field.name for field in standard}
    mine = [field for field in custom_fields(custom, defaults.allowed_empty) if field.name not in taken]
    return Fields([*standard, *mine])


_STANDARD = (
    Field("summary", N_("Summary"), is_optional=False),
    Field("reporter", N_("Reporter")),
    Field("owner", N_("Owner")),
    Field("description", N_("Description"), "textarea", "wiki"),
    Field("type", N_("Type"), "select"),
    Field("status", N_("Status"), "radio"),
    Field("priority", N_("Priority"), "select"),
    Field("milestone", N_("Milestone"), "select"),
    Field("component", N_("Component"), "select"),
    Field("version", N_("Version"), "select"),
    Field("severity", N_("Severity"), "select"),
    Field("resolution", N_("Resolution"), "radio"),
    Field("keywords", N_("Keywords"), "text", "list"),
    Field("cc", N_("Cc"), "text", "list"),
    Field("time", N_("Created"), "time", "relative"),
    Field("changetime", N_("Modified"), "time", "relative"),
)


def _configured(field: Field, defaults: Defaults, options: tuple[str, ...]) -> Field:
    is_optional = field.is_optional
    if field.kind == "select":
        is_optional = field.name in defaults.allowed_empty
    return replace(
        field,
        options=options,
        default="" if field.name in PROTECTED else defaults.values.get(field.name, ""),
        is_optional=is_optional,
        max_size=(defaults.sizes or {}).get(field.name, 0),
    )


def order_milestones(milestones: Iterable[Milestone]) -> list[Milestone]:
    """Completed ones by their date, then open ones by due date, then those without."""

    def key(one: Milestone) -> tuple[bool, int, bool, int, object]:
        is_open = not one.completed
        return (is_open, one.completed, is_open and not one.due, one.due, natural_key(one.name))

    return sorted(milestones, key=key)


def order_versions(versions: Iterable[Version]) -> list[Version]:
    """Those without a date, then the newest first."""
    named = sorted(versions, key=lambda v: natural_key(v.name), reverse=True)
    return sorted(named, key=lambda v: (bool(v.released), -v.released))


def custom_fields(section: Mapping[str, str], allowed_empty: Sequence[str] = ()) -> list[Field]:
    """What `[ticket-custom]` declares. Names that cannot be used and choices without options are left out."""
    fields = []
    for name, kind in section.items():
        if "." in name or not _NAME.match(name) or name in RESERVED:
            continue
        prefix = name + "."
        own = {key[len(prefix) :]: value for key, value in section.items() if key.startswith(prefix)}
        field = _custom_field(name, kind.strip(), own, allowed_empty)
        if not field.is_choice or field.options:
            fields.append(field)
    return sorted(fields, key=lambda field: (field.order, field.name))


def _custom_field(name: str, kind: str, own: Mapping[str, str], allowed_empty: Sequence[str]) -> Field:
    entries = [entry.strip() for entry in own.get("options", "").split("|")] if "options" in own else []
    options = tuple(entry for entry in entries if entry) if kind in ("select", "radio") else ()
    value = own.get("value", "")
    return Field(
        name=name,
        label=own.get("label") or _label(name),
        kind=kind if kind in ("textarea", "select", "radio", "checkbox", "time") else "text",
        format=own.get("format") or ("datetime" if kind == "time" else "plain"),
        options=options,
        default=_custom_default(kind, value, options),
        is_custom=True,
        is_optional=_is_optional(name, kind, entries, allowed_empty),
        max_size=_integer(own.get("max_size", "")),
        rows=_integer(own.get("rows", "")),
        order=_integer(own.get("order", "")),
        link_query=own.get("ticketlink_query"),
    )


def _label(name: str) -> str:
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _is_optional(name: str, kind: str, entries: Sequence[str], allowed_empty: Sequence[str]) -> bool:
    return kind not in ("select", "radio") or "" in entries or name in allowed_empty


def _custom_default(kind: str, value: str, options: Sequence[str]) -> str:
    if kind == "checkbox":
        return "1" if value.strip().lower() in _TRUE else "0"
    if kind in ("select", "radio") and value not in options:
        index = _integer(value, -1)
        return options[index] if value and -len(options) <= index < len(options) else ""
    return value


def _integer(text: str, default: int = 0) -> int:
    try:
        return int(text)
    except ValueError:
        return default


def default_of(field: Field, now: datetime, zone: tzinfo = UTC) -> str:
    """What the field holds where nothing is stored: for a time the date its words mean today."""
    if field.kind != "time" or not field.default:
        return field.default
    try:
        return store_time(dates.to_stamp(dates.parse(field.default, zone, now)))
    except Invalid:
        return ""


def store_time(stamp: int) -> str:
    """A moment as a custom field holds it: 18 digits."""
    return f"{stamp:018d}" if stamp >= 0 else f"{stamp:017d}"


def read_time(text: str) -> datetime | None:
    """A custom field's moment from what is stored: digits of any width, or a date in words as UTC."""
    if not text:
        return None
    if _STAMP.match(text):
        try:
            return dates.EPOCH + timedelta(microseconds=int(text))
        except (OverflowError, ValueError):  # too many digits for a date, or for Python
            return None
    try:
        return dates.parse(text, UTC, dates.EPOCH)
    except Invalid:
        return None


def clean(field: Field, typed: str, zone: tzinfo, now: datetime) -> str:
    """What is stored for a value as typed. Raises Invalid for a date that is none."""
    if field.kind == "textarea":
        return typed
    value = typed.strip()
    if field.kind == "checkbox":
        return "1" if value.lower() in _TRUE else "0"
    if field.kind == "time" and value:
        return store_time(dates.to_stamp(dates.parse(value, zone, now)))
    return value


def problem(field: Field, value: str) -> str | None:
    """What is wrong with a new value of a field, as a catalogue id, or None."""
    if field.is_choice and field.name != "status":
        if value and value not in field.options:
            return N_("This is not among the choices (any more). Choose another.")
        if not value and not field.is_optional:
            return N_("Choose a value.")
    if field.name == "summary" and not value.strip():
        return N_("A ticket needs a summary.")
    if field.max_size and len(value) > field.max_size:
        return N_("This is longer than this site allows.")
    return None
