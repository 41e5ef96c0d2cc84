"""The shell around every page: what it holds for whom, and what it must never hold."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from markupsafe import Markup

from scripts import icons
from trackside.kernel.href import Href
from trackside.kernel.i18n import ENGLISH
from trackside.vcs import diff
from trackside.web import errors, static
from trackside.web.templates_of import SHELL, assemble_templates

ENVIRONMENT = assemble_templates((), ()).environment
FEATURES = Path(static.__file__).parent.parent / "features"
PAGES = sorted({*SHELL.rglob("*.html"), *FEATURES.rglob("*.html")})
SCRIPTS = sorted((static.COMMON / "js").glob("*.js"))


class Outline(HTMLParser):
    """Counts elements, and keeps ids, what labels point at, and attributes that a strict policy forbids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.pointers: list[str] = []
        self.forbidden: list[str] = []
        self.unnamed: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags[tag] += 1
        if given.get("id"):
            self.ids[str(given["id"])] += 1
        self.pointers += [str(given[n]) for n in ("for", "aria-labelledby", "popovertarget") if given.get(n)]
        self.forbidden += [name for name in given if name == "style" or name.startswith("on")]
        if tag == "script" and not given.get("src"):
            self.forbidden.append("script")
        if tag == "nav" and not given.get("aria-label"):
            self.unnamed.append(tag)


def values(**changed: object) -> dict[str, object]:
    item = SimpleNamespace(name="wiki", label="Wiki", href="/p/wiki", is_active=True)
    logout = SimpleNamespace(name="logout", label="Sign out", href="/p/logout", is_active=False)
    sample = {
        "_": ENGLISH.gettext,
        "ngettext": ENGLISH.ngettext,
        "href": Href("/p"),
        "asset": lambda name: f"/p/chrome/common/{name}",
        "project": SimpleNamespace(name="Tides <&>", descr="", url="", mark="T", icon="common/trac.ico"),
        "projects_href": "/",
        "actor": SimpleNamespace(name="mira", is_authenticated=True),
        "person": lambda name: name,
        "avatar": lambda name: "MH",
        "form_token": lambda: Markup('<input type="hidden" name="__FORM_TOKEN" value="x">'),
        "nav": [item],
        "meta_nav": [logout],
        "search_href": "/p/search",
        "new_ticket_href": "/p/newticket",
        "notices": ["It is stored."],
        "warnings": ["One <b>", "and another"],
        "csp_nonce": "n0nce",
        "language": "en",
        "dir": "ltr",
        "robots": "noindex",
        "alternates": [("/p/x?format=csv", "text/csv", "CSV")],
        "crumbs": [("/p/wiki/A", "A")],
        "prev": ("/p/1", "#1"),
        "next": ("/p/3", "#3"),
        "up": ("/p/query", "All"),
        "site_head": Markup('<meta name="ours">'),
        "site_header": "",
        "site_footer": "",
        "project_footer": Markup("<i>Footer</i>"),
        "request_path": "/ticket/9",
        "problem": errors.Problem(
            403, "No", "You may not.", "ab12", (("field_description", "typed <x>"),), True
        ),
    }
    return {**sample, **changed}


def error_page(**changed: object) -> str:
    return ENVIRONMENT.get_template("error.html").render(values(**changed))


def test_it_works() -> None:
    text = error_page()
    found = Outline(text)
    assert found.tags["h1"] == found.tags["main"] == found.tags["footer"] == found.tags["aside"] + 1 == 1
    assert "Tides &lt;&amp;&gt;" in text and "One &lt;b&gt;" in text and "<i>Footer</i>" in text


def test_ids_are_of_one_element_and_labels_point_at_one() -> None:
    found = Outline(error_page())
    assert [id for id, count in found.ids.items() if count > 1] == []
    assert set(found.pointers) <= set(found.ids)
    assert {"banner", "mainnav", "metanav", "main", "content", "ctxtnav", "footer"} <= set(found.ids)


def test_every_navigation_has_a_name_of_its_own() -> None:
    text = error_page()
    names = re.findall(r'<nav [^>]*aria-label="([^"]*)"', text)
    assert Outline(text).unnamed == [] and len(names) == len(set(names)) == 4


def test_what_was_typed_is_given_back() -> None:
    assert "typed &lt;x&gt;</textarea>" in error_page()


def test_a_guest_is_offered_no_more_than_is_allowed() -> None:
    guest = SimpleNamespace(name="anonymous", is_authenticated=False)
    text = error_page(actor=guest, search_href=None, new_ticket_href=None, projects_href=None, meta_nav=[])
    assert "proj-search" not in text and "new-ticket" not in text and "/p/logout" not in text
    assert 'href="/p/login?referer=/p/ticket/9"' in text.replace("%2F", "/")


def test_signing_out_is_a_form_with_a_token() -> None:
    form = re.search(r'<form method="post" action="/p/logout">(.*?)</form>', error_page(), re.DOTALL)
    assert form and "__FORM_TOKEN" in form[1]


def test_scripts_carry_the_nonce() -> None:
    text = error_page()
    assert len(re.findall(r"<script ", text)) == len(SCRIPTS) == text.count('nonce="n0nce"')


@pytest.mark.parametrize(
    ("icon", "address"),
    [
        ("common/trac.ico", "/p/chrome/common/trac.ico"),
        ("site/a b.png", "/p/chrome/site/a%20b.png"),
        ("https://x.test/i.png", "https://x.test/i.png"),
        ("javascript:x", "/p/chrome/common/trac.ico"),
    ],
)
def test_the_icon_is_ours_or_theirs(icon: str, address: str) -> None:
    project = SimpleNamespace(name="T", descr="", url="", mark="T", icon=icon)
    assert f'<link rel="icon" href="{address}">' in error_page(project=project)


def test_the_index_tells_what_cannot_be_opened() -> None:
    entries = [
        SimpleNamespace(name="a", title="Alpha", description="About", href="/a", mark="A", problem=""),
        SimpleNamespace(
            name="b", title="b", description="", href="/b", mark="?", problem="It needs an upgrade."
        ),
    ]
    template = ENVIRONMENT.get_template("index.html")
    text = template.render(values(projects=entries))
    assert 'href="/a"' in text and 'href="/b"' not in text and "It needs an upgrade." in text
    found = Outline(text)
    assert found.tags["h1"] == found.tags["main"] == 1 and found.forbidden == []
    assert "no project here yet" in template.render(values(projects=[]))


def test_a_difference_shows_numbers_and_changed_words() -> None:
    hunks = diff.hunks(["same", "old word", "then"], ["same", "new word", "then", "more"])
    macros = ENVIRONMENT.get_template("ui.html").module
    inline, beside = str(macros.diff(hunks)), str(macros.sides([(h, diff.sides(h)) for h in hunks]))  # type: ignore[attr-defined]
    for text in (inline, beside):
        assert "<b>old</b>" in text and "<b>new</b>" in text and ">more</ins>" in text
    assert beside.count('none"></td>') == 2


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.name)
def test_no_template_needs_inline_script_or_style(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "x", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = Outline(text)
    assert found.forbidden == []
    assert "javascript:" not in text


def test_scripts_put_no_text_in_as_markup_and_stay_small() -> None:
    texts = [path.read_text(encoding="utf-8") for path in SCRIPTS]
    for text in texts:
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text)
    assert sum(map(len, texts)) <= 25_000
    assert sum(p.stat().st_size for p in (static.COMMON / "css").glob("*.css")) <= 40_000


def pixels(picture: bytes) -> bytes:
    start = picture.index(b"IDAT") + 4
    return zlib.decompress(picture[start : picture.index(b"IEND") - 8])


def test_the_icon_is_what_the_script_draws() -> None:
    drawn = icons.ico(icons.draw(32, 32, icons.tile))
    shipped = (static.COMMON / "trac.ico").read_bytes()
    assert shipped[:6] == b"\0\0\1\0\1\0" and pixels(shipped) == pixels(drawn)
    assert icons.tile(0, 0) is None and icons.tile(0.5, 0.5) == (255, 255, 255)
