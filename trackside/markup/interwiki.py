"""Prefixes of other sites: the InterWiki map and the InterTrac section, read and expanded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from trackside.kernel.config import Config

_ENTRY: Final = re.compile(r"([a-zA-Z][-a-zA-Z0-9+._]*)[ \t]+(\S+)(?:[ \t]+#(.*))?\s*$")
_ARGUMENT: Final = re.compile(r"\$([1-9])")
_TRAC: Final = "https://trac.edgewall.org"


@dataclass(frozen=True, slots=True)
class InterWiki:
    """Another wiki: `$1` … `$9` in url and title stand for parts of the target."""

    prefix: str
    url: str
    title: str

    def expand(self, target: str) -> tuple[str, str]:
        """The address and the title of a link to `target`."""
        path, query, fragment = split_target(target)
        address = _substitute(self.url, path)
        if address is None:
            address = self.url + path
        title = _substitute(self.title, path)
        if title is None:
            title = f"{path} in {self.title}"
        if fragment:
            address = address.split("#", 1)[0]
        if query:
            base, mark, own = address.partition("#")
            address = base + ("&" if "?" in base else "?") + query + mark + own
        return (f"{address}#{fragment}" if fragment else address), title


@dataclass(frozen=True, slots=True)
class InterTrac:
    """Another Trac, which resolves link texts of ours itself."""

    name: str
    url: str
    title: str

    def expand(self, target: str) -> tuple[str, str]:
        title = f"{target} in {self.title}" if target else self.title
        return f"{self.url.rstrip('/')}/intertrac/{quote(target)}", title


def split_target(target: str) -> tuple[str, str, str]:
    """Path, query and fragment of a link target."""
    rest, _, fragment = target.partition("#")
    path, _, query = rest.partition("?")
    return path, query, fragment


def _substitute(template: str, target: str) -> str | None:
    """The template with its arguments filled in; None when it has none."""
    count = max((int(number) for number in _ARGUMENT.findall(template)), default=0)
    if not count:
        return None
    parts = target.split(":", count - 1)
    parts += [""] * (count - len(parts))
    return _ARGUMENT.sub(lambda match: parts[int(match[1]) - 1], template)


def read_intermap(text: str) -> dict[str, InterWiki]:
    """The entries of the page InterMapTxt by upper-cased prefix: lines between lines of hyphens."""
    entries: dict[str, InterWiki] = {}
    is_inside = False
    for line in text.splitlines():
        if line.startswith("----"):
            is_inside = not is_inside
        elif is_inside and (match := _ENTRY.match(line)) is not None:
            prefix, url, title = match.groups()
            entries[prefix.upper()] = InterWiki(prefix, url, (title or "").strip() or prefix)
    return entries


def read_section(items: Mapping[str, str]) -> dict[str, InterWiki]:
    """The entries of `[interwiki]` by upper-cased prefix."""
    entries: dict[str, InterWiki] = {}
    for prefix, value in items.items():
        url, _, title = value.strip().partition(" ")
        if url:
            entries[prefix.upper()] = InterWiki(prefix, url, title.strip() or prefix)
    return entries


def read_intertrac(config: Config) -> tuple[dict[str, InterTrac], dict[str, str]]:
    """The sites of `[intertrac]` and the aliases, both by lower-cased name."""
    items = {name.lower(): value for name, value in config.items("intertrac").items()}
    sites = dict(_sites(items))
    sites.setdefault("trac", InterTrac("trac", _TRAC, items.get("trac.title", "The Trac Project")))
    return sites, {name: value for name, value in items.items() if "." not in name}


def _sites(items: Mapping[str, str]) -> Iterable[tuple[str, InterTrac]]:
    for option, url in items.items():
        name, dot, kind = option.rpartition(".")
        if dot and kind == "url" and url:
            title = items.get(f"{name}.title") or f"Trac project {name}"
            yield name, InterTrac(name, url, title)
