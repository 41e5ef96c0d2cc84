"""What an attacker tries, through every door of a whole project; nothing of it succeeds or breaks a page."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest
from sqlalchemy import delete, insert
from werkzeug.test import Client, TestResponse

from tests.hosting.served import client as make_client
from trackside.db.schema import permission
from trackside.hosting import environment
from trackside.hosting.opening import open_project

TOKEN = "a" * 24
ADMIN = "admin"
MEMBER = "member"
DIGITS = "9" * 5000
GUEST_RIGHTS = (
    *("WIKI_VIEW", "SEARCH_VIEW", "TIMELINE_VIEW", "ROADMAP_VIEW", "MILESTONE_VIEW", "REPORT_VIEW"),
    *("REPORT_SQL_VIEW", "TICKET_VIEW", "TICKET_CREATE"),
)
MEMBER_RIGHTS = tuple(right for right in GUEST_RIGHTS if not right.startswith("TICKET")) + ("WIKI_CREATE",)


class Visitor:
    """A browser at the project, as whoever it says."""

    def __init__(self, path: Path) -> None:
        self.client: Client = make_client(env_path=str(path))
        self.client.set_cookie("trac_form_token", TOKEN)

    def get(self, address: str, user: str = "", **headers: str) -> TestResponse:
        return self.client.get(address, environ_overrides=_as(user), headers=headers, buffered=True)

    def post(self, address: str, user: str = "", **fields: object) -> TestResponse:
        data = {"__FORM_TOKEN": TOKEN, **fields}
        return self.client.post(address, data=data, environ_overrides=_as(user))

    def render(self, text: str, user: str = "", **source: str) -> TestResponse:
        return self.post("/wiki_render", user, text=text, **{"realm": "wiki", "id": "WikiStart", **source})

    def store_report(self, query: str, title: str = "T", description: str = "") -> str:
        answer = self.post(
            "/report?action=new", ADMIN, action="new", title=title, query=query, description=description
        )
        assert answer.status_code == 303
        return answer.headers["Location"]


def _as(user: str) -> dict[str, str]:
    return {"REMOTE_USER": user} if user else {}


def _allow(path: Path, **rights: tuple[str, ...]) -> None:
    with open_project(path).database.begin("write") as db:
        db.execute(delete(permission))
        rows = [{"username": user, "action": name} for user, names in rights.items() for name in names]
        db.execute(insert(permission), rows)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    """A project where guests may read and open tickets, and a member may see everything but tickets."""
    path = tmp_path_factory.mktemp("attacked") / "env"
    environment.create(path, name="Pond")
    _allow(path, admin=("TRAC_ADMIN",), anonymous=GUEST_RIGHTS)
    yield Visitor(path)


HOSTILE_ADDRESSES = [
    "/timeline?authors=%22" + "%5C" * 80,
    "/timeline?authors=%27" + "%5Cx" * 80,
    f"/timeline?from={DIGITS}&daysback={DIGITS}",
    f"/query?report={DIGITS}",
    f"/query?page={DIGITS}",
    f"/query?max={'9' * 18}&page={'9' * 9}",
    f"/query?id={DIGITS}",
    f"/query?time={DIGITS}..",
    "/query?id=" + ",".join(map(str, range(5000))),
    "/query?keywords=~" + "+".join(f"k{n}" for n in range(5000)),
    "/query?keywords=~" + "%22" * 9000,
    "/query?summary=~" + "%25a" * 8000,
    "/query?" + "&or&".join(f"status=a{n}" for n in range(2500)),
    "/query?" + "&".join("col=summary" for _ in range(2500)),
    "/query?order='%22%3B--&group=status%3BDROP&col=id)--",
    f"/ticket/1?replyto={DIGITS}",
    f"/ticket/1?replyto=1.{DIGITS}",
    f"/ticket/{DIGITS}",
    f"/ticket/1?version={DIGITS}",
    f"/ticket/1?cnum_edit={DIGITS}",
    f"/report/{DIGITS}",
    f"/report/1?page={DIGITS}&max={'9' * 18}",
    "/report/1?sort=%22);DROP TABLE ticket;--&asc=x",
    f"/wiki/WikiStart?version={'9' * 18}",
    f"/wiki/{DIGITS}?action=history",
    f"/milestone/{DIGITS}",
    f"/attachment/report/{DIGITS}/x",
    f"/attachment/ticket/{DIGITS}/x",
    "/raw-attachment/ticket/1/..%2f..%2f..%2fetc%2fpasswd",
    "/raw-attachment/../conf/trac.ini",
    "/chrome/site/..%2fconf%2ftrac.ini",
    "/chrome/common/%2e%2e/%2e%2e/x",
    "/chrome/site//etc/passwd",
    "/chrome/site/%00",
    "/search?q=" + "a+" * 14000,
    "/search?q=search:search:x",
    "/wiki/%ff%fe",
    "/query?summary=%00",
    "/login?referer=http://[::1",
    "/prefs/..%2fx",
    "/milestone/%3Cscript%3E?action=%3Cscript%3E",
    "/newticket?summary=%3Cscript%3E&type=%22onload=&owner=%27",
]


@pytest.mark.parametrize("address", HOSTILE_ADDRESSES, ids=lambda address: address[:40])
def test_no_address_breaks_a_page(site: Visitor, address: str) -> None:
    site.post("/newticket", field_summary="a pond", action="create")
    for user in ("", ADMIN):
        began = time.monotonic()
        answer = site.get(address, user)
        assert answer.status_code < 500
        assert time.monotonic() - began < 5
        assert "root:" not in answer.text
        assert "[trac]" not in answer.text


HOSTILE_HEADERS = [
    {"Host": "evil.com:99999"},
    {"Host": "a/b"},
    {"Host": "a@b"},
    {"Range": "bytes=5-1"},
    {"If-Modified-Since": "x"},
    {"If-None-Match": '"' * 3000},
    {"Cookie": "trac_form_token=\xff\xfe; trac_session=" + "x" * 4000},
    {"Cookie": ";" * 4000},
    {"Content-Type": "multipart/form-data"},
    {"Content-Length": "abc"},
    {"Authorization": "Basic x"},
    {"Referer": "http://[::1"},
    {"X-Requested-With": "XMLHttpRequest"},
]


@pytest.mark.parametrize("headers", HOSTILE_HEADERS, ids=lambda h: str(h)[:40])
def test_no_header_breaks_a_page(site: Visitor, headers: dict[str, str]) -> None:
    for address in ("/", "/login", "/timeline?format=rss", "/chrome/common/css/base.css", "/nothing"):
        assert site.get(address, **headers).status_code < 500


HOSTILE_TEXTS = [
    f"comment:1 comment:{DIGITS}",
    f"report:{DIGITS} {{{DIGITS}}} #{DIGITS} ticket:1-{DIGITS}",
    f"[[TicketQuery(id={DIGITS})]] [[TicketQuery(max={DIGITS})]] [[TitleIndex(depth={DIGITS})]]",
    "[[TicketQuery(" + "or,".join(f"status={n}," for n in range(3000)) + ")]]",
    "[[TicketQuery(status=" + "|".join(map(str, range(40_000))) + ")]]",
    "{{{#!table\n" * 3000,
    "{{{\n#!html\n" + "<div>" * 20_000 + "\n}}}",
    "{{{#!rst\n" + "* " * 3000 + "\n}}}",
    '{{{#!div style="' + "url(" * 10_000 + '"\n}}}',
    '{{{#!div style="' + "/* " * 50_000 + '"\n}}}',
    "[" * 50_000,
    "'''" * 20_000,
    '[[Image("' + "'\"" * 20_000 + ")]]",
    "a." * 20_000 + "@",
]


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=lambda text: text[:30])
@pytest.mark.parametrize("source", [{}, {"realm": "ticket", "id": DIGITS}, {"realm": "report", "id": DIGITS}])
def test_no_text_breaks_a_page(site: Visitor, text: str, source: dict[str, str]) -> None:
    began = time.monotonic()
    assert site.render(text, **source).status_code < 500
    assert time.monotonic() - began < 5


FORM = {"field_summary": "sent by another site", "action": "create"}
FOREIGN: list[dict[str, object]] = [
    {"data": FORM},
    {"data": {**FORM, "__FORM_TOKEN": "b" * 24}},
    {"data": {**FORM, "__FORM_TOKEN": ""}},
    {"data": {**FORM, "__FORM_TOKEN": TOKEN}, "headers": {"Sec-Fetch-Site": "cross-site"}},
    {"data": {**FORM, "__FORM_TOKEN": TOKEN}, "headers": {"Sec-Fetch-Site": "same-site"}},
    {"data": {**FORM, "__FORM_TOKEN": TOKEN}, "headers": {"Origin": "http://evil.com"}},
    {"data": {**FORM, "__FORM_TOKEN": TOKEN}, "headers": {"Origin": "null"}},
    {"json": {**FORM, "__FORM_TOKEN": TOKEN}},
    {"data": f"field_summary=x&action=create&__FORM_TOKEN={TOKEN}", "content_type": "text/plain"},
    {"query_string": {**FORM, "__FORM_TOKEN": TOKEN}},
]


@pytest.mark.parametrize("sent", FOREIGN, ids=range(len(FOREIGN)))
def test_no_other_site_can_send_a_form(site: Visitor, sent: dict[str, object]) -> None:
    answer = site.client.post("/newticket", environ_overrides=_as(ADMIN), **sent)
    assert answer.status_code == 400
    assert "sent by another site" not in site.get("/query?format=csv", ADMIN).text


ELSEWHERE = [
    *("//evil.com", "http://evil.com/", "/\\evil.com", "\\\\evil.com", "http://localhost@evil.com/"),
    *("http://localhost.evil.com/", "javascript:alert(1)", "http:evil.com", "http://localhost//evil.com"),
    *("http://localhost/\\evil.com", " //evil.com", "/\t/evil.com", "/\r\nX-Evil: 1", "http://[::1"),
]


HERE = ("http://localhost/", "http://localhost/X-Evil:%201")


@pytest.mark.parametrize("address", ELSEWHERE)
def test_signing_in_leads_nowhere_else(site: Visitor, address: str) -> None:
    answer = site.client.get("/login", query_string={"referer": address}, environ_overrides=_as(ADMIN))
    assert answer.status_code == 302
    assert urljoin("http://localhost/login", answer.headers["Location"]) in HERE
    assert "X-Evil" not in answer.headers


@pytest.mark.parametrize("query", ["http://evil.com", "//evil.com", "[http://evil.com x]", "Wikipedia:x"])
def test_a_search_leads_nowhere_else(site: Visitor, query: str) -> None:
    assert site.client.get("/search", query_string={"q": query}).status_code == 200


REFUSED_SQL = [
    "SELECT * FROM auth_cookie",
    "SELECT cookie FROM main.auth_cookie",
    'SELECT count(*) FROM "session"',
    "SELECT * FROM permission",
    "SELECT key FROM trackside_form_key",
    "SELECT sql FROM sqlite_master",
    "SELECT * FROM pragma_table_info('ticket')",
    "WITH x AS (SELECT * FROM auth_cookie) SELECT * FROM x",
    "SELECT (SELECT value FROM session_attribute) AS a",
    "SELECT 1 AS id UNION SELECT cookie FROM auth_cookie",
    "PRAGMA writable_schema = 1",
    "ATTACH 'x' AS y",
    "SELECT 1; DROP TABLE ticket",
    "WITH a AS (SELECT 1) DELETE FROM ticket",
    "SELECT load_extension('x')",
    "SELECT readfile('/etc/passwd')",
    "SELECT length(zeroblob(900000000)) AS a",
    "SELECT length(replace(hex(zeroblob(4000000)), '0', 'aaa')) AS a",
    "SELECT cast(x'fffe' AS text) AS t",
    "SELECT " + "(" * 5000 + "1" + ")" * 5000,
]


@pytest.mark.parametrize("query", REFUSED_SQL, ids=lambda query: query[:50])
def test_a_report_cannot_read_or_do_that(site: Visitor, query: str) -> None:
    place = site.store_report(query)
    for address in (place, f"{place}?format=csv", f"{place}?format=rss", f"{place}?sort=a&asc=1"):
        answer = site.get(address, ADMIN)
        assert answer.status_code == 200
        assert "cannot be run" in answer.text


def test_a_report_cannot_fill_the_memory(site: Visitor) -> None:
    rows = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 2000)"
    place = site.store_report(f"{rows} SELECT hex(zeroblob(50000)) AS a FROM c")
    assert "cannot be run" in site.get(f"{place}?format=csv", ADMIN).text


XSS = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}]]>"
MARKUP_XSS = [
    XSS,
    "{{{\n#!html\n<script>alert(1)</script><a href='javascript:alert(1)' onclick='x'>a</a><svg onload=x>",
    "{{{\n#!html\n<math><mtext><table><mglyph><style><img src onerror=alert(1)></style></mglyph>\n}}}",
    "{{{\n#!html\n<form action=x><input autofocus onfocus=alert(1)><iframe srcdoc='<script>'></iframe>\n}}}",
    "{{{\n#!html\n<a href='jav&#x09;ascript:alert(1)'>a</a><a href='data:text/html,<script>'>b</a>\n}}}",
    "[[Image(javascript:alert(1))]] [javascript:alert(1) x] [[html(<script>)]] javascript:alert(1)",
    "[[Image(x.png, link=javascript:alert(1), alt=\"><script>, title=' onload=x)]]",
    '[[span(x, onclick=alert(1), style="background:url(javascript:x)")]] [http://a" onmouseover="x y]',
    '{{{#!div onclick="alert(1)" style="width:expression(alert(1));-moz-binding:url(x)"\nx\n}}}',
    "{{{#!td onclick=alert(1)\nx\n}}} [vbscript:x y] [data:text/html,<script>alert(1)</script> z]",
    "{{{\n#!rst\n.. raw:: html\n\n   <script>alert(1)</script>\n\n`x <javascript:alert(1)>`_\n}}}",
    '[[TicketQuery(format="><script>alert(1)</script>, x=y)]] [[No<script>(1)]] {{{#!no<script>\nx\n}}}',
    '[=#"><script>alert(1)</script> x] wiki:"\\"><script>" [wiki:<script> <script>]',
]


class Danger(HTMLParser):
    """Collects what a browser would run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag in ("script", "style") and not named.get("nonce"):
            self.found.append(tag)
        if tag in ("iframe", "object", "embed", "base", "applet", "frame", "svg:script", "math"):
            self.found.append(tag)
        for name, value in named.items():
            scheme = re.sub(r"[\x00-\x20]", "", value).lower()
            if name.startswith("on") or name in ("srcdoc", "formaction"):
                self.found.append(f"{tag} {name}")
            if name in ("href", "src", "action", "xlink:href") and scheme.startswith(
                ("javascript:", "vbscript:", "data:text")
            ):
                self.found.append(f"{tag} {name}={value[:40]}")
            if name == "style" and re.search(r"expression|javascript|binding", value, re.I):
                self.found.append(f"{tag} style={value[:40]}")


def dangers(html: str) -> list[str]:
    parser = Danger()
    parser.feed(html)
    parser.close()
    return parser.found


def test_the_detector_detects() -> None:
    assert dangers("<a onclick=x><script></script><a href=' java\tscript:x'><style>") == [
        *("a onclick", "script", "a href= java\tscript:x", "style")
    ]


@pytest.mark.parametrize("text", MARKUP_XSS, ids=range(len(MARKUP_XSS)))
@pytest.mark.parametrize("flavor", ["html", "oneliner"])
def test_no_text_becomes_a_script(site: Visitor, text: str, flavor: str) -> None:
    answer = site.render(text, ADMIN, flavor=flavor)
    assert answer.status_code == 200
    assert dangers(answer.text) == []


@pytest.fixture(scope="module")
def planted(site: Visitor) -> list[str]:
    """The addresses of pages of things whose every field tries to be a script."""
    everything = "\n\n".join([*MARKUP_XSS, XSS])
    fields = {
        f"field_{name}": XSS
        for name in ("summary", "reporter", "keywords", "cc", "owner", "version", "severity")
    }
    site.post("/prefs", ADMIN, name=XSS, email=XSS)
    name = "Name <script>alert(1)<"
    wiki = "/wiki/%3Cscript%3Ealert(1)"
    answers = [
        site.post("/milestone?action=new", ADMIN, action="new", name=name, description=everything),
        site.post(
            "/newticket",
            ADMIN,
            action="create",
            **{**fields, "field_description": everything, "field_version": ""},
        ),
        site.post(wiki, ADMIN, action="edit", text=everything, comment=XSS, version="0", save="1"),
    ]
    ticket = answers[1].headers.get("Location", "")
    assert [answer.status_code for answer in answers] == [303, 303, 303]
    view = re.search(r'name="view_time"[^>]*value="(\d+)"', site.get(ticket, ADMIN).text)
    assert view is not None
    comment = site.post(
        ticket, ADMIN, comment=everything, action="leave", submit="1", view_time=view[1], field_keywords=XSS
    )
    assert comment.status_code == 303
    upload = {
        "attachment": (io.BytesIO(b"<svg onload=x>"), "<img src=x onerror=alert(1)>'.svg"),
        "description": XSS,
    }
    assert site.post(f"/attachment{ticket}/?action=new", ADMIN, action="new", **upload).status_code == 303
    sql = (
        f"SELECT id, summary, description AS _description_, '{_sql(XSS)}' AS __group__, owner, "
        f"'{_sql(XSS)}' AS __style__, '{_sql(XSS)}' AS __color__, '{_sql(XSS)}' AS __class__, "
        f"'javascript:alert(1)' AS __grouplink__, '{_sql(XSS)}' AS \"<script>\", $HOSTILE AS h FROM ticket"
    )
    report = site.store_report(sql, XSS, everything)
    return _places(site, ticket, wiki, report)


def _places(site: Visitor, ticket: str, wiki: str, report: str) -> list[str]:
    places = [
        *(ticket, f"{ticket}?action=history", f"{ticket}?action=diff&version=1", f"{ticket}?replyto=1"),
        *(f"{ticket}?version=0", f"{ticket}?cnum_edit=1", f"{ticket}?format=csv", f"{ticket}?format=rss"),
        *(wiki, f"{wiki}?action=edit", f"{wiki}?action=history", f"{wiki}?action=diff&version=1"),
        *(f"{wiki}?action=delete", f"{wiki}?action=rename", f"{wiki}?format=txt", "/wiki/TitleIndex"),
        *(report, f"{report}?HOSTILE=%3Cscript%3E", f"{report}?action=edit", f"{report}?action=delete"),
        *(f"{report}?format=csv", f"{report}?format=rss", f"{report}?format=tab", "/report"),
        *("/roadmap", "/roadmap?format=ics", "/timeline", "/timeline?format=rss", "/prefs", "/newticket"),
        *("/query?id=!0&col=id&col=owner&col=cc&row=description&max=0", "/query?group=owner&id=!0"),
        *("/query?group=severity&id=!0", "/query?id=!0&format=rss", "/query?id=!0&format=csv"),
        *("/search?q=alert", "/search?q=script&noquickjump=1&ticket=on&wiki=on&milestone=on"),
        *(f"/attachment{ticket}/", f"/attachment{ticket}/?action=new", "/wiki/RecentChanges"),
    ]
    return [*places, *(r["href"] for r in _links(site, ticket) if "attachment" in r["href"])]


def _sql(text: str) -> str:
    return text.replace("'", "''").replace("$", "$$")


def _links(site: Visitor, address: str) -> list[dict[str, str]]:
    found = re.findall(r'href="([^"]+)"', site.get(address, ADMIN).text)
    return [{"href": href.replace("&amp;", "&").replace("&#39;", "'")} for href in found]


def test_no_field_becomes_a_script(site: Visitor, planted: list[str]) -> None:
    for address in planted:
        for user in ("", ADMIN):
            answer = site.get(address, user)
            assert answer.status_code in (200, 403), address
            policy = answer.headers["Content-Security-Policy"]
            assert "'unsafe-inline'" not in policy.replace("style-src-attr 'unsafe-inline'", ""), address
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            _check_kind(address, answer)


def _check_kind(address: str, answer: TestResponse) -> None:
    if answer.mimetype == "text/html":
        assert dangers(answer.text) == [], address
        assert "49" not in re.findall(r"onerror=alert\(1\)&gt;(\d+)", answer.text)
    elif answer.mimetype == "application/rss+xml":
        for item in ElementTree.fromstring(answer.text).iter("description"):
            assert dangers(item.text or "") == [], address
    elif "attachment" not in answer.headers.get("Content-Disposition", ""):
        assert answer.mimetype in ("text/plain", "text/calendar"), address


FILES = [
    ("page.html", b"<script>alert(1)</script>"),
    ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    ("picture.png.html", b"\x89PNG\r\n\x1a\n<script>alert(1)</script>"),
    ("polyglot.gif", b"GIF89a/*<script>alert(1)</script>*/=1;"),
    ("page.xhtml", b"<html xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></html>"),
    ("script.js", b"alert(1)"),
    ("a\r\nX-Evil: 1.txt", b"x"),
    ("..\\..\\evil.txt", b"x"),
    ("../../conf/trac.ini", b"x"),
    ("x" * 300 + ".txt", b"x"),
    ("\u202etxt.exe", b"x"),
    (".htaccess", b"x"),
    ('a"; filename=b.html', b"x"),
]


@pytest.mark.parametrize(("name", "data"), FILES, ids=range(len(FILES)))
def test_a_file_is_only_a_file(site: Visitor, name: str, data: bytes) -> None:
    sent = site.post(
        "/attachment/wiki/WikiStart/?action=new", ADMIN, action="new", attachment=(io.BytesIO(data), name)
    )
    assert sent.status_code in (303, 400)
    raws = [r["href"] for r in _links(site, "/wiki/WikiStart") if r["href"].startswith("/raw-attachment/")]
    pages = [r["href"] for r in _links(site, "/wiki/WikiStart") if r["href"].startswith("/attachment/")]
    for address in raws:
        answer = site.get(address)
        assert answer.status_code == 200
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        is_picture = answer.mimetype in ("image/png", "image/gif")
        assert is_picture or answer.headers["Content-Disposition"].startswith("attachment")
        assert "X-Evil" not in answer.headers
    for address in pages:
        assert dangers(site.get(address, ADMIN).text) == []


@pytest.mark.parametrize("sign", ["=1+1", "+cmd|x", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\n=1", "＝1"])
def test_no_cell_is_a_formula(site: Visitor, sign: str) -> None:
    place = site.store_report("SELECT '" + sign + "' AS " + '"=name"')
    lines = site.get(f"{place}?format=csv", ADMIN).text.lstrip("\ufeff")
    assert lines.startswith("'=name")
    assert f"'{sign.rstrip()[:2]}" in lines or f"\"'{sign[0]}" in lines
