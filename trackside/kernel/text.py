"""Small pure helpers for strings."""

from __future__ import annotations

import re
import unicodedata

_BREAKS = re.compile(r"\r\n?|\n")
_CUT = " ..."
_LIST_SEPARATORS = re.compile(r"[,;\s]+")


def unix_lines(text: str) -> str:
    """The text with LF line ends, for comparing; stored text keeps the ends it came with."""
    return _BREAKS.sub("\n", text)


def shorten(text: str, limit: int = 75) -> str:
    """At most `limit` characters, cut at the last blank that leaves room for the ` ...` behind a cut."""
    if len(text) <= limit:
        return text
    head = text[: max(limit - len(_CUT), 0)]
    blank = max(head.rfind(" "), head.rfind("\n"))
    return (head[:blank] if blank >= 0 else head) + _CUT


def split_names(text: str) -> list[str]:
    """The items of a cc or keywords value, in order, without doubles."""
    return list(dict.fromkeys(item for item in _LIST_SEPARATORS.split(text) if item))


def whole_number(text: str | None) -> int | None:
    """The number that ASCII digits say; None for anything else, and for more digits than databases count."""
    is_number = text is not None and text.isdecimal() and text.isascii() and len(text) < 19
    return int(text) if text and is_number else None


def natural_key(text: str) -> list[tuple[int, int, str]]:
    """Sorts `1.10` behind `1.9`."""
    parts = re.findall(r"\d{1,18}|\D+", text)
    return [(0, int(p), "") if p.isdecimal() else (1, 0, p.lower()) for p in parts]


def obfuscate(person: str) -> str:
    """A user string with what follows the first `@` hidden: `joe <joe@…>`."""
    name, at, rest = person.partition("@")
    if not at:
        return person
    return f"{name}@…{'>' if rest.endswith('>') else ''}"


def readable_size(size: int) -> str:
    """A number of bytes for people: `2.1 KB`."""
    amount = float(size)
    for unit in ("bytes", "KB", "MB", "GB"):
        if amount < 1024 or unit == "GB":
            return f"{size} bytes" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= 1024
    return f"{size} bytes"


def clean_file_name(name: str) -> str:
    """A file name as an upload stores it: NFC, no control characters, no directories."""
    name = unicodedata.normalize("NFC", name)
    name = "".join(" " if unicodedata.category(c) == "Cc" else c for c in name)
    return name.replace("\\", "/").rsplit("/", 1)[-1].strip()
