"""One trac.ini as lines: read it by Trac's rules, and change only the lines that are touched."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from sys import intern

from trackside.kernel.errors import Invalid, Misconfigured

Values = dict[str, dict[str, str]]
Changes = Mapping[tuple[str, str], str | None]
DEFAULT = "DEFAULT"
CODING = "# -*- coding: utf-8 -*-"

_OPTION = re.compile(r"([^=:]+)[=:](.*)", re.DOTALL)
_KEY = re.compile(r"(\s*[^=:]+[=:])([ \t]*)")
_REMARK = re.compile(r"rem(\s|$)", re.IGNORECASE)
_BREAK = re.compile(r"\r\n?|\n")


@dataclass(slots=True)
class Entry:
    """One `name = value` and the lines it covers, from `start` to before `end`."""

    section: str
    option: str
    indent: int
    start: int
    end: int
    parts: list[str]

    @property
    def value(self) -> str:
        return self.parts[0] if len(self.parts) == 1 else "\n".join(self.parts).rstrip()


@dataclass(slots=True)
class Document:
    """The lines of a file with their ends, and where its sections and options stand."""

    name: str
    lines: list[str]
    encoding: str = "utf-8"
    headers: list[tuple[str, int]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    values: Values = field(default_factory=dict)


def parse(data: bytes, name: str) -> Document:
    """Read the bytes of the file `name`. Raises Misconfigured with the line that cannot be understood."""
    text, encoding = _decode(data)
    document = Document(name, list(io.StringIO(text, newline="")), encoding)
    if encoding != "utf-8":
        document.warnings.append(f"{name} is not UTF-8; it is read as Latin-1.")
    _Reader(document).read()
    _collect(document)
    return document


def _decode(data: bytes) -> tuple[str, str]:
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


class _Reader:
    """Walks the lines of a document; knows the section and the option that it is in."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.section: str | None = None
        self.entry: Entry | None = None

    def read(self) -> None:
        for number, line in enumerate(self.document.lines):
            if number == 0:
                line = line.removeprefix("\ufeff")
            content = line.strip()
            if not content:
                if self.entry is not None:
                    self.entry.parts.append("")
            elif content[0] not in "#;":
                indent = len(line) - len(line.lstrip()) if line[0].isspace() else 0
                self.content(number, content, indent)

    def content(self, number: int, content: str, indent: int) -> None:
        if self.entry is not None and indent > self.entry.indent:
            self.entry.parts.append(content)
            self.entry.end = number + 1
        elif content[0] == "[" and content.rfind("]") > 1:
            self.header(number, content[1 : content.rfind("]")])
        elif indent == 0 and _REMARK.match(content):
            self.warn(number, "a line that begins with “rem” is taken as a comment.")
        else:
            self.option(number, content, indent)

    def header(self, number: int, section: str) -> None:
        self.section, self.entry = intern(section), None
        self.document.headers.append((self.section, number))

    def option(self, number: int, content: str, indent: int) -> None:
        if self.section is None:
            raise self.failure(
                "%(file)s, line %(line)s: “%(text)s” stands before the first [section].", number
            )
        match = _OPTION.match(content)
        name = match[1].rstrip().lower() if match else ""
        if match is None or not name:
            raise self.failure(
                "%(file)s, line %(line)s: “%(text)s” is neither a [section] nor “name = value”.", number
            )
        value = match[2].strip()
        self.entry = Entry(self.section, intern(name), indent, number, number + 1, [value])
        self.document.entries.append(self.entry)
        if " ;" in value:
            self.warn(number, f"what follows “;” is part of the value of {name}, not a comment.")

    def warn(self, number: int, what: str) -> None:
        self.document.warnings.append(f"{self.document.name}, line {number + 1}: {what}")

    def failure(self, message: str, number: int) -> Misconfigured:
        text = self.document.lines[number].strip()[:60]
        return Misconfigured(message, file=self.document.name, line=number + 1, text=text)


def _collect(document: Document) -> None:
    """Fill `values`; a repeated section is merged and the last of repeated options wins."""
    for section, number in document.headers:
        if section in document.values:
            document.warnings.append(
                f"{document.name}, line {number + 1}: [{section}] is repeated; the options are merged."
            )
        document.values.setdefault(section, {})
    for entry in document.entries:
        options = document.values[entry.section]
        if entry.option in options:
            document.warnings.append(
                f"{document.name}, line {entry.start + 1}: [{entry.section}] {entry.option} is repeated;"
                " the last one counts."
            )
        options[entry.option] = entry.value


def clean_section(section: str) -> str:
    """The section, when it can be written as a header and read back."""
    if not section or "\n" in section or "\r" in section:
        raise Invalid("“%(section)s” cannot be the name of a section of trac.ini.", section=section)
    return section


def clean_option(option: str) -> str:
    """The option in lower case, when it can be written as a key and read back."""
    name = option.strip().lower()
    if not name or name[0] in "#;[\ufeff" or _REMARK.match(name) or re.search(r"[=:\r\n]", name):
        raise Invalid("“%(option)s” cannot be the name of an option of trac.ini.", option=option)
    return name


def clean_value(value: str) -> str:
    """The value as it will be read back."""
    parts = [part.strip() for part in _BREAK.split(value)]
    if any(part.startswith(("#", ";")) for part in parts[1:]):
        raise Invalid("A further line of a value of trac.ini cannot begin with “#” or “;”.")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise Invalid("A value of trac.ini has to be text.")
    return "\n".join(parts).rstrip()


def edit(document: Document, changes: Changes) -> str:
    """The text of the file after `changes`, in which None removes an option.

    A changed option stays where it is, a new one goes to the end of its section, a new section to the
    end of the file. All other lines stay as they are.
    """
    return _Editor(document).text(changes)


class _Editor:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.lines = document.lines
        self.eol = _line_end(document.lines)
        self.patches: dict[int, tuple[int, list[str]]] = {}
        self.inserts: dict[int, list[str]] = {}
        self.appended: dict[str, list[str]] = {}
        self.entries: dict[tuple[str, str], list[Entry]] = {}
        for entry in document.entries:
            self.entries.setdefault((entry.section, entry.option), []).append(entry)

    def text(self, changes: Changes) -> str:
        for (section, option), value in changes.items():
            if value is None:
                self.remove(self.entries.get((section, option), []))
            elif (section, option) in self.entries:
                self.replace(self.entries[section, option], value)
            else:
                self.add(section, option, value)
        self.drop_emptied(changes)
        return "".join(self.assemble())

    def remove(self, entries: list[Entry]) -> None:
        for entry in entries:
            self.patches[entry.start] = (entry.end, self.comments(entry))

    def replace(self, entries: list[Entry], value: str) -> None:
        *earlier, last = entries
        if last.value == value:
            return
        self.remove(earlier)
        line = self.lines[last.start]
        match = _KEY.match(line)
        key, gap = (match[1], match[2]) if match else (f"{last.option} =", " ")
        new = self.option_lines(key + (gap if last.parts[0] else " "), line[: last.indent], value)
        self.patches[last.start] = (last.end, new + self.comments(last))

    def comments(self, entry: Entry) -> list[str]:
        """The comment lines within a value; they outlive it."""
        inside = self.lines[entry.start + 1 : entry.end]
        return [line for line in inside if line.lstrip().startswith(("#", ";"))]

    def add(self, section: str, option: str, value: str) -> None:
        place = self.place(section)
        if place is None:
            self.appended.setdefault(section, []).extend(self.option_lines(f"{option} = ", "", value))
        else:
            number, indent = place
            new = self.option_lines(f"{indent}{option} = ", indent, value)
            self.inserts.setdefault(number, []).extend(new)

    def place(self, section: str) -> tuple[int, str] | None:
        """Where a new option of the section goes, with an indent that keeps what follows from joining it."""
        numbers = [index for index, (name, _) in enumerate(self.document.headers) if name == section]
        if not numbers:
            return None
        start = self.document.headers[numbers[-1]][1]
        following = self.document.headers[numbers[-1] + 1 :]
        end = following[0][1] if following else len(self.lines)
        inside = [entry for entry in self.document.entries if start < entry.start < end]
        if inside:
            return inside[-1].end, self.lines[inside[-1].start][: inside[-1].indent]
        return start + 1, _indent(self.lines[end]) if following else ""

    def drop_emptied(self, changes: Changes) -> None:
        """A section that lost its last option goes with it, unless comments stand there."""
        lost = {key[0] for key, value in changes.items() if value is None and key in self.entries}
        lost -= {section for (section, _), value in changes.items() if value is not None}
        gone = {
            number for start, (end, new) in self.patches.items() if not new for number in range(start, end)
        }
        ends = [*[start for _, start in self.document.headers], len(self.lines)][1:]
        for (section, start), end in zip(self.document.headers, ends, strict=True):
            if section in lost and not self.would_join(start, end):
                rest = (n for n in range(start + 1, end) if n not in gone and self.lines[n].strip())
                if next(rest, None) is None:
                    self.patches[start] = (end, [])

    def would_join(self, start: int, end: int) -> bool:
        """Whether the header at `end` is indented so far that only the one at `start` keeps it a header."""
        return end < len(self.lines) and len(_indent(self.lines[end])) > len(_indent(self.lines[start]))

    def option_lines(self, key: str, indent: str, value: str) -> list[str]:
        first, *more = value.split("\n")
        return [f"{key}{first}{self.eol}", *(f"{indent}\t{line}{self.eol}" for line in more)]

    def assemble(self) -> list[str]:
        lines: list[str] = []
        number = 0
        while number < len(self.lines):
            lines += self.inserts.get(number, [])
            if number in self.patches:
                number, new = self.patches[number]
                lines += new
            else:
                lines.append(self.lines[number])
                number += 1
        self.finish_line(lines, bool(self.inserts.get(number) or self.appended))
        lines += self.inserts.get(number, [])
        for section, options in self.appended.items():
            if lines and lines[-1].strip():
                lines.append(self.eol)
            lines += [f"[{section}]{self.eol}", *options, self.eol]
        return lines

    def finish_line(self, lines: list[str], has_more: bool) -> None:
        if has_more and lines and not lines[-1].endswith(("\n", "\r")):
            lines[-1] += self.eol


def _line_end(lines: list[str]) -> str:
    first = lines[0] if lines else ""
    match = _BREAK.search(first)
    return match[0] if match else "\n"


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
