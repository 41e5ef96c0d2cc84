"""The two navigation bars, as features offer them and `[mainnav]` and `[metanav]` arrange them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trackside.kernel.access import Permission
from trackside.kernel.feature import Navigation
from trackside.kernel.ref import Ref
from trackside.kernel.work import Work

BARS = ("mainnav", "metanav")
_OFF = frozenset(("disabled", "false", "no", "off", "0"))
_LAST = float("inf")
_ACTIVE = {
    "": "wiki",
    "milestone": "roadmap",
    "query": "tickets",
    "report": "tickets",
    "ticket": "tickets",
    "newticket": "tickets",
    "log": "browser",
    "changeset": "browser",
}


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as it shows. `name` is Trac's, as `wiki` or `logout`."""

    name: str
    label: str
    href: str
    is_active: bool = False


@dataclass(frozen=True, slots=True)
class _Placed:
    bar: str
    name: str
    label: str
    order: float
    permission: str
    address: str
    offered: Navigation | None


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """The part of a project that knows its navigation, worked out once for a version of trac.ini."""

    items: Mapping[str, Sequence[_Placed]]


def assemble_bars(project_config: Mapping[str, Mapping[str, str]], offered: Sequence[Navigation]) -> Bars:
    """`project_config` holds the options of `[mainnav]` and `[metanav]`."""
    placed = [
        item
        for bar in BARS
        for item in _of_bar(bar, project_config.get(bar, {}), {n.name: n for n in offered}, project_config)
    ]
    return Bars(
        {bar: sorted((p for p in placed if p.bar == bar), key=lambda p: (p.order, p.name)) for bar in BARS}
    )


def _of_bar(
    bar: str,
    options: Mapping[str, str],
    offered: Mapping[str, Navigation],
    config: Mapping[str, Mapping[str, str]],
) -> list[_Placed]:
    other = config.get("metanav" if bar == "mainnav" else "mainnav", {})
    names = {name for name, item in offered.items() if item.bar == bar and not _is_on(other, name)}
    names |= {name for name in options if "." not in name and _is_on(options, name)}
    return [_place(bar, name, options, offered.get(name)) for name in names if not _is_off(options, name)]


def _is_on(options: Mapping[str, str], name: str) -> bool:
    return name in options and not _is_off(options, name)


def _is_off(options: Mapping[str, str], name: str) -> bool:
    return options.get(name, "enabled").strip().lower() in _OFF


def _place(bar: str, name: str, options: Mapping[str, str], offered: Navigation | None) -> _Placed:
    label = options.get(f"{name}.label") or (offered.label if offered else name)
    try:
        order = float(options.get(f"{name}.order") or (offered.order if offered else _LAST))
    except ValueError:
        order = _LAST
    return _Placed(
        bar,
        name,
        label,
        order,
        options.get(f"{name}.permission", ""),
        options.get(f"{name}.href", ""),
        offered,
    )


def visible(work: Work, bar: str, path: str) -> list[Item]:
    """The entries of a bar that this visitor may use; `path` marks the active one."""
    first = path.strip("/").split("/", 1)[0]
    active = _ACTIVE.get(first, first)
    shown = []
    for placed in work.project.part(Bars).items[bar]:
        address = _address(work, placed)
        if address is not None:
            shown.append(Item(placed.name, placed.label, address, placed.name == active))
    return shown


def _address(work: Work, placed: _Placed) -> str | None:
    offered = placed.offered.link(work) if placed.offered else None
    if placed.offered is not None and offered is None:
        return None
    if placed.permission and not work.access.allows(Permission(placed.permission), Ref(placed.name)):
        return None
    if placed.address:
        return work.href.base + placed.address if placed.address.startswith("/") else placed.address
    return offered
