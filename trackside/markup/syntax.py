"""Syntax: what the wiki language of one project knows, assembled once."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from trackside.kernel.feature import LinkScheme, Macro, Shorthand
from trackside.kernel.work import Work
from trackside.markup.interwiki import InterTrac, InterWiki
from trackside.markup.mime import MimeTypes
from trackside.markup.nodes import Link
from trackside.markup.settings import WikiMarkupSettings

# Looked up before macros; the rest of the names that may follow `#!` are macros or types of source code.
PROCESSORS = frozenset(
    ("default", "comment", "htmlcomment", "html", "div", "rtl", "span", "Span", "table", "tr", "td", "th")
)
_SCHEME = re.compile(r"[^/?#]*")
_NUMBERED = re.compile(r"([a-zA-Z.+-]+?)\s*([0-9][-0-9:,]*)(.*)$", re.DOTALL)
_serial = itertools.count()


@dataclass(frozen=True, slots=True)
class Foreign:
    """A shorthand with the prefix of another Trac, as `#other12`."""

    pattern: str
    link: Callable[[str], Link]
    order: int = 50


@dataclass(frozen=True, slots=True, eq=False)
class Syntax:
    """`site` are the addresses below which a link is not an external one."""

    schemes: Mapping[str, LinkScheme]
    shorthands: tuple[Shorthand | Foreign, ...]
    macros: Mapping[str, Macro]
    intertrac: Mapping[str, InterTrac]
    aliases: Mapping[str, str]
    interwiki: Callable[[Work], Mapping[str, InterWiki]]
    mime: MimeTypes
    settings: WikiMarkupSettings
    site: str = ""
    serial: int = field(default_factory=lambda: next(_serial))
    shapes: re.Pattern[str] | None = None

    def knows(self, name: str) -> bool:
        """Whether `[[name]]` calls something."""
        if name in self.macros or name in PROCESSORS or name.upper() == "BR":
            return True
        return self.mime.of_keyword(name) is not None

    def is_safe(self, scheme: str) -> bool:
        """Whether addresses of that scheme may become links."""
        return self.settings.render_unsafe_content or scheme in self.settings.safe_schemes

    def is_safe_address(self, address: str) -> bool:
        scheme, colon, _ = address.partition(":")
        return not colon or not _SCHEME.fullmatch(scheme) or self.is_safe(scheme)


def compile_shapes(shorthands: tuple[Shorthand | Foreign, ...]) -> re.Pattern[str] | None:
    """One pattern for all shorthands, with a group for each."""
    if not shorthands:
        return None
    return re.compile("|".join(f"(?P<s{i}>{s.pattern})" for i, s in enumerate(shorthands)))


# `#other12`, `{other 3}`, `[other 5]`; whether there is such a prefix is known when it is rendered.
_WORD = r"[a-zA-Z.+-]++"
FOREIGN = (
    Foreign(rf"#{_WORD}[0-9]++(?:[-,][0-9]++)*", lambda text: _foreign(text[1:], text, "ticket")),
    Foreign(rf"\{{{_WORD}\s*+[0-9]++\}}", lambda text: _foreign(text[1:-1], text, "report")),
    Foreign(
        rf"\[{_WORD}\s*+[0-9]++(?:[:-][0-9]++)?(?:/[^\]\s]{{0,1000}}+)?\]",
        lambda text: _foreign(text[1:-1], text, "changeset"),
    ),
)
# `[12]`, `r12`, `[1:3]` where no feature has repositories: text, whose `!` does not show either.
UNUSED = Shorthand(
    r"\[[0-9]++(?:[-:,][0-9]++)*(?:/[^\]\s]{0,1000}+)?\]|\br[0-9]++(?::[0-9]++)?\b(?!:[0-9])",
    lambda text, source: None,
)


def _foreign(inside: str, text: str, realm: str) -> Link:
    match = _NUMBERED.match(inside)
    assert match is not None
    prefix, number, path = match.groups()
    target = f"{realm}:{number}{path}"
    if realm == "changeset" and (":" in number or "-" in number):
        target = f"log:{path or '/'}@{number}"
    return Link(prefix, target, None, text, "bare")


# Knows no feature: for plain text of any project.
CORE = Syntax({}, (), {}, {}, {}, lambda work: {}, MimeTypes({}, {}, (), frozenset()), WikiMarkupSettings())
