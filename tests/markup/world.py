"""A project whose things are known beforehand: pages, tickets and files that the examples speak of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from trackside.db import generations
from trackside.kernel.access import Access, Actor, Permission
from trackside.kernel.config import Config
from trackside.kernel.feature import (
    Assembly,
    Description,
    Feature,
    LinkScheme,
    LinkTarget,
    Macro,
    MacroCall,
    Realm,
    Shorthand,
)
from trackside.kernel.href import Href
from trackside.kernel.project import Project
from trackside.kernel.ref import Ref
from trackside.kernel.work import Work
from trackside.markup.assemble import assemble_syntax
from trackside.markup.html import markup
from trackside.markup.interwiki import read_intermap, split_target
from trackside.markup.plain import page_label
from trackside.markup.syntax import Syntax

PAGE = Ref("wiki", "WikiStart")
NOW = datetime(2026, 1, 2, tzinfo=UTC)
VIEW = Permission("EXAMPLE_VIEW")
UPPER = "A-Z\u00c0-\u00d6\u00d8-\u00de"
LOWER = "a-z\u00df-\u00f6\u00f8-\u00ff"
CAMEL = (
    rf"(?<![\w/])(?:\.\.?/){{0,60}}/?(?:[{UPPER}][{LOWER}]++/?){{2,}}(?:@[0-9]+)?(?:#[A-Za-z][\w:.-]*\w)?"
    r"(?=:(?:\s|$)|[^:\w]|$)"
)
INTERMAP = """
----
pep https://peps.test/pep-$1/ # PEP $1
goo https://g.test/?q=
two https://t.test/$2/$1
----
"""


@dataclass
class World:
    """What there is in the project."""

    pages: tuple[str, ...] = ("WikiStart",)
    tickets: Mapping[str, tuple[str, str]] = None  # type: ignore[assignment]
    may_create: bool = True
    splits: bool = False
    asked: list[tuple[str, int]] = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        self.tickets = self.tickets or {}
        self.asked = []


class Rules:
    name = "Rules"

    def __init__(self, denied: Sequence[str] = ()) -> None:
        self.denied = denied

    def decide(self, access: Access, permission: Permission, ref: Ref) -> bool | None:
        return permission.name not in self.denied

    def looks_at_things(self, permission: Permission, realm: str) -> bool:
        return False


def wiki_feature(world: World) -> Feature:
    def refer(name: str, target: str, source: Ref) -> LinkTarget:
        path, query, fragment = split_target(target)
        page, _, version = path.rstrip("/").partition("@")
        ref = Ref("wiki", page, int(version) if version.isdecimal() else None, source)
        label = page_label(target, world.splits)
        return LinkTarget(ref, query=query, fragment=fragment, label=label)

    def camel(text: str, source: Ref) -> LinkTarget:
        match = re.match(r"\[(\S+)\s+([^\]]+)\]", text)
        name, label = (match[1], match[2]) if match else (text, page_label(text, world.splits))
        if match is None:
            label = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", text) if world.splits else text
        target = refer("wiki", name, source)
        return LinkTarget(target.ref, query=target.query, fragment=target.fragment, label=label)

    def describe(work: Work, refs: Sequence[Ref]) -> Mapping[Ref, Description]:
        world.asked.append(("wiki", len(refs)))
        return {ref: page(work, ref) for ref in refs}

    def page(work: Work, ref: Ref) -> Description:
        base = ref.parent.id if ref.parent is not None and ref.parent.realm == "wiki" else ""
        name = resolved(ref.id or "WikiStart", base or "", world.pages)
        query = [("version", ref.version)] if ref.version else []
        href = work.href("wiki", name, query=query)
        if name in world.pages:
            return Description(href, css="wiki")
        return Description(href if world.may_create else None, css="missing wiki")

    return Feature(
        "wiki",
        realms=(realm("wiki", describe),),
        links=(LinkScheme(("wiki",), refer),),
        shorthands=(
            Shorthand(CAMEL, camel, 10),
            Shorthand(rf"\[{CAMEL}\s++[^\]]{{1,1000}}+\]", camel, 11),
        ),
        macros=(Macro("TitleIndex", title_index, "All pages."), Macro("Bang", bang, "Fails.")),
    )


def resolved(name: str, base: str, pages: Sequence[str]) -> str:
    """Trac's page scope."""
    if name.startswith("/"):
        return name.strip("/")
    if re.match(r"\.\.?(/|$)", name):
        parts = base.split("/")
        rest = name.split("/")
        while rest and rest[0] in (".", ".."):
            parts = parts[:-1] if rest.pop(0) == ".." else parts
        return "/".join([*parts, *rest])
    folder = base.split("/")[:-1]
    for depth in range(len(folder), -1, -1):
        found = "/".join([*folder[:depth], name])
        if found in pages:
            return found
    parts = base.split("/")
    first, slash, rest_of_it = name.partition("/")
    for i, part in enumerate(parts):
        if slash and part == first and "/".join(parts[: i + 1]) in pages:
            return "/".join([*parts[: i + 1], rest_of_it])
    return "/".join([*folder, name])


def ticket_feature(world: World) -> Feature:
    def refer(name: str, target: str, source: Ref) -> LinkTarget:
        path, query, fragment = split_target(target)
        if re.fullmatch(r"\d+(?:[-,]\d+)+", path):
            pairs = (("id", path.replace("1,2", "1-2")),)
            shown = pairs[0][1].replace(",", ", ")
            return LinkTarget(path=("query",), pairs=pairs, query=query, title=f"Tickets {shown}")
        return LinkTarget(Ref("ticket", path), query=query, fragment=fragment)

    def describe(work: Work, refs: Sequence[Ref]) -> Mapping[Ref, Description]:
        world.asked.append(("ticket", len(refs)))
        return {ref: ticket(work, ref) for ref in refs}

    def ticket(work: Work, ref: Ref) -> Description:
        known = world.tickets.get(ref.id or "")
        if known is None:
            return Description(None, css="missing ticket")
        title, status = known
        return Description(
            work.href("ticket", ref.id or ""), f"#{ref.id}: {title} ({status})", f"{status} ticket"
        )

    return Feature(
        "ticket",
        realms=(realm("ticket", describe),),
        links=(LinkScheme(("ticket", "bug", "issue"), refer),),
        shorthands=(
            Shorthand(
                r"(?<!&)#\d+(?:[-:]\d+)?(?:,\u200b?\d+(?:[-:]\d+)?)*", lambda t, s: refer("", t[1:], s), 20
            ),
            Shorthand(r"\{\d+\}", lambda t, s: LinkTarget(path=("report", t[1:-1]), css="report"), 21),
        ),
    )


FILES = {("wiki", "WikiStart", "f.txt"): "d", ("ticket", "1", "a b.png"): ""}


def file_feature(world: World) -> Feature:
    def refer(name: str, target: str, source: Ref) -> LinkTarget:
        file, _, parent = target.partition(":")
        realm, _, id = parent.partition(":")
        return LinkTarget(Ref("attachment", file, None, Ref(realm, id) if parent else source))

    def describe(work: Work, refs: Sequence[Ref]) -> Mapping[Ref, Description]:
        return {ref: file(work, ref) for ref in refs}

    def file(work: Work, ref: Ref) -> Description:
        assert ref.parent is not None
        path = (ref.parent.realm, ref.parent.id or "", ref.id or "")
        if path not in FILES:
            return Description(None, css="missing attachment")
        return Description(work.href("attachment", *path), "a file", "attachment", label=FILES[path])

    return Feature(
        "attachment",
        realms=(realm("attachment", describe),),
        links=(LinkScheme(("attachment", "raw-attachment"), refer),),
    )


def realm(name: str, describe: object) -> Realm:
    return Realm(
        name,
        VIEW,
        url=lambda href, ref: href(name, ref.id or ""),
        describe=describe,  # type: ignore[arg-type]
        exists=lambda work, ref: True,
        title=lambda work, ref: f"{name} {ref.id}",
    )


def title_index(work: Work, call: MacroCall) -> str:
    link = f'<a href="{work.href("wiki", "WikiStart")}">WikiStart</a>'
    return markup((f'<div class="titleindex"><ul><li>{link}</li></ul></div>',))


def bang(work: Work, call: MacroCall) -> str:
    raise ValueError("bang")


def make_work(
    world: World | None = None, ini: str = "", denied: Sequence[str] = (), folder: Path = Path("/nowhere")
) -> Work:
    """A work in a project of the in-test features; the database is there, but nothing asks it."""
    world = world or World()
    features = (wiki_feature(world), ticket_feature(world), file_feature(world))
    config = Config.empty(folder / "conf" / "trac.ini")
    section = ""
    for line in ini.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif "=" in line:
            name, _, value = line.partition("=")
            config.set(section, name.strip(), value.strip())
    entries = read_intermap(INTERMAP)
    syntax = assemble_syntax(features, config, lambda work: entries)
    parts = {
        Assembly: Assembly(features, {r.name: r for f in features for r in f.realms}),
        Syntax: syntax,
    }
    project = Project("sample", folder, config, None, generations, (Rules(denied),), {}, parts)  # type: ignore[arg-type]
    return Work(project, None, Actor("joe"), NOW, href=Href())  # type: ignore[arg-type]
