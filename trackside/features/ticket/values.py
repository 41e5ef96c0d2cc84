"""What can be done with the lists that tickets choose from: components, versions, and the enums."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from trackside.features.ticket import choices, store
from trackside.features.ticket.choices import CHOICES
from trackside.features.ticket.model import REALM, TICKET_ADMIN, Component, EnumValue, Version
from trackside.kernel.access import Grant
from trackside.kernel.errors import Invalid, NotFound
from trackside.kernel.ref import Ref
from trackside.kernel.work import Work

FIELDS = {"ticket_type": "type", "priority": "priority", "severity": "severity", "resolution": "resolution"}


def _grant(work: Work) -> Grant:
    return work.access.require(TICKET_ADMIN, Ref(REALM))


def _new_name(typed: str, taken: Collection[str], former: str = "") -> str:
    """The name as it is stored. Raises Invalid for none and for one that is taken."""
    name = " ".join(typed.split())
    if not name:
        raise Invalid("A name is missing.")
    if name != former and name in taken:
        raise Invalid("There is “%(name)s” already.", name=name)
    return name


def _missing(name: str) -> NotFound:
    return NotFound("There is no “%(name)s”.", name=name)


def add_component(work: Work, name: str, owner: str) -> None:
    grant, known = _grant(work), {one.name for one in work.cached(CHOICES).components}
    choices.put_component(work.db, grant, Component(_new_name(name, known), owner.strip()))
    work.invalidate(CHOICES)


def change_component(work: Work, name: str, *, new: str | None = None, owner: str | None = None) -> None:
    """Another name, which its tickets follow, or another owner."""
    grant, known = _grant(work), {one.name: one for one in work.cached(CHOICES).components}
    if name not in known:
        raise _missing(name)
    one = known[name] if owner is None else replace(known[name], owner=owner.strip())
    one = one if new is None else replace(one, name=_new_name(new, known, name))
    choices.put_component(work.db, grant, one, name)
    if one.name != name:
        store.rename_value(work.db, grant, "component", name, one.name)
    work.invalidate(CHOICES)


def delete_component(work: Work, name: str) -> None:
    """Tickets keep the name."""
    grant = _grant(work)
    if name not in {one.name for one in work.cached(CHOICES).components}:
        raise _missing(name)
    choices.delete_component(work.db, grant, name)
    work.invalidate(CHOICES)


def add_version(work: Work, name: str, released: int) -> None:
    grant, known = _grant(work), {one.name for one in work.cached(CHOICES).versions}
    choices.put_version(work.db, grant, Version(_new_name(name, known), released))
    work.invalidate(CHOICES)


def change_version(work: Work, name: str, *, new: str | None = None, released: int | None = None) -> None:
    """Another name, which its tickets follow, or another date."""
    grant, known = _grant(work), {one.name: one for one in work.cached(CHOICES).versions}
    if name not in known:
        raise _missing(name)
    one = known[name] if released is None else replace(known[name], released=released)
    one = one if new is None else replace(one, name=_new_name(new, known, name))
    choices.put_version(work.db, grant, one, name)
    if one.name != name:
        store.rename_value(work.db, grant, "version", name, one.name)
    work.invalidate(CHOICES)


def delete_version(work: Work, name: str) -> None:
    """Tickets keep the name."""
    grant = _grant(work)
    if name not in {one.name for one in work.cached(CHOICES).versions}:
        raise _missing(name)
    choices.delete_version(work.db, grant, name)
    work.invalidate(CHOICES)


def list_enum(work: Work, kind: str) -> tuple[EnumValue, ...]:
    return work.cached(CHOICES).enums.get(kind, ())


def add_enum_value(work: Work, kind: str, name: str) -> None:
    """At the end of the list."""
    values = list_enum(work, kind)
    new = EnumValue(_new_name(name, {one.name for one in values}), 0)
    choices.replace_enum(work.db, _grant(work), kind, (*values, new))
    work.invalidate(CHOICES)


def rename_enum_value(work: Work, kind: str, name: str, new: str) -> None:
    """Tickets follow."""
    grant, values = _grant(work), list_enum(work, kind)
    names = {one.name for one in values}
    if name not in names:
        raise _missing(name)
    new = _new_name(new, names, name)
    renamed = [replace(one, name=new) if one.name == name else one for one in values]
    choices.replace_enum(work.db, grant, kind, renamed)
    store.rename_value(work.db, grant, FIELDS[kind], name, new)
    work.invalidate(CHOICES)


def delete_enum_value(work: Work, kind: str, name: str) -> None:
    """The gap in the order is closed; tickets keep the name."""
    grant, values = _grant(work), list_enum(work, kind)
    if name not in {one.name for one in values}:
        raise _missing(name)
    choices.replace_enum(work.db, grant, kind, [one for one in values if one.name != name])
    work.invalidate(CHOICES)


def move_enum_value(work: Work, kind: str, name: str, step: int) -> None:
    """One place up (-1) or down (1); at the end of the list nothing happens."""
    grant, values = _grant(work), list(list_enum(work, kind))
    place = next((i for i, one in enumerate(values) if one.name == name), None)
    if place is None:
        raise _missing(name)
    other = place + step
    if 0 <= other < len(values):
        values[place], values[other] = values[other], values[place]
        choices.replace_enum(work.db, grant, kind, values)
        work.invalidate(CHOICES)
