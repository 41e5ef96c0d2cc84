"""Show, edit, history, diff, rename, delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup
from werkzeug.wrappers import Response

from trackside.features.wiki import actions
from trackside.features.wiki.actions import EditConflict
from trackside.features.wiki.model import (
    START,
    TEMPLATES,
    WIKI_ADMIN,
    WIKI_CREATE,
    WIKI_DELETE,
    WIKI_MODIFY,
    WIKI_RENAME,
    Page,
    PageChange,
    WikiSettings,
    check_name,
    clean_name,
    page_ref,
)
from trackside.kernel.errors import Invalid, NotFound
from trackside.kernel.i18n import N_
from trackside.kernel.ref import Ref
from trackside.kernel.text import unix_lines
from trackside.kernel.work import Work
from trackside.markup.outline import outline
from trackside.markup.render import render
from trackside.vcs import diff
from trackside.web import forms, pages
from trackside.web.request import Request

_LONG_PAGE = 3000


def show(work: Work, request: Request, page: str = START) -> Response:
    if clean_name(page) != page:
        return pages.redirect(work, request, work.href("wiki", clean_name(page) or START))
    version = forms.integer(request, "version")
    found = actions.find_page(work, page, version)
    if found is None:
        return _missing(work, request, page, version)
    if forms.text(request, "format") in ("txt", "text/plain"):
        return _as_text(found)
    ref = page_ref(found.name, version)
    contents = outline(work, found.text, ref) if len(found.text) > _LONG_PAGE else None
    return pages.render(
        work,
        request,
        "wiki/show.html",
        page=found,
        is_old=version is not None and not found.is_newest,
        body=render(work, found.text, ref),
        contents=contents,
        note=render(work, found.comment, ref) if version is not None and found.comment else "",
        companions=pages.companions(work, page_ref(found.name)),
        may=_may(work, found.name),
        crumbs=_crumbs(work, found.name),
        alternates=[
            (work.href("wiki", found.name, format="txt", version=version), "text/plain", "Plain text")
        ],
        robots="noindex,nofollow" if version is not None or found.author == "trac" else "",
    )


def _may(work: Work, name: str) -> Mapping[str, bool]:
    ref = page_ref(name)
    wanted = {
        "edit": WIKI_MODIFY,
        "create": WIKI_CREATE,
        "rename": WIKI_RENAME,
        "delete": WIKI_DELETE,
        "admin": WIKI_ADMIN,
    }
    return {key: work.access.allows(permission, ref) for key, permission in wanted.items()}


def _crumbs(work: Work, name: str) -> Sequence[tuple[str, str]]:
    """(address, label) of the pages above."""
    parts = name.split("/")
    return [(work.href("wiki", *parts[:depth]), parts[depth - 1]) for depth in range(1, len(parts))]


def _as_text(page: Page) -> Response:
    response = Response(page.text, mimetype="text/plain")
    name = page.name.replace("/", "%2F")
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.txt")
    return response


def _missing(work: Work, request: Request, name: str, version: int | None) -> Response:
    """An invitation for those who may write the page; the others learn that it is not there."""
    if version is not None and actions.has_page(work, name):
        raise NotFound("“%(name)s” has no version %(version)d.", name=name, version=version)
    if not work.access.allows(WIKI_CREATE, page_ref(name)):
        raise NotFound("There is no page “%(name)s”.", name=name)
    word = name.rsplit("/", 1)[-1].lower()
    near = [other for other in actions.list_names(work) if word in other.lower()][:20]
    return pages.render(
        work,
        request,
        "wiki/missing.html",
        name=name,
        near=near,
        higher=_higher(work, name),
        templates=[other.removeprefix(TEMPLATES) for other in actions.list_names(work, TEMPLATES)],
        crumbs=_crumbs(work, name),
    )


def _higher(work: Work, name: str) -> Sequence[str]:
    """The same name higher up, where there is no page yet: perhaps that one was meant."""
    parts = name.split("/")
    others = ["/".join([*parts[:depth], parts[-1]]) for depth in range(len(parts) - 2, -1, -1)]
    return [other for other in others if not actions.has_page(work, other)]


def edit(work: Work, request: Request, page: str = START) -> Response:
    actions.check_editable(work, page)
    version = forms.integer(request, "version")
    stored = actions.find_page(work, page, version)
    if stored is None and version is not None:
        raise NotFound("“%(name)s” has no version %(version)d.", name=page, version=version)
    text = stored.text if stored else _template_text(work, request)
    newest = stored.newest if stored else 0
    comment = ""
    if stored is not None and not stored.is_newest:
        comment = work.locale.gettext("Reverted to version %(version)d.", version=stored.version)
    change = PageChange(text, comment, newest, stored.is_readonly if stored else False)
    return _editor(work, request, page, change)


def _template_text(work: Work, request: Request) -> str:
    """The text that a new page begins with: that of a page below PageTemplates."""
    wanted = forms.text(request, "template")
    if not wanted:
        return ""
    name = wanted[1:] if wanted.startswith("/") else f"PageTemplates/{wanted}"
    template = actions.find_page(work, name)
    return template.text if template else ""


def preview(work: Work, request: Request, page: str = START) -> Response:
    actions.check_editable(work, page)
    change = _sent(request)
    return _editor(work, request, page, change, body=render(work, change.text, page_ref(page)))


def review(work: Work, request: Request, page: str = START) -> Response:
    """What would change, as a diff against what is stored."""
    actions.check_editable(work, page)
    change = _sent(request)
    stored = actions.find_page(work, page)
    hunks = diff.hunks(_lines(stored.text if stored else ""), _lines(change.text))
    return _editor(work, request, page, change, hunks=hunks, is_review=True)


def save(work: Work, request: Request, page: str = START) -> Response:
    change = _sent(request)
    try:
        saved = actions.change_page(work, page, change)
    except EditConflict as conflict:
        return _conflict(work, request, page, change, conflict.current)
    except Invalid as invalid:
        pages.warn(request, work.locale.failure(invalid))
        return _editor(work, request, page, change, status=invalid.status)
    return pages.redirect(
        work,
        request,
        work.href("wiki", saved.name),
        notice=work.locale.gettext("The page is saved as version %(version)d.", version=saved.version),
    )


def cancel(work: Work, request: Request, page: str = START) -> Response:
    return pages.redirect(work, request, work.href("wiki", page))


def _sent(request: Request) -> PageChange:
    return PageChange(
        text=forms.text(request, "text"),
        comment=forms.text(request, "comment"),
        base=forms.integer(request, "version"),
        is_readonly=forms.flag(request, "readonly") if forms.flag(request, "readonly_shown") else None,
    )


def _conflict(work: Work, request: Request, name: str, change: PageChange, current: Page) -> Response:
    """Both sides: what they stored against what was typed, and both together where that can be done."""
    base = actions.find_page(work, name, change.base) if change.base else None
    merged = diff.merge(
        unix_lines(base.text if base else "").split("\n"),
        unix_lines(change.text).split("\n"),
        unix_lines(current.text).split("\n"),
    )
    pages.warn(
        request,
        work.locale.gettext(
            "Version %(version)d was saved by %(author)s while you were editing. Your text is below; "
            "compare, take over what you want to keep, and save again.",
            version=current.version,
            author=current.author,
        ),
    )
    text = change.text if merged is None else "\r\n".join(merged)
    return _editor(
        work,
        request,
        name,
        PageChange(text, change.comment, current.version, change.is_readonly),
        hunks=diff.hunks(_lines(current.text), _lines(text)),
        is_conflict=True,
        is_merged=merged is not None,
        status=409,
    )


def _editor(
    work: Work,
    request: Request,
    name: str,
    change: PageChange,
    *,
    status: int = 200,
    body: Markup | None = None,
    hunks: Sequence[diff.Hunk] | None = None,
    is_review: bool = False,
    is_conflict: bool = False,
    is_merged: bool = False,
) -> Response:
    return pages.render(
        work,
        request,
        "wiki/edit.html",
        status=status,
        name=name,
        change=change,
        body=body,
        hunks=hunks,
        is_review=is_review,
        is_conflict=is_conflict,
        is_merged=is_merged,
        rows=work.settings(WikiSettings).default_edit_area_height,
        may=_may(work, name),
        companions=pages.companions(work, page_ref(name)) if change.base else (),
        crumbs=_crumbs(work, name),
        robots="noindex,nofollow",
    )


def _lines(text: str) -> list[str]:
    return unix_lines(text).split("\n") if text else []


def history(work: Work, request: Request, page: str = START) -> Response:
    return pages.render(
        work,
        request,
        "wiki/history.html",
        name=check_name(page),
        versions=actions.list_versions(work, page),
        may=_may(work, page),
        crumbs=_crumbs(work, page),
        robots="noindex,nofollow",
    )


def compare(work: Work, request: Request, page: str = START) -> Response:
    """`version` against `old_version`, or against the one before."""
    versions = actions.list_versions(work, page)
    numbers = [v.version for v in versions]
    wanted = forms.integer(request, "version", numbers[0]) or numbers[0]
    new = actions.read_page(work, page, wanted)
    older = [n for n in numbers if n < new.version]
    base = forms.integer(request, "old_version")
    base = base if base is not None else (older[0] if older else 0)
    if base > new.version:
        new, base = actions.read_page(work, page, base), new.version
        older = [n for n in numbers if n < new.version]
    old_text = actions.read_page(work, page, base).text if base else ""
    later = [n for n in numbers if n > new.version]
    chosen, style = _diff_options(request)
    hunks = diff.hunks(_lines(old_text), _lines(new.text), chosen)
    return pages.render(
        work,
        request,
        "wiki/diff.html",
        page=new,
        old_version=base,
        hunks=hunks,
        sides=[(hunk, diff.sides(hunk)) for hunk in hunks] if style == "sidebyside" else None,
        chosen=chosen,
        style=style,
        may=_may(work, page),
        older=older[0] if older else None,
        later=later[-1] if later else None,
        note=render(work, new.comment, page_ref(page)) if new.comment else "",
        crumbs=_crumbs(work, page),
        robots="noindex,nofollow",
    )


def _diff_options(request: Request) -> tuple[diff.Options, str]:
    """What the address says, else what the visitor chose last."""
    kept = request.session.get
    style = forms.text(request, "style") or kept("diff_style", "inline")
    lines = forms.text(request, "contextlines") or kept("diff_contextlines", "3")
    is_whole = forms.flag(request, "contextall")
    options = diff.Options(
        context=None if is_whole else int(lines) if lines.isascii() and lines.isdecimal() else 3,
        ignore_blank_lines=kept("diff_ignoreblanklines", "") == "1",
        ignore_case=kept("diff_ignorecase", "") == "1",
        ignore_space=kept("diff_ignorewhitespace", "") == "1",
    )
    return options, "sidebyside" if style == "sidebyside" else "inline"


def choose_diff(work: Work, request: Request, page: str = START) -> Response:
    """Remember how differences are to be shown, and show this one so."""
    actions.list_versions(work, page)
    if forms.flag(request, "style"):
        is_wide = forms.text(request, "style") == "sidebyside"
        request.session["diff_style"] = "sidebyside" if is_wide else "inline"
    lines = forms.integer(request, "contextlines")
    request.session["diff_contextlines"] = str(min(max(lines, 0), 10000)) if lines is not None else ""
    for name in ("ignoreblanklines", "ignorecase", "ignorewhitespace"):
        request.session[f"diff_{name}"] = "1" if forms.flag(request, name) else ""
    address = work.href(
        "wiki",
        page,
        action="diff",
        contextall=1 if forms.flag(request, "contextall") else None,
        old_version=forms.integer(request, "old_version"),
        version=forms.integer(request, "version"),
    )
    return pages.redirect(work, request, address)


def change_comment(work: Work, request: Request, page: str = START) -> Response:
    version = forms.integer(request, "version")
    if version is None:
        raise Invalid("Which version?")
    is_diff = forms.text(request, "redirect_to") == "diff"
    if not forms.flag(request, "cancel"):
        actions.change_comment(work, page, version, forms.text(request, "new_comment"))
    address = (
        work.href("wiki", page, action="diff", old_version=version - 1, version=version)
        if is_diff
        else work.href("wiki", page, action="history")
    )
    return pages.redirect(work, request, address)


def comment_form(work: Work, request: Request, page: str = START) -> Response:
    found = actions.read_page(work, page, forms.integer(request, "version"))
    work.access.require(WIKI_ADMIN, page_ref(page))
    return pages.render(
        work,
        request,
        "wiki/comment.html",
        page=found,
        back=forms.text(request, "redirect_to", "history"),
        crumbs=_crumbs(work, page),
    )


def confirm_delete(work: Work, request: Request, page: str = START) -> Response:
    found = actions.read_page(work, page)
    work.access.require(WIKI_DELETE, page_ref(page))
    return pages.render(
        work,
        request,
        "wiki/delete.html",
        page=found,
        version=forms.integer(request, "version"),
        old_version=forms.integer(request, "old_version"),
        companions=pages.companions(work, page_ref(page)),
        crumbs=_crumbs(work, page),
    )


def delete(work: Work, request: Request, page: str = START) -> Response:
    if forms.flag(request, "cancel"):
        return cancel(work, request, page)
    version, after = forms.integer(request, "version"), forms.integer(request, "old_version")
    is_left = actions.delete_page(work, page, version, after)
    address = work.href("wiki", page) if is_left else work.href("wiki")
    told = N_("Something of %(page)s is deleted.") if is_left else N_("The page %(page)s is deleted.")
    return pages.redirect(work, request, address, notice=work.locale.gettext(told, page=page))


def confirm_rename(work: Work, request: Request, page: str = START) -> Response:
    actions.read_page(work, page)
    work.access.require(WIKI_RENAME, page_ref(page))
    return _rename_form(work, request, page, page)


def rename(work: Work, request: Request, page: str = START) -> Response:
    if forms.flag(request, "cancel"):
        return cancel(work, request, page)
    wanted = forms.text(request, "new_name")
    try:
        leaves_pointer = forms.flag(request, "redirect")
        name = actions.rename_page(work, page, wanted, leaves_pointer=leaves_pointer)
    except Invalid as invalid:
        pages.warn(request, work.locale.failure(invalid))
        return _rename_form(work, request, page, wanted, 400)
    address = work.href("wiki", page if leaves_pointer else name)
    return pages.redirect(work, request, address, notice=work.locale.gettext("The page has its new name."))


def _rename_form(work: Work, request: Request, page: str, wanted: str, status: int = 200) -> Response:
    return pages.render(
        work, request, "wiki/rename.html", status=status, name=page, wanted=wanted, crumbs=_crumbs(work, page)
    )


def render_text(work: Work, request: Request) -> Response:
    """The live preview: wiki text to a fragment, with the asker's own eyes."""
    realm, id = forms.text(request, "realm", "wiki"), forms.text(request, "id") or None
    return Response(render(work, forms.text(request, "text"), Ref(realm, id)), mimetype="text/html")
