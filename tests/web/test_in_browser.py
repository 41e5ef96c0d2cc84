"""The demo project in a real browser: phones, keys, menus without script, drafts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import open_browser, open_page, serving, sign_in
from trackside.hosting import demo

pytestmark = pytest.mark.browser

PAGES = (
    "/wiki/WikiStart",
    "/wiki/TitleIndex",
    "/wiki/WikiStart?action=history",
    "/wiki/WikiStart?action=diff&version=3",
    "/wiki/SandBox?action=edit",
    "/ticket/34",
    "/newticket",
    "/query?status=!closed&group=milestone",
    "/report",
    "/report/1",
    "/roadmap",
    "/milestone/1.1%20Spring%20tide",
    "/timeline",
    "/search?q=lantern",
    "/prefs",
    "/ticket/99999",
)
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("served") / "demo"
    demo.make(path)
    return path


@pytest.fixture(scope="module")
def base(project: Path) -> Iterator[str]:
    with serving(project, options=("--basic-auth", f"demo,{project}/conf/htpasswd,Demo")) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


def signed_in(browser: Browser, base: str, project: Path, width: int = 1200) -> Page:
    page = open_page(browser, width=width, credentials=next(iter(demo.sign_in(project).items())))
    sign_in(page, base)
    return page


@pytest.mark.parametrize("width", [320, 390, 900])
def test_it_works(browser: Browser, base: str, project: Path, width: int) -> None:
    page = signed_in(browser, base, project, width)
    for path in PAGES:
        page.goto(base + path)
        assert page.evaluate(WIDER) <= 0, path
        assert page.locator("h1").count() >= 1 and page.locator("main").count() == 1, path
    page.context.close()


def test_no_page_breaks_its_own_policy(browser: Browser, base: str, project: Path) -> None:
    page = signed_in(browser, base, project)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for path in PAGES:
        if "WikiStart" not in path and "99999" not in path:  # a wiki text may ask for styles of its own
            page.goto(base + path)
    assert said == []
    page.context.close()


def test_menus_open_without_script_on_a_phone(browser: Browser, base: str) -> None:
    visit = browser.new_context(viewport={"width": 390, "height": 800}, java_script_enabled=False)
    page = visit.new_page()
    page.goto(f"{base}/ticket/34")
    assert not page.is_visible("#mainnav")
    page.click(".burger")
    assert page.is_visible("#mainnav a[aria-current]")
    page.keyboard.press("Escape")
    assert not page.is_visible("#mainnav")
    page.click("#metanav summary")
    assert page.is_visible("#metanav .panel a >> nth=0")
    visit.close()


def test_lists_are_walked_by_keys(browser: Browser, base: str, project: Path) -> None:
    page = signed_in(browser, base, project)
    page.goto(f"{base}/query?status=!closed&order=id")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "proj-search"
    page.keyboard.press("Escape")
    for key in "jjk":
        page.keyboard.press(key)
    first = page.locator("td.summary a").first
    assert page.evaluate("document.activeElement.textContent") == first.text_content()
    address = first.get_attribute("href")
    page.keyboard.press("o")
    page.wait_for_url(f"**{address}")
    page.context.close()


def test_keys_can_be_shown_and_switched_off(browser: Browser, base: str, project: Path) -> None:
    page = signed_in(browser, base, project)
    page.goto(f"{base}/query")
    page.keyboard.press("?")
    assert page.is_visible("#keys")
    page.uncheck("[data-keys-on]")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") != "proj-search"
    page.reload()
    page.keyboard.press("?")
    assert not page.is_visible("#keys")
    page.context.close()


def test_a_draft_survives_and_is_previewed(browser: Browser, base: str, project: Path) -> None:
    page = signed_in(browser, base, project)
    address = f"{base}/wiki/SandBox?action=edit"
    page.goto(address)
    page.fill("#text", "= A draft heading =")
    page.wait_for_selector("#live h1 >> text=A draft heading")
    page.goto(address)
    assert page.input_value("#text") != "= A draft heading ="
    page.click(".message.notice button")
    assert page.input_value("#text") == "= A draft heading ="
    page.click("button[name=save]")
    page.wait_for_url("**/wiki/SandBox")
    page.goto(address)
    assert page.locator(".message.notice").count() == 0
    page.context.close()


def test_a_message_can_be_closed(browser: Browser, base: str, project: Path) -> None:
    page = signed_in(browser, base, project)
    page.goto(f"{base}/prefs")
    page.click("main form button.primary")
    page.wait_for_selector("#notice")
    page.click("#notice button")
    assert page.locator("#notice").count() == 0
    page.context.close()
