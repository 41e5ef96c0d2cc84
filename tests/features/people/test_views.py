"""Signing in and out, and preferences, in a browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.features import sample
from tests.features.sample import Browser
from trackside.kernel.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return sample.make(tmp_path / "env")


def sign_in(browser: Browser, name: str, **more: str) -> str:
    """As behind a web server that protects only /login; answers where it led."""
    browser.user = name
    answer = browser.get("/login", **({"headers": more} if more else {}))
    browser.user = ""
    assert answer.status_code == 302
    return answer.headers["Location"]


def test_it_works(project: Project) -> None:
    browser = Browser(project)
    assert 'href="/login"' in browser.get("/wiki/NoSuch").text
    assert sign_in(browser, "dan") == "/"
    cookie = browser.client.get_cookie("trac_auth")
    assert cookie is not None and cookie.http_only and len(cookie.value) == 32
    assert sample.rows(project, "SELECT cookie, name FROM auth_cookie") == [(cookie.value, "dan")]
    assert "Signed in as dan" in browser.get("/prefs").text
    answer = browser.post("/logout")
    assert answer.status_code == 303 and answer.headers["Location"] == "/"
    assert sample.rows(project, "SELECT count(*) FROM auth_cookie") == [(0,)]
    assert browser.client.get_cookie("trac_auth") is None
    assert "Signed in" not in browser.get("/prefs").text


def test_without_the_web_servers_word(project: Project) -> None:
    answer = Browser(project).get("/login")
    assert answer.status_code == 403 and "nobody is signed in" in answer.text
    assert sample.rows(project, "SELECT count(*) FROM auth_cookie") == [(0,)]


@pytest.mark.parametrize(
    ("referer", "leads_to"),
    [
        ("http://localhost/wiki/WikiStart?version=1", "/wiki/WikiStart?version=1"),
        ("https://evil.example/wiki", "/"),
        ("http://localhost.evil.example/wiki", "/"),
        ("http://localhost/login", "/"),
        ("http://localhost/logout", "/"),
        ("http://localhost//evil.example/x", "/"),
        ("http://localhost/\\evil.example", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("http://[", "/"),
        ("", "/"),
    ],
)
def test_back_to_our_own_pages_only(project: Project, referer: str, leads_to: str) -> None:
    assert sign_in(Browser(project), "dan", Referer=referer) == leads_to


def test_signing_out_takes_a_form(project: Project) -> None:
    browser = Browser(project)
    sign_in(browser, "dan")
    assert browser.get("/logout").status_code == 302
    assert browser.send("/logout", {}).status_code == 400
    assert sample.rows(project, "SELECT count(*) FROM auth_cookie") == [(1,)]


def test_where_signing_out_leads(tmp_path: Path) -> None:
    for number, (wanted, leads_to) in enumerate(
        [("wiki/Bye", "/wiki/Bye"), ("/wiki/Bye", "/wiki/Bye"), ("https://evil.example", "/"), ("//x", "/")]
    ):
        project = sample.make(tmp_path / str(number), f"[metanav]\nlogout.redirect = {wanted}\n")
        assert Browser(project, "dan").post("/logout").headers["Location"] == leads_to


def test_preferences_of_a_guest_move_to_the_account(project: Project) -> None:
    browser = Browser(project)
    sent = {"name": "Dan D", "email": "dan@example.org", "tz": "Europe/Berlin", "lc_time": "iso8601"}
    assert browser.post("/prefs", **sent).status_code == 303
    page = browser.get("/prefs").text
    assert "Your preferences are kept." in page and 'value="Europe/Berlin"' in page
    assert sample.rows(project, "SELECT authenticated FROM session") == [(0,)]
    sign_in(browser, "dan")
    assert sample.rows(project, "SELECT sid, authenticated FROM session") == [("dan", 1)]
    assert 'value="Dan D"' in browser.get("/prefs").text
    assert "Dan D" in browser.get("/wiki/NoSuch").text


def test_empty_values_are_taken_away(project: Project) -> None:
    dan = Browser(project, "dan")
    dan.post("/prefs", name="Dan", email="d@example.org", tz="UTC")
    dan.post("/prefs", name="", email="d@example.org")
    kept = "SELECT name, value FROM session_attribute WHERE name IN ('name', 'email', 'tz') ORDER BY name"
    assert sample.rows(project, kept) == [("email", "d@example.org"), ("tz", "UTC")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tz", "Nowhere/Land"),
        ("tz", "../../etc/passwd"),
        ("lc_time", "x"),
        ("name", "x" * 251),
        ("name", "a\nb"),
    ],
)
def test_values_that_cannot_be(project: Project, field: str, value: str) -> None:
    answer = Browser(project, "dan").post("/prefs", **{"email": "typed@example.org", field: value})
    assert answer.status_code == 400 and "typed@example.org" in answer.text
    assert sample.rows(project, "SELECT count(*) FROM session_attribute WHERE name = 'email'") == [(0,)]


@pytest.mark.parametrize("zone", ["GMT +2:00", "GMT -11:00", "America/New_York", "UTC", "Etc/UTC"])
def test_zones_that_trac_stores(project: Project, zone: str) -> None:
    assert Browser(project, "dan").post("/prefs", tz=zone).status_code == 303


def test_dates_follow_the_preferences(project: Project) -> None:
    dan = Browser(project, "dan")
    dan.post("/prefs", tz="GMT +5:00", lc_time="iso8601", dateinfo="absolute")
    dan.post("/wiki/New", action="edit", text="x", version="0")
    with project.database.begin("write") as db:
        db.exec_driver_sql("UPDATE wiki SET time = 1700000000000000")
    assert ">2023-11-15T03:13:20+05:00</time>" in dan.get("/wiki/New").text


def test_panels_of_trac(project: Project) -> None:
    dan = Browser(project, "dan")
    assert dan.get("/prefs/localization").status_code == 302
    assert dan.post("/prefs/localization", tz="UTC").status_code == 303
    assert dan.get("/prefs/nothing").status_code == 404
    assert dan.post("/prefs/nothing", tz="UTC").status_code == 404


def test_other_things_are_not_stored(project: Project) -> None:
    Browser(project, "dan").post("/prefs", name="Dan", evil="1", default_handler="X")
    assert sample.rows(project, "SELECT name FROM session_attribute WHERE name IN ('evil')") == []
