"""The colours of the shared sheet, measured as WCAG 2.2 measures them, in light and in dark."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from trackside.web.static import COMMON

SHEET = (COMMON / "css" / "tokens.css").read_text(encoding="utf-8")
SCHEMES = ("light", "dark")
_PLAIN = re.compile(r"--([\w-]+): (#[0-9a-f]{3,6});")
_BOTH = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{3,6}), (#[0-9a-f]{3,6})\);")

TEXT = [
    *(
        (ink, ground)
        for ink in ("ink", "ink-soft")
        for ground in ("paper", "paper-2", "paper-3", "raised", "code")
    ),
    *(("link", ground) for ground in ("paper", "paper-2", "raised", "code", "accent-soft", "warn-soft")),
    *(("ink", ground) for ground in ("accent-soft", "warn-soft", "danger-soft", "mark")),
    *(("ink", ground) for ground in ("added", "added-strong", "removed", "removed-strong")),
    *(("ink-soft", ground) for ground in ("added", "removed", "accent-soft")),
    *((name, "paper-3") for name in ("open", "closed", "danger")),
    *((name, "paper") for name in ("accent", "danger", "warn", "open", "closed")),
    *((f"code-{name}", "code") for name in ("word", "name", "text", "number", "note", "wrong")),
    ("on-accent", "accent"),
    ("accent", "accent-soft"),
    ("danger", "danger-soft"),
]
# Borders of fields, the mark of what has the focus, and pictures need less.
SHAPES = [
    ("line-strong", "paper"),
    ("accent", "paper"),
    ("accent", "paper-2"),
    ("warn", "paper"),
    ("accent", "paper-3"),
]


def colours(scheme: str) -> Mapping[str, str]:
    return {name: pair[SCHEMES.index(scheme)] for name, *pair in _BOTH.findall(SHEET)}


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_it_works() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(scheme: str, ink: str, ground: str) -> None:
    named = colours(scheme)
    assert contrast(named[ink], named[ground]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_shapes_can_be_seen(scheme: str, shape: str, ground: str) -> None:
    named = colours(scheme)
    assert contrast(named[shape], named[ground]) >= 3


def test_a_browser_without_light_dark_gets_the_light_colours() -> None:
    plain = dict(_PLAIN.findall(SHEET))
    assert plain == colours("light")
