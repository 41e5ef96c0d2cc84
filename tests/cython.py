"""The Cython project's own Trac: unpacked, adopted, and asked as a browser would."""

from __future__ import annotations

import os
import sqlite3
import tarfile
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from werkzeug.test import Client, TestResponse

from trackside.hosting import adopt
from trackside.hosting.wsgi import Site

ROOT = Path(__file__).resolve().parent.parent


def archive() -> Path:
    """The archive in `shared/data` beside the repository, or where TRACKSIDE_SHARED says."""
    shared = Path(os.environ.get("TRACKSIDE_SHARED") or ROOT.parent / "shared")
    return shared / "data" / "cython-trac.tar.gz"


def unpack(folder: Path) -> Path:
    """A fresh copy of the environment, as it was saved: schema 29."""
    path = archive()
    if not path.exists() and os.environ.get("TRACKSIDE_TESTS_PARTIAL"):
        pytest.skip(f"{path} is not here")
    with tarfile.open(path) as tar:
        tar.extractall(folder)
    return folder / "cython-trac"


def adopted(folder: Path) -> Path:
    """The environment taken over, with an administrator `admin` and members who may write."""
    path = unpack(folder)
    adopt.adopt(path, has_copy=False, say=lambda line: None)
    with sqlite3.connect(path / "db" / "trac.db") as db:
        db.execute("INSERT INTO permission VALUES ('admin', 'TRAC_ADMIN')")
        db.execute(
            "UPDATE cache SET generation = generation + 1 "
            "WHERE key = 'trac.perm.DefaultPermissionStore._all_permissions'"
        )
    return path


def browser(path: Path, user: str = "") -> Client:
    """A client of the served project; `user` is who the web server says it is."""
    site = Site()
    keys = {"trac.env_path": str(path), **({"REMOTE_USER": user} if user else {})}

    def application(environ: dict[str, object], start_response: object) -> object:
        return site({**environ, **keys}, start_response)  # type: ignore[arg-type]

    return Client(application)  # type: ignore[arg-type]


class Page(HTMLParser):
    """What a page links to, and its forms with the values they hold."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.images: list[str] = []
        self.forms: list[tuple[Mapping[str, str | None], dict[str, str]]] = []
        self.headings = 0
        self._area = ""
        self._takes_label = False
        self._is_first = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a":
            self.links.append((given.get("href") or "", given.get("class") or ""))
        elif tag == "img":
            self.images.append(given.get("src") or "")
        elif tag == "form":
            self.forms.append((given, {}))
        elif tag == "h1":
            self.headings += 1
        elif tag in ("input", "select", "textarea") and self.forms and given.get("name"):
            self._field(tag, given)
        elif tag == "option" and self._area and self.forms and ("selected" in given or self._is_first):
            self.forms[-1][1][self._area] = given.get("value") or ""
            self._takes_label = "value" not in given
            self._is_first = False

    def _field(self, tag: str, given: Mapping[str, str | None]) -> None:
        name = given["name"] or ""
        is_choice = given.get("type") in ("checkbox", "radio")
        if given.get("type") in ("submit", "file") or (is_choice and "checked" not in given):
            return
        self.forms[-1][1][name] = given.get("value") or ("on" if is_choice else "")
        self._area = name if tag in ("select", "textarea") else ""
        self._is_first = tag == "select" and "multiple" not in given

    def handle_data(self, data: str) -> None:
        if self._takes_label:
            self.forms[-1][1][self._area] = data
            self._takes_label = False
        elif self._area and self.forms and self.lasttag == "textarea":
            self.forms[-1][1][self._area] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("textarea", "select"):
            self._area = ""

    def form_to(self, path: str) -> dict[str, str]:
        """The fields of the post form with that address."""
        for given, fields in self.forms:
            is_here = urlsplit(given.get("action") or "").path == path
            if is_here and (given.get("method") or "").lower() == "post":
                return dict(fields)
        raise AssertionError(f"no form to {path} among {[f[0].get('action') for f in self.forms]}")


def submit(client: Client, page: str, address: str, /, **values: object) -> TestResponse:
    """Fill in the form of a page and send it."""
    shown = client.get(page)
    assert shown.status_code == 200, shown.status
    fields: dict[str, object] = {**Page(shown.text).form_to(address), **values}
    return client.post(address, data=fields, buffered=True)


def without_order(address: str) -> str:
    """An address without what only sorts and pages: the same things are behind it."""
    parts = urlsplit(address)
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name not in ("order", "desc", "sort", "asc", "group", "groupdesc", "max", "page", "col")
    ]
    return parts.path + ("?" + urlencode(kept) if kept else "")
