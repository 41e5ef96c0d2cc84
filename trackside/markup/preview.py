"""Choose how a file is shown: as wiki text, source code, image, text, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from markupsafe import Markup

from trackside.kernel.ref import Ref
from trackside.kernel.work import Work
from trackside.markup.highlight import MAX_SIZE
from trackside.markup.mime import decode
from trackside.markup.nodes import Block
from trackside.markup.processors import is_wiki_text, render_kind, write_numbered
from trackside.markup.render import joined, render
from trackside.markup.syntax import Syntax
from trackside.markup.writer import Writer

Kind = Literal["wiki", "code", "image", "text", "none"]
_HEAD = 1000


@dataclass(frozen=True, slots=True)
class Preview:
    """`html` is empty for an image, which is shown by its address, and where nothing is shown."""

    kind: Kind
    mime: str | None
    html: Markup = Markup("")


def mime_type(work: Work, name: str, head: bytes) -> str | None:
    """The type of a file by its name and first bytes; None for an unknown one."""
    return work.project.part(Syntax).mime.of(name, head)


def preview(work: Work, name: str, path: Path, *, source: Ref) -> Preview:
    """How the file of that name is shown; `source` is the thing that its wiki text belongs to."""
    types = work.project.part(Syntax).mime
    try:
        with open(path, "rb") as file:
            data = file.read(max(types.settings.max_preview_size, _HEAD))
    except OSError:
        return Preview("none", None)
    return preview_data(work, name, data, source=source)


def preview_data(work: Work, name: str, data: bytes, *, source: Ref, mime: str | None = None) -> Preview:
    """The same for what is in memory."""
    syntax = work.project.part(Syntax)
    types = syntax.mime
    mime = mime or types.of(name, data[:_HEAD])
    if mime is not None and mime.startswith("image/"):
        return Preview("image", mime)
    if len(data) >= types.settings.max_preview_size:
        return Preview("none", mime)
    if mime is not None and (types.is_binary(mime) or not types.is_text(mime)):
        return Preview("none", mime)
    text = decode(data, types.settings.default_charset)
    if mime is not None and is_wiki_text(mime):
        return Preview("wiki", mime, render(work, text, source))
    return _as_code(work, syntax, source, mime or "text/plain", text)


def _as_code(work: Work, syntax: Syntax, source: Ref, mime: str, text: str) -> Preview:
    writer = Writer(syntax)
    if render_kind(writer, mime, text):
        return Preview("wiki", mime, joined(work, writer.compiled(), source))
    write_numbered(writer, Block(mime, (("lineno", "1"),), text, ""), mime)
    is_code = len(text) <= MAX_SIZE and mime != "text/plain" and mime in syntax.mime.lexers
    return Preview("code" if is_code else "text", mime, joined(work, writer.compiled(), source))
