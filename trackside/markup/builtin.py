"""Macros that need no feature: outlines, images, and lists of what the wiki language knows."""

from __future__ import annotations

from typing import Final

from trackside.kernel.feature import Macro

MACROS: Final[tuple[Macro, ...]] = ()
