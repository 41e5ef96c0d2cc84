"""Types of files: by name, by keyword, by the first bytes."""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from pygments.lexers import get_all_lexers

from trackside.markup.settings import MimeSettings

_STOCK: Final = """
application/javascript: js
application/msword: doc dot
application/pdf: pdf
application/postscript: ps
application/rtf: rtf
application/x-dos-batch: bat batch cmd dos
application/x-sh: sh
application/x-csh: csh
application/x-genshi: genshi
application/x-troff: nroff roff troff
application/x-yaml: yml yaml
application/rss+xml: rss
application/xsl+xml: xsl
application/xslt+xml: xslt
image/x-icon: ico
image/svg+xml: svg
model/vrml: vrml wrl
text/css: css
text/html: html htm
text/xml: xml
text/html+jinja: jinja
text/plain: txt TXT text README INSTALL AUTHORS COPYING ChangeLog RELEASE
text/x-apacheconf: apache
text/x-nginx-conf: nginx
text/x-csrc: c xs
text/x-chdr: h
text/x-c++src: cc CC cpp C c++ C++
text/x-c++hdr: hh HH hpp H
text/x-csharp: cs c# C#
text/x-diff: patch
text/x-eiffel: e
text/x-elisp: el
text/x-fortran: f
text/x-haskell: hs
text/x-ini: ini cfg
text/x-objc: m mm
text/x-ocaml: ml mli
text/x-makefile: make mk Makefile GNUMakefile
text/x-pascal: pas
text/x-perl: pl pm PL
text/x-php: php3 php4
text/x-python: py
text/x-python-doctest: pycon
text/x-pyrex: pyx
text/x-ruby: rb
text/x-scheme: scm
text/x-textile: txtl
text/x-vba: vb vba bas
text/x-verilog: v
text/x-vhdl: vhd
"""
_PLAIN_KEYWORDS: Final = "ada asm asp awk idl inf java ksh lua m4 mail psp rfc rst sql tcl tex zsh"
_RENDERED: Final = (
    "text/x-trac-wiki",
    "application/x-trac-wiki",
    "text/prs.fallenstein.rst",
    "text/x-patch",
)
_INTERPRETER: Final = re.compile(rb"#!(?:[/\w.+-]+/)?(?:env\s+(?:-\S+\s+)*)?(?:[/\w.+-]+/)?([\w+-]+)")
_MODELINE: Final = re.compile(
    rb"-\*-\s*(?:mode:\s*)?([\w+-]+)\s*-\*-|(?:vim?|ex):.{0,80}?(?:ft|filetype|syntax)=(\w+)"
)
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
BINARY: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class MimeTypes:
    """The types of one project. `keywords` maps keywords and file name endings, `lexers` types to lexers."""

    keywords: Mapping[str, str]
    lexers: Mapping[str, str]
    patterns: tuple[tuple[str, re.Pattern[str]], ...]
    binary: frozenset[str]
    settings: MimeSettings = field(default_factory=MimeSettings)

    def of_keyword(self, name: str) -> str | None:
        """The type that the name of a processor stands for."""
        return self.keywords.get(name) or self.of_name(name)

    def of_name(self, name: str) -> str | None:
        """The type of a file of that name."""
        for mime, pattern in self.patterns:
            if pattern.match(name):
                return mime
        known = self.keywords.get(name.rsplit(".", 1)[-1])
        return known or mimetypes.guess_type(name)[0] if "." in name else known

    def of(self, name: str, head: bytes) -> str | None:
        """The type of a file by its name or else by its beginning; None for an unknown one."""
        return self.of_name(name) or self._of_content(head[:1000])

    def _of_content(self, head: bytes) -> str | None:
        for found in (_INTERPRETER.match(head), _MODELINE.search(head)):
            if found is not None:
                word = next(group for group in found.groups() if group).decode("ascii").lower()
                if (mime := self.keywords.get(word)) is not None:
                    return mime
        if b"\0" in head and not any(head.startswith(bom) for bom, _ in _BOMS):
            return BINARY
        return None

    def is_binary(self, mime: str) -> bool:
        return mime in self.binary

    def is_text(self, mime: str) -> bool:
        return mime.startswith("text/") or mime in self.lexers

    def known(self) -> dict[str, list[str]]:
        """The keywords of each type, sorted."""
        types: dict[str, list[str]] = {}
        for keyword, mime in sorted(self.keywords.items()):
            types.setdefault(mime, []).append(keyword)
        return dict(sorted(types.items()))


def charset_of(head: bytes, default: str) -> str:
    return next((charset for bom, charset in _BOMS if head.startswith(bom)), default)


def decode(data: bytes, default: str = "utf-8") -> str:
    """Text as it was most likely meant; never fails."""
    for charset in dict.fromkeys((charset_of(data, "utf-8"), default)):
        try:
            return data.decode(charset)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("latin-1")


def mime_types(settings: MimeSettings) -> MimeTypes:
    """The types that a project knows, with those of its `[mimeviewer]` section."""
    keywords, lexers = dict(_stock()[0]), dict(_stock()[1])
    for entry in settings.mime_map:
        mime, *names = entry.split(":")
        keywords.update({name: mime for name in (*names, mime) if name})
    for entry in settings.pygments_modes:
        mime, _, rest = entry.partition(":")
        lexers[mime] = rest.split(":")[0]
    return MimeTypes(
        keywords, lexers, tuple(_patterns(settings)), frozenset(settings.treat_as_binary), settings
    )


def _patterns(settings: MimeSettings) -> list[tuple[str, re.Pattern[str]]]:
    patterns = []
    for entry in settings.mime_map_patterns:
        mime, _, expression = entry.partition(":")
        try:
            patterns.append((mime, re.compile(expression)))
        except re.error:
            continue
    return patterns


@lru_cache(maxsize=1)
def _stock() -> tuple[dict[str, str], dict[str, str]]:
    """Keyword to type, type to name of a lexer: Trac's own, then those of Pygments."""
    keywords: dict[str, str] = {}
    for line in _STOCK.strip().splitlines():
        mime, _, names = line.partition(": ")
        keywords.update({name: mime for name in (*names.split(), mime)})
    keywords.update({f"text/x-{name}": f"text/x-{name}" for name in _PLAIN_KEYWORDS.split()})
    keywords.update({mime: mime for mime in _RENDERED})
    for mime in list(keywords.values()):
        if mime.startswith("text/x-"):
            keywords.setdefault(mime.removeprefix("text/x-"), mime)
    lexers: dict[str, str] = {}
    for _, aliases, _, mimes in get_all_lexers(plugins=False):
        if aliases and mimes:
            for mime in mimes:
                lexers.setdefault(mime, aliases[0])
                keywords.setdefault(mime, mime)
            # The last one is the most exact: `text/x-python3` behind `text/x-python`.
            best = next((mime for mime in reversed(mimes) if mime.startswith("text/x-")), mimes[0])
            keywords.update({alias: best for alias in aliases})
    return keywords, lexers
