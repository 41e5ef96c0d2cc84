"""Names of pages put in order: below one another, or by their first words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

_PARTS = re.compile(r"/|[0-9.]+|[^/0-9.]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True)
class Title:
    """An entry. `name` is the page it leads to; `below` what belongs under it."""

    label: str
    name: str
    below: tuple[Title, ...] = ()
    is_group: bool = False


Path = tuple[tuple[str, ...], str]


def hierarchy(names: Sequence[str], prefix: str = "", least: int = 1) -> list[Title]:
    """By the parts between slashes; those with fewer than `least` below them stand on one level with them."""
    return _below([(tuple(name[len(prefix) :].split("/")), name) for name in names], (), least)


def _below(paths: Sequence[Path], above: tuple[str, ...], least: int) -> list[Title]:
    found: list[Title] = []
    for part, members in groupby(sorted(paths), key=lambda path: path[0][len(above)]):
        here = (*above, part)
        some = list(members)
        own = [path for path in some if path[0] == here]
        rest = [path for path in some if path[0] != here]
        if len(rest) < least or not rest:
            found += [Title("/".join(parts[len(above) :]), name) for parts, name in some]
            continue
        parts, name = rest[0]
        own_name = name[: len(name) - len("/".join(parts[len(here) :])) - 1]
        found.append(Title(part, own_name, tuple(_below(rest, here, least)), not own))
    return found


def groups(names: Sequence[str], prefix: str = "", least: int = 1) -> list[Title]:
    """Neighbours that begin with the same word, digits or slash."""
    return _grouped([(_words(name[len(prefix) :]), name) for name in names], max(2, least), len(prefix))


def _words(name: str) -> tuple[str, ...]:
    return tuple(word for part in _PARTS.findall(name) for word in _HUMP.split(part))


def _grouped(paths: Sequence[Path], least: int, cut: int) -> list[Title]:
    found: list[Title] = []
    for word, members in groupby(sorted(paths), key=lambda path: path[0][:1]):
        some = list(members)
        if not word or len(some) < least:
            found += [Title(name[cut:], name) for _, name in some]
            continue
        content = _grouped([(words[1:], name) for words, name in some], least, cut)
        if word == ("/",):
            found += [Title("/" + t.label, "", t.below, True) if t.is_group else t for t in content]
        elif len(content) == 1 and content[0].is_group:
            found.append(Title(word[0] + content[0].label, "", content[0].below, True))
        else:
            found.append(Title(word[0], "", tuple(content), True))
    return found
