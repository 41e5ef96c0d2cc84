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

from playwright.sync_api import Browser, Page, sync_playwright

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
    command = [sys.executable, "-m", "trackside.hosting.cli", "serve", "--port", "0", *options, *map(str, paths)]
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


def sign_in(page: Page, base: str, user: str, password: str) -> None:
    """By the form, as a person does."""
    page.goto(f"{base}/login")
    page.get_by_label("User name").fill(user)
    page.get_by_label("Password").fill(password)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()
