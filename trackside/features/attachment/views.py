"""List, upload, show, send, delete."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

from werkzeug.http import http_date
from werkzeug.utils import send_file
from werkzeug.wrappers import Response

from trackside.features.attachment import actions
from trackside.features.attachment.model import (
    ATTACHMENT_CREATE,
    ATTACHMENT_DELETE,
    Attachment,
    AttachmentSettings,
    attachment_ref,
)
from trackside.kernel.errors import Invalid, NotFound
from trackside.kernel.feature import find_realm
from trackside.kernel.ref import Ref
from trackside.kernel.text import readable_size
from trackside.kernel.work import Work
from trackside.markup.preview import mime_type, preview
from trackside.markup.render import Piece, oneliner, render_all
from trackside.web import forms, pages
from trackside.web.request import Request

# Pictures that browsers show and cannot be told to run; told by their first bytes, never by the name.
_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
)


def show_or_list(work: Work, request: Request, realm: str, path: str) -> Response:
    """`A/B/` and a single part are a thing; `A/b.txt` is a file of the thing `A`."""
    parent, name = _split(realm, path)
    return show(work, request, parent, name) if name else index(work, request, parent)


def _split(realm: str, path: str) -> tuple[Ref, str]:
    id, slash, name = path.rpartition("/")
    return (Ref(realm, id), name) if slash else (Ref(realm, path), "")


def index(work: Work, request: Request, parent: Ref) -> Response:
    actions.check_parent(work, parent)
    _require_view(work, parent)
    return _list_page(work, request, parent)


def _require_view(work: Work, parent: Ref) -> None:
    realm = find_realm(work.project, parent.realm)
    if realm is not None:
        work.access.require(realm.view, parent)


def _list_page(
    work: Work,
    request: Request,
    parent: Ref,
    *,
    status: int = 200,
    problems: dict[str, str] | None = None,
    description: str = "",
) -> Response:
    limit = work.settings(AttachmentSettings).max_size
    return pages.render(
        work,
        request,
        "attachment/index.html",
        status=status,
        parent=_parent_line(work, parent),
        files=_lines(work, parent),
        may_attach=work.access.allows(ATTACHMENT_CREATE, attachment_ref(parent)),
        problems=problems or {},
        description=description,
        limit=readable_size(limit) if limit >= 0 else "",
    )


def _lines(work: Work, parent: Ref) -> list[dict[str, object]]:
    found = actions.list_attachments(work, parent)
    texts = render_all(work, [Piece(a.description, parent, "oneliner") for a in found])
    return [
        {
            "name": a.name,
            "size": readable_size(a.size),
            "author": a.author,
            "time": a.time,
            "about": text,
            "href": work.href("attachment", parent.realm, parent.id or "", a.name),
            "raw": raw_address(work, a),
        }
        for a, text in zip(found, texts, strict=True)
    ]


def _parent_line(work: Work, parent: Ref) -> dict[str, str]:
    realm = find_realm(work.project, parent.realm)
    if realm is None:
        raise NotFound("There is no %(thing)s.", thing=parent)
    return {
        "realm": parent.realm,
        "id": parent.id or "",
        "href": realm.url(work.href, parent),
        "title": realm.title(work, parent),
    }


def upload_form(work: Work, request: Request, realm: str, path: str) -> Response:
    parent = Ref(realm, path.rstrip("/"))
    actions.check_parent(work, parent)
    work.access.require(ATTACHMENT_CREATE, attachment_ref(parent))
    return _list_page(work, request, parent)


def create(work: Work, request: Request, realm: str, path: str) -> Response:
    parent = Ref(realm, path.rstrip("/"))
    if forms.flag(request, "cancel"):
        return pages.redirect(work, request, _parent_line(work, parent)["href"])
    sent = request.files.get("attachment")
    description = forms.text(request, "description").strip()
    try:
        stored = actions.attach_file(
            work,
            parent,
            sent.filename or "" if sent else "",
            sent.stream if sent else BytesIO(),
            description,
            replaces=forms.flag(request, "replace"),
        )
    except Invalid as invalid:
        pages.warn(request, work.locale.failure(invalid))
        status = 413 if "too large" in invalid.message else 400
        return _list_page(
            work, request, parent, status=status, problems=invalid.fields, description=description
        )
    finally:
        request.close()
    notice = work.locale.gettext("%(name)s is attached.", name=stored.name)
    return pages.redirect(work, request, _parent_line(work, parent)["href"], notice=notice)


def show(work: Work, request: Request, parent: Ref, name: str) -> Response:
    if forms.text(request, "format") in ("raw", "txt"):
        return _raw(work, request, parent, name)
    found = actions.read_attachment(work, parent, name)
    path = actions.path_of(work, found)
    seen = preview(work, found.name, path, source=found.parent)
    return pages.render(
        work,
        request,
        "attachment/show.html",
        parent=_parent_line(work, parent),
        file=found,
        size=readable_size(found.size),
        about=oneliner(work, found.description, parent),
        seen=seen,
        may_delete=work.access.allows(ATTACHMENT_DELETE, found.ref),
        raw=raw_address(work, found),
    )


def raw(work: Work, request: Request, realm: str, path: str) -> Response:
    parent, name = _split(realm, path)
    return _raw(work, request, parent, name)


def _raw(work: Work, request: Request, parent: Ref, name: str) -> Response:
    """The bytes, never as anything that a browser would run."""
    found = actions.read_attachment(work, parent, name)
    path = actions.path_of(work, found)
    with open(path, "rb") as file:
        head = file.read(4096)
    picture = next((kind for start, kind in _PICTURES if head.startswith(start)), None)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        picture = "image/webp"
    is_shown = picture is not None or work.settings(AttachmentSettings).render_unsafe_content
    kind = "text/plain" if forms.text(request, "format") == "txt" else None
    response = send_file(
        path,
        request.environ,
        mimetype=kind or picture or mime_type(work, found.name, head) or "application/octet-stream",
        as_attachment=not is_shown,
        download_name=found.name,
        conditional=True,
        etag=f"{found.size:x}-{int((found.time or _EPOCH).timestamp() * 1_000_000):x}",
        last_modified=found.time,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-cache"
    if found.time is not None:
        response.headers["Last-Modified"] = http_date(found.time)
    return response


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def raw_address(work: Work, found: Attachment) -> str:
    return work.href("raw-attachment", found.parent.realm, found.parent.id or "", found.name)


def confirm_delete(work: Work, request: Request, realm: str, path: str) -> Response:
    parent, name = _split(realm, path)
    found = actions.read_attachment(work, parent, name)
    work.access.require(ATTACHMENT_DELETE, found.ref)
    return pages.render(
        work, request, "attachment/delete.html", parent=_parent_line(work, parent), file=found
    )


def delete(work: Work, request: Request, realm: str, path: str) -> Response:
    parent, name = _split(realm, path)
    back = _parent_line(work, parent)["href"]
    if forms.flag(request, "cancel"):
        return pages.redirect(work, request, back)
    actions.delete_attachment(work, parent, name)
    return pages.redirect(work, request, back, notice=work.locale.gettext("%(name)s is deleted.", name=name))
