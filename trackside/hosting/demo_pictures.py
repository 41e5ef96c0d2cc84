"""The pictures of the demo project, drawn when it is made."""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterable, Mapping

Colour = tuple[int, int, int]
WHITE, GREY, BLUE, AMBER, STONE = (
    (255, 255, 255),
    (208, 213, 220),
    (36, 84, 148),
    (217, 138, 20),
    (96, 88, 80),
)


class Canvas:
    """Pixels, top row first."""

    def __init__(self, width: int, height: int, ground: Colour) -> None:
        self.width, self.height = width, height
        self._rows = [bytearray(bytes(ground) * width) for _ in range(height)]

    def box(self, left: float, top: float, width: float, height: float, colour: Colour) -> None:
        first, last = max(int(left), 0), min(int(left + width), self.width)
        for y in range(max(int(top), 0), min(int(top + height), self.height)):
            self._rows[y][first * 3 : last * 3] = bytes(colour) * (last - first)

    def png(self) -> bytes:
        head = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        pixels = zlib.compress(b"".join(b"\0" + row for row in self._rows), 9)
        return b"\x89PNG\r\n\x1a\n" + b"".join(
            _chunk(kind, data) for kind, data in ((b"IHDR", head), (b"IDAT", pixels), (b"IEND", b""))
        )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pictures() -> Mapping[str, bytes]:
    """File name to PNG."""
    return {"tides.png": _tides(), "pier.png": _pier()}


def _tides() -> bytes:
    """Two days of forecast as a line, of readings as dots."""
    canvas = Canvas(720, 240, WHITE)
    for line in range(1, 6):
        canvas.box(0, line * 40, 720, 1, GREY)
    for line in range(1, 8):
        canvas.box(line * 90, 0, 1, 240, GREY)
    for x, y in _levels(720):
        canvas.box(x, y - 1, 2, 3, BLUE)
    for x, y in list(_levels(720))[8:600:9]:
        canvas.box(x - 2, y - 2 - 7 * math.sin(x / 55) ** 3, 5, 5, AMBER)
    return canvas.png()


def _levels(width: int) -> Iterable[tuple[int, float]]:
    for x in range(width):
        hours = x / 15
        yield x, 120 - 70 * math.sin(hours * 0.506) - 16 * math.sin(hours * 0.2618 + 1)


def _pier() -> bytes:
    """The radar under the pier, the water below."""
    canvas = Canvas(240, 200, (226, 236, 246))
    canvas.box(0, 130, 240, 70, BLUE)
    for x in range(240):
        canvas.box(x, 127 + 3 * math.sin(x / 9), 1, 4, (72, 122, 184))
    canvas.box(0, 40, 150, 14, STONE)
    for x in (12, 72, 130):
        canvas.box(x, 54, 10, 110, STONE)
    canvas.box(150, 46, 34, 4, (40, 40, 40))
    canvas.box(176, 50, 14, 12, AMBER)
    for y in range(64, 126, 6):
        canvas.box(183 - (y - 62) / 8, y, (y - 60) / 4, 2, WHITE)
    return canvas.png()
