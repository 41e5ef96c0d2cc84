"""Draw the pictures that the product ships: the icon of the site, and the logos that old help pages show."""

from __future__ import annotations

import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

STATIC = Path(__file__).parent.parent / "trackside" / "web" / "static"
GREEN = (11, 110, 79)
FINE = 4  # samples a pixel and direction, for smooth edges

Shape = Callable[[float, float], tuple[int, int, int] | None]


def main() -> int:
    """The icon as an .ico of 32 pixels, the others as PNG."""
    (STATIC / "trac.ico").write_bytes(ico(draw(32, 32, tile)))
    for name, size, shape in PICTURES:
        (STATIC / name).write_bytes(png(draw(size, size, shape)))
    return 0


def tile(x: float, y: float) -> tuple[int, int, int] | None:
    """A round-cornered square with the letter in it; coordinates from 0 to 1."""
    corner = 0.24
    beside, above = max(corner - min(x, 1 - x), 0), max(corner - min(y, 1 - y), 0)
    if beside**2 + above**2 > corner**2:
        return None
    is_letter = 0.22 < x < 0.78 and 0.25 < y < 0.375 or 0.4375 < x < 0.5625 and 0.25 < y < 0.78
    return (255, 255, 255) if is_letter else GREEN


def feed(x: float, y: float) -> tuple[int, int, int] | None:
    """A dot and two waves that go out from it."""
    far = ((x - 0.16) ** 2 + (y - 0.84) ** 2) ** 0.5
    is_wave = x > 0.04 and y < 0.96 and (0.36 < far < 0.5 or 0.66 < far < 0.8)
    return (199, 91, 18) if far < 0.13 or is_wave else None


def sheet(x: float, y: float) -> tuple[int, int, int] | None:
    """A page with a folded corner and nothing on it: a picture that is not there."""
    is_inside = 0.16 < x < 0.84 and 0.06 < y < 0.94 and x - y < 0.5
    is_bare = 0.25 < x < 0.75 and 0.15 < y < 0.85 and x - y < 0.37
    return (122, 133, 142) if is_inside and not is_bare else None


PICTURES = (
    ("trac_logo_mini.png", 30, tile),
    ("trac_banner.png", 72, tile),
    ("feed.png", 16, feed),
    ("attachment.png", 16, sheet),
)


def draw(width: int, height: int, shape: Shape) -> list[list[tuple[int, int, int, int]]]:
    """Rows of red, green, blue and opacity."""
    return [[_pixel(column, row, width, height, shape) for column in range(width)] for row in range(height)]


def _pixel(column: int, row: int, width: int, height: int, shape: Shape) -> tuple[int, int, int, int]:
    steps = [(i + 0.5) / FINE for i in range(FINE)]
    seen = [shape((column + a) / width, (row + b) / height) for a in steps for b in steps]
    inked = [colour for colour in seen if colour is not None]
    if not inked:
        return (0, 0, 0, 0)
    red, green, blue = (round(sum(c[i] for c in inked) / len(inked)) for i in range(3))
    return (red, green, blue, round(255 * len(inked) / len(seen)))


def png(rows: list[list[tuple[int, int, int, int]]]) -> bytes:
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 6, 0, 0, 0)
    lines = b"".join(b"\0" + b"".join(bytes(pixel) for pixel in row) for row in rows)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def ico(rows: list[list[tuple[int, int, int, int]]]) -> bytes:
    """An icon file may hold a PNG as it is."""
    picture = png(rows)
    entry = struct.pack("<BBBBHHII", len(rows[0]), len(rows), 0, 0, 1, 32, len(picture), 22)
    return struct.pack("<HHH", 0, 1, 1) + entry + picture


if __name__ == "__main__":
    sys.exit(main())
