"""Declare options once, with name, default, type and doc; build frozen settings from a Config."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar, cast, dataclass_transform

from trackside.kernel.config import Config
from trackside.kernel.errors import Misconfigured

T = TypeVar("T")
Kind = Literal["str", "bool", "int", "float", "list", "choice", "path"]
Value = str | bool | int | float | tuple[str, ...] | Path | None

_YES = frozenset({"yes", "true", "enabled", "on"})
_OPTIONS = "__trac_options__"


@dataclass(frozen=True, slots=True)
class Option:
    """One option as declared. `field` is its name in the settings class, `name` the one in trac.ini.

    An `is_optional` one belongs to a component that is off at first: a new trac.ini leaves it out.
    """

    section: str
    name: str
    kind: Kind
    default: Value
    doc: str
    field: str
    choices: tuple[str, ...] = ()
    ignores_case: bool = False
    separators: str = ","
    keeps_empty: bool = False
    is_optional: bool = False

    @property
    def default_text(self) -> str:
        """The default as Trac writes it."""
        return written(self, self.default)


@dataclass(frozen=True, slots=True)
class _Declared:
    """What a field of a settings class is declared with, until the class is made."""

    kind: Kind
    default: Value
    doc: str
    section: str
    name: str
    choices: tuple[str, ...] = ()
    ignores_case: bool = False
    separators: str = ","
    keeps_empty: bool = False
    is_optional: bool = False


def option(
    default: T,
    *,
    doc: str = "",
    section: str = "",
    name: str = "",
    separators: str = ",",
    keeps_empty: bool = False,
    is_optional: bool = False,
) -> T:
    """Declare a field: its type is the default's (str, bool, int, float, or a tuple of str for a list).

    `section` and `name` are those of trac.ini where they differ from the class's and the field's. A list
    is split at any of `separators` and written with the first.
    """
    declared = _Declared(
        _kind_of(default),
        cast(Value, default),
        doc,
        section,
        name,
        separators=separators,
        keeps_empty=keeps_empty,
        is_optional=is_optional,
    )
    return cast(T, declared)


def choice(
    default: str,
    *others: str,
    doc: str = "",
    section: str = "",
    name: str = "",
    ignores_case: bool = False,
    is_optional: bool = False,
) -> str:
    """Declare a field that takes one of a few values; the first is the default."""
    declared = _Declared(
        "choice", default, doc, section, name, (default, *others), ignores_case, is_optional=is_optional
    )
    return cast(str, declared)


def path(*, doc: str = "", section: str = "", name: str = "", is_optional: bool = False) -> Path | None:
    """Declare a field that names a file or directory, relative to the one of trac.ini; None when empty."""
    declared = _Declared("path", None, doc, section, name, is_optional=is_optional)
    return cast(Path | None, declared)


def _kind_of(default: object) -> Kind:
    kinds: dict[type, Kind] = {bool: "bool", int: "int", float: "float", str: "str", tuple: "list"}
    try:
        return kinds[type(default)]
    except KeyError:
        raise TypeError(f"an option cannot have the default {default!r}") from None


@dataclass_transform(frozen_default=True)
def settings(section: str) -> Callable[[type[T]], type[T]]:
    """Make a class of declared fields into frozen settings, read from this section of trac.ini."""

    def make(cls: type[T]) -> type[T]:
        options: list[Option] = []
        for field in cls.__dict__.get("__annotations__", {}):
            declared = cls.__dict__.get(field)
            if not isinstance(declared, _Declared):
                raise TypeError(f"{cls.__name__}.{field} is not declared with option(), choice() or path()")
            options.append(_named(declared, section, field))
            setattr(cls, field, declared.default)
        setattr(cls, _OPTIONS, tuple(options))
        return dataclass(frozen=True, slots=True)(cls)

    return make


def _named(declared: _Declared, section: str, field: str) -> Option:
    return Option(
        section=declared.section or section,
        name=declared.name or field,
        kind=declared.kind,
        default=declared.default,
        doc=declared.doc,
        field=field,
        choices=declared.choices,
        ignores_case=declared.ignores_case,
        separators=declared.separators,
        keeps_empty=declared.keeps_empty,
        is_optional=declared.is_optional,
    )


def options_of(cls: type) -> tuple[Option, ...]:
    """The options of a settings class in the order of its fields."""
    options: tuple[Option, ...] | None = getattr(cls, _OPTIONS, None)
    if options is None:
        raise TypeError(f"{cls.__name__} is not a settings class")
    return options


def build(cls: type[T], config: Config) -> T:
    """The settings as trac.ini has them. Raises Misconfigured naming section, option and value."""
    values: dict[str, Any] = {}
    for declared in options_of(cls):
        text = config.find(declared.section, declared.name)
        if text is not None:
            values[declared.field] = read(declared, text, config)
    return cls(**values)


def read(option: Option, text: str, config: Config) -> Value:
    """The value that the text of an option stands for."""
    match option.kind:
        case "str":
            return text
        case "bool":
            return is_true(text)
        case "int" | "float":
            return _number(option, text)
        case "list":
            return split(text, option.separators, option.keeps_empty)
        case "choice":
            return _choice(option, text)
        case "path":
            return config.resolve_path(text)


def is_true(text: str) -> bool:
    """Trac's reading of a flag: a number other than 0, or yes, true, enabled, on."""
    word = text.strip().lower()
    try:
        return word in _YES or float(word) != 0
    except ValueError:
        return False


def split(text: str, separators: str = ",", keeps_empty: bool = False) -> tuple[str, ...]:
    """The items of a list, which may be separated by any of `separators`."""
    for other in separators[1:]:
        text = text.replace(other, separators[0])
    items = (item.strip() for item in text.split(separators[0]))
    return tuple(item for item in items if item or keeps_empty)


def _number(option: Option, text: str) -> int | float:
    try:
        return int(text or 0) if option.kind == "int" else float(text or 0)
    except ValueError:
        raise Misconfigured(
            "[%(section)s] %(option)s is “%(value)s” in trac.ini, but it has to be a number.",
            section=option.section,
            option=option.name,
            value=text,
        ) from None


def _choice(option: Option, text: str) -> str:
    for known in option.choices:
        if text == known or (option.ignores_case and text.lower() == known.lower()):
            return known
    raise Misconfigured(
        "[%(section)s] %(option)s is “%(value)s” in trac.ini, but it has to be one of %(choices)s.",
        section=option.section,
        option=option.name,
        value=text,
        choices=", ".join(known or "''" for known in option.choices),
    )


def written(option: Option, value: Value) -> str:
    """A value as Trac writes it: `enabled`, `7`, `a,b,c`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "enabled" if value else "disabled"
    if isinstance(value, tuple):
        return option.separators[0].join(value)
    return str(value)


def normalise(option: Option, text: str) -> str:
    """The form in which Trac writes what the text stands for; what cannot be read stays as it is."""
    match option.kind:
        case "bool":
            return written(option, is_true(text))
        case "list":
            return written(option, split(text, option.separators, option.keeps_empty))
        case "int" | "float":
            with suppress(Misconfigured):
                return written(option, _number(option, text))
    return text


def store(config: Config, option: Option, text: str) -> None:
    """Set an option in its normal form, or leave it out when an inherited value means the same."""
    value = normalise(option, text)
    inherited = config.inherited(option.section, option.name)
    if inherited is not None and normalise(option, inherited) == value:
        value = inherited
    config.set(option.section, option.name, value)
