"""Debian's Chromium for tests and pictures, and a server of Trackside to point it at."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, cast

from playwright.sync_api import Browser, HttpCredentials, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_SERVING = re.compile(r"Serving at (http://\S+?)/? ")


@contextmanager
def open_browser() -> Iterator[Browser]:
    """A browser with a home of its own, so that it needs nobody's."""
    with tempfile.TemporaryDirectory(prefix="trackside-browser-") as home, sync_playwright() as playwright:
        places = {name: home for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")}
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=list(FLAGS), env={**os.environ, **places}
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def serving(*paths: Path, options: tuple[str, ...] = ()) -> Iterator[str]:
    """The base address of `trackside serve` on a free port, without a slash at its end."""
    command = [
        sys.executable,
        "-m",
        "trackside.hosting.cli",
        "serve",
        "--port",
        "0",
        *options,
        *map(str, paths),
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as server:
        try:
            yield _address(server)
        finally:
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=30)


def _address(server: subprocess.Popen[str]) -> str:
    said = []
    for line in server.stderr or ():
        said.append(line)
        match = _SERVING.search(line)
        if match:
            return match[1]
    raise RuntimeError(f"the server did not start:\n{''.join(said)}")


def open_page(
    browser: Browser,
    *,
    width: int = 1200,
    height: int = 800,
    scheme: Literal["light", "dark"] = "light",
    credentials: tuple[str, str] | None = None,
) -> Page:
    """A page in a visit of its own; `credentials` answer when the server asks for name and password."""
    asked = {"username": credentials[0], "password": credentials[1]} if credentials else None
    visit = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        reduced_motion="reduce",
        locale="en-US",
        timezone_id="UTC",
        http_credentials=cast(HttpCredentials | None, asked),
    )
    return visit.new_page()


def sign_in(page: Page, base: str) -> None:
    """With the credentials that the page was opened with."""
    page.goto(f"{base}/login", wait_until="load")
