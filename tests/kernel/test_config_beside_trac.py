"""trac.ini as Trackside and Trac 1.6 read and write it, side by side."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from scripts.trac16 import trac16
from trackside.kernel.config import Config
from trackside.kernel.settings import options_of
from trackside.kernel.site_settings import SITE_SETTINGS

pytestmark = [pytest.mark.trac, pytest.mark.slow]

OUR_OWN_TEXT = {("project", "footer"), ("header_logo", "alt")}
READ = """
import json, sys
from trac.config import Configuration
config = Configuration(sys.argv[1])
print(json.dumps({s: dict(config.options(s)) for s in config.sections(defaults=False)}))
"""


def run(program: str, *arguments: str) -> str:
    """What a program of Trac's says."""
    command = [str(trac16() / program), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def read_by_trac(path: Path) -> dict[str, dict[str, str]]:
    values: dict[str, dict[str, str]] = json.loads(run("python", "-I", "-c", READ, str(path)))
    return values


def read_by_us(path: Path) -> dict[str, dict[str, str]]:
    config = Config.load(path)
    return {section: config.items(section) for section in config.sections()}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("trac") / "project"
    run("trac-admin", str(path), "initenv", "Name", "sqlite:db/trac.db")
    return path


def test_it_works(environment: Path) -> None:
    file = environment / "conf" / "trac.ini"
    assert read_by_us(file) == read_by_trac(file)
    assert Config.load(file).warnings == ()


def test_the_defaults_of_the_site_are_tracs(environment: Path) -> None:
    sample = Config.load(environment / "conf" / "trac.ini.sample")
    fresh = Config.load(environment / "conf" / "trac.ini")
    for declared in (declared for kind in SITE_SETTINGS for declared in options_of(kind)):
        place = declared.section, declared.name
        if place not in OUR_OWN_TEXT:
            assert sample.get(*place, "absent") == declared.default_text, place
        assert fresh.has(*place) != declared.is_optional, place


@pytest.mark.parametrize(
    "text",
    [
        "[s]\na =\n\tfoo\n\n\tbar\n\n",
        "[DEFAULT]\nq = 1\n[s]\na = 2\n[t]\nq = 3\n",
        "[ s ] trailing\na:1\n[u] [v]\nb = [w]\n",
        "[s]\r\nAbC = 1 ; 2 # 3\r\nb.c d=\r\n  # no\r\n  yes\r\n",
        "[s]\ra=1\rb=2\r",
        "[s]\na=1\x0b2\x0c3\x1c4\u2028b=2\nc = \u00a03\u00a0\n",
        "[s]\n  a = 1\n  b = %(a)s 50%\nc = 3\n   d = 4\n",
        '[s]\na = ""\n   [t]\nb = 1\n',
        "[inherit]\nfile = b.ini,\n c.ini\n[s]\nz =\n",
    ],
)
def test_files_mean_the_same_to_both(tmp_path: Path, text: str) -> None:
    (tmp_path / "b.ini").write_text("[inherit]\nfile = d/d.ini\n[s]\na = b\n")
    (tmp_path / "c.ini").write_text("[s]\na = c\nb = c\nz = c\n[x]\n")
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "d.ini").write_text("[DEFAULT]\ne = 5\n[s]\nb = d\n")
    file = tmp_path / "trac.ini"
    file.write_bytes(text.encode())
    assert read_by_us(file) == read_by_trac(file)


def test_each_reads_what_the_other_saved(environment: Path) -> None:
    file = environment / "conf" / "trac.ini"
    config = Config.load(file)
    config.set("ticket", "default_description", "one\n\n [two]\nthree = 3")
    config.set("mine", "a.b", "ü ; #")
    config.remove("trac", "timeout")
    config.save()
    assert read_by_us(file) == read_by_trac(file)
    ours = read_by_us(file)
    run("trac-admin", str(environment), "config", "set", "mine", "z", "1")
    assert config.is_stale()
    ours["mine"]["z"] = "1"
    assert read_by_us(file) == ours
