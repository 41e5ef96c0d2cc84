"""Feature: every kind of contribution that a part of the product, or a plugin, can make."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from werkzeug.wrappers import Response

from trackside.kernel.access import Grant, Permission, Policy
from trackside.kernel.events import Event
from trackside.kernel.href import Href
from trackside.kernel.project import Project
from trackside.kernel.ref import Ref
from trackside.kernel.work import Work

View = Callable[..., Response]


@dataclass(frozen=True, slots=True)
class Route:
    """An address and the view that answers it: `view(work, request, **parts of the path)`.

    `path` is a Werkzeug rule. Of several routes with one path and method the first whose `when` holds
    answers: `""` always, `"preview"` when that parameter is there, `"action=edit"` when it has that value.
    `permission` says what a visitor needs at least (None: nothing); the action behind the view is the guard.
    `mode` is the transaction it gets: read for GET, write for POST, unless it says otherwise.
    """

    path: str
    view: View
    permission: Permission | None
    methods: tuple[str, ...] = ("GET",)
    when: str = ""
    mode: Literal["read", "write", ""] = ""


@dataclass(frozen=True, slots=True)
class Navigation:
    """An entry of `[mainnav]` or `[metanav]`. `link` gives its address, or None where it is not to show."""

    bar: Literal["mainnav", "metanav"]
    name: str
    label: str
    link: Callable[[Work], str | None]
    order: float


@dataclass(frozen=True, slots=True)
class Description:
    """What a link to a thing says about it. `href` None: not a link for this reader, just its text."""

    href: str | None
    title: str = ""
    css: str = ""
    suffix: str = ""
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Realm:
    """What others must know about the things of one kind.

    `describe` answers for many at once and for missing ones too: one query, however many are asked.
    `attach` are the permissions that viewing, adding and deleting an attachment of such a thing take.
    """

    name: str
    view: Permission
    url: Callable[[Href, Ref], str]
    describe: Callable[[Work, Sequence[Ref]], Mapping[Ref, Description]]
    exists: Callable[[Work, Ref], bool]
    title: Callable[[Work, Ref], str]
    attach: tuple[Permission, Permission, Permission] | None = None


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """Where `scheme:target` points: a thing (`ref`), or an address of ours (`path` segments, `pairs`).

    `query` (without `?`) and `fragment` (without `#`) are appended as they are.
    """

    ref: Ref | None = None
    path: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    query: str = ""
    fragment: str = ""
    css: str = ""
    title: str = ""
    label: str | None = None


@dataclass(frozen=True, slots=True)
class LinkScheme:
    """`names` before a colon; `refer(name, target, source)` is pure and gives None for what is no link."""

    names: tuple[str, ...]
    refer: Callable[[str, str, Ref], LinkTarget | None]


@dataclass(frozen=True, slots=True)
class Shorthand:
    """Text that is a link by its shape, as `#12`.

    `pattern` is a regular expression without groups that backtracks nowhere; `refer(text, source)` is pure.
    """

    pattern: str
    refer: Callable[[str, Ref], LinkTarget | None]
    order: int = 50


class MacroCall(Protocol):
    """How a macro or processor is called. `source` is the thing whose text it stands in."""

    @property
    def name(self) -> str: ...
    @property
    def text(self) -> str | None:
        """What stood between the brackets, or the body of a processor block."""

    @property
    def parameters(self) -> Mapping[str, str]:
        """Parameters of a processor line; for a macro the `name=value` arguments."""

    @property
    def arguments(self) -> tuple[str, ...]:
        """The arguments of a macro without a name."""

    @property
    def source(self) -> Ref: ...
    @property
    def is_inline(self) -> bool: ...

    def render(self, text: str, flavor: Literal["html", "oneliner"] = "html") -> str:
        """Wiki text to safe HTML, in the same place."""


@dataclass(frozen=True, slots=True)
class Macro:
    """`[[Name(…)]]`. `run` gives markup (`markupsafe.Markup`), plain text (`str`) or nothing."""

    name: str
    run: Callable[[Work, MacroCall], str | None]
    doc: str
    is_block: bool = True


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One thing that happened. `text` is wiki text of `source`, shown on one line; empty for none."""

    kind: str
    at: datetime
    author: str
    title: str
    href: str
    ref: Ref
    text: str = ""


@dataclass(frozen=True, slots=True)
class TimelineSource:
    """`filters` are (name, label) pairs; `entries(work, start, stop, chosen)` takes UTC moments."""

    filters: Callable[[Work], Sequence[tuple[str, str]]]
    entries: Callable[[Work, datetime, datetime, frozenset[str]], Iterable[TimelineEntry]]


@dataclass(frozen=True, slots=True)
class SearchResult:
    title: str
    href: str
    at: datetime | None
    author: str
    excerpt: str
    realm: str


@dataclass(frozen=True, slots=True)
class SearchSource:
    """`find(work, terms, limit)` gives the newest matches in which every term occurs."""

    name: str
    label: str
    permission: Permission
    find: Callable[[Work, Sequence[str], int], Sequence[SearchResult]]


@dataclass(frozen=True, slots=True)
class Activity:
    """An entry that another feature adds to the stream of a thing, as a file that was attached."""

    at: datetime
    author: str
    title: str
    href: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Beside:
    """What a companion knows of one thing: entries for its stream, and `values` for its template."""

    activities: tuple[Activity, ...]
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Companion:
    """Something shown on the page of every thing of some realms; `template` is included there.

    `follow(work, grant, new)` is told, in the same transaction, that the thing of the grant has the id `new`
    from now on, or None: that it goes.
    """

    realms: tuple[str, ...]
    template: str
    gather: Callable[[Work, Ref], Beside]
    follow: Callable[[Work, Grant, str | None], None] | None = None


@dataclass(frozen=True, slots=True)
class Handler:
    """What follows from events of some `kinds` (`*` for all).

    Inside handlers run in the transaction that marks their job done; outside ones `prepare` a call in a read
    transaction, make it with none open, and may be repeated.
    """

    name: str
    kinds: tuple[str, ...]
    run: Callable[[Work, Event], None] | None = None
    prepare: Callable[[Work, Event], Callable[[], None]] | None = None


@dataclass(frozen=True, slots=True)
class Schedule:
    """Something done every so many seconds, by one worker of a project."""

    name: str
    every: int
    run: Callable[[Work], None]


@dataclass(frozen=True, slots=True)
class Command:
    """An administration command: `words` as typed, `usage` of its arguments, `run(work, arguments, say)`."""

    words: str
    usage: str
    help: str
    run: Callable[[Work, Sequence[str], Callable[[str], None]], int | None]
    mode: Literal["read", "write"] = "write"


@dataclass(frozen=True, slots=True)
class Feature:
    """A contents page: what a part of the product is made of, and the Trac `components` it stands for."""

    name: str
    components: tuple[str, ...] = ()
    settings: tuple[type, ...] = ()
    permissions: tuple[Permission, ...] = ()
    policies: tuple[Callable[[Mapping[str, frozenset[str]]], Policy], ...] = ()
    realms: tuple[Realm, ...] = ()
    routes: tuple[Route, ...] = ()
    companions: tuple[Companion, ...] = ()
    navigation: tuple[Navigation, ...] = ()
    links: tuple[LinkScheme, ...] = ()
    shorthands: tuple[Shorthand, ...] = ()
    macros: tuple[Macro, ...] = ()
    timeline: tuple[TimelineSource, ...] = ()
    search: tuple[SearchSource, ...] = ()
    handlers: tuple[Handler, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    commands: tuple[Command, ...] = ()
    templates: Path | None = None
    static: Path | None = None


@dataclass(frozen=True, slots=True)
class Assembly:
    """The part of a project that remembers what it was assembled from."""

    features: tuple[Feature, ...]
    realms: Mapping[str, Realm]


def features_of(project: Project) -> tuple[Feature, ...]:
    """The features that a project is made of, in order."""
    return project.part(Assembly).features


def follow(work: Work, grant: Grant, new: str | None) -> None:
    """Let what stands beside a thing go with it, to its new id or away. Whoever does that to it calls."""
    for feature in features_of(work.project):
        for companion in feature.companions:
            if companion.follow is not None and grant.ref.realm in companion.realms:
                companion.follow(work, grant, new)


def find_realm(project: Project, name: str) -> Realm | None:
    return project.part(Assembly).realms.get(name)
