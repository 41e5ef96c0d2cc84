"""Take the pictures of docs/guide: the main pages in light, in dark, and on a phone."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page

from tests.browser import open_browser, open_page, serving, sign_in
from trackside.hosting import demo

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "guide" / "images"
FRONT = ROOT / "docs" / "guide" / "ticket.png"
PAGES = {
    "wiki": "/wiki/WikiStart",
    "ticket": "/ticket/34",
    "query": "/query?status=!closed&group=milestone",
    "roadmap": "/roadmap",
    "timeline": "/timeline",
    "report": "/report/1",
    "search": "/search?q=lantern",
    "edit": "/wiki/WikiStart?action=edit",
    "error": "/ticket/99999",
}


@dataclass(frozen=True, slots=True)
class Look:
    """How a page is seen."""

    name: str
    scheme: Literal["light", "dark"]
    width: int
    height: int


LOOKS = (
    Look("light", "light", 1200, 800),
    Look("dark", "dark", 1200, 800),
    Look("phone", "light", 390, 800),
)


def main() -> int:
    options = arguments()
    target: Path = options.out
    target.mkdir(parents=True, exist_ok=True)
    with served(options) as (base, credentials), open_browser() as browser:
        for look in LOOKS:
            page = open_page(
                browser, width=look.width, height=look.height, scheme=look.scheme, credentials=credentials
            )
            if credentials:
                sign_in(page, base)
            for name in options.only or PAGES:
                take(page, f"{base}{PAGES[name]}", target / f"{name}-{look.name}.png")
            page.context.close()
    if target == IMAGES:
        shutil.copy(IMAGES / "ticket-light.png", FRONT)
    return 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="base address of a running server; the demo is served without it")
    parser.add_argument("--out", type=Path, default=IMAGES, help="folder for the pictures")
    parser.add_argument("--user", help="who signs in there first; a guest without it")
    parser.add_argument("--password", default="")
    parser.add_argument("--only", nargs="*", choices=list(PAGES), help="these pages instead of all")
    return parser.parse_args()


@contextmanager
def served(options: argparse.Namespace) -> Iterator[tuple[str, tuple[str, str] | None]]:
    """The address to go to, and who signs in there."""
    if options.url:
        yield options.url.rstrip("/"), (options.user, options.password) if options.user else None
        return
    with tempfile.TemporaryDirectory(prefix="trackside-pictures-") as folder:
        project = Path(folder) / "demo"
        demo.make(project)
        passwords = ("--basic-auth", f"demo,{project}/conf/htpasswd,Demo")
        with serving(project, options=passwords) as base:
            yield base, next(iter(demo.sign_in(project).items()))


def take(page: Page, address: str, file: Path) -> None:
    """What a visitor sees first, not the whole length of the page."""
    page.goto(address, wait_until="load")
    page.screenshot(path=file, animations="disabled")
    print(f"{file.name}  {file.stat().st_size // 1024} kB")


if __name__ == "__main__":
    sys.exit(main())
