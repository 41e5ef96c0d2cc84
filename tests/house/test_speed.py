"""How dear the pages that strangers see are, beside Trac 1.6 with the same project in the same run."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

import pytest

from scripts import bench
from tests.cython import unpack

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.trac]

PAGES = ("/ticket/100", "/wiki/WikiStart", "/query", "/report/1", "/roadmap")
LEAST = 15
ROUNDS = 3
FEW, MANY = 10, 100


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[bench.Side, bench.Side]]:
    folder = tmp_path_factory.mktemp("speed")
    theirs, ours = folder / "trac", folder / "trackside"
    bench.prepare(unpack(folder), theirs, ours)
    with bench.serve_trac(theirs) as trac, bench.serve_trackside(ours) as trackside:
        yield trac, trackside


@pytest.mark.parametrize("path", PAGES)
def test_strangers_pages_cost_a_fifteenth(
    sides: tuple[bench.Side, bench.Side], path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    trac, trackside = sides
    theirs, anew, again = [], [], []
    for _ in range(ROUNDS):
        theirs.append(bench.measure(trac, path, FEW).milliseconds)
        anew.append(bench.measure(trackside, path, MANY, is_new=True).milliseconds)
        again.append(bench.measure(trackside, path, MANY).milliseconds)
    times, times_anew = median(theirs) / median(again), median(theirs) / median(anew)
    with capsys.disabled():
        print(f"\n{path}: {times:.0f} times cheaper than Trac 1.6, {times_anew:.0f} times when made anew")
    assert times >= LEAST
