"""The two bars as trac.ini arranges them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.projects import make_project
from trackside.jobs.scope import open_work
from trackside.kernel.access import Actor
from trackside.kernel.feature import Feature, Navigation
from trackside.kernel.href import Href
from trackside.kernel.work import Work
from trackside.web import navigation


def _link(name: str) -> Navigation:
    def address(work: Work) -> str | None:
        return work.href(name)

    order = {"wiki": 1, "roadmap": 2}.get(name, 3)
    return Navigation("metanav" if name == "prefs" else "mainnav", name, name.title(), address, order)


def _hidden(work: Work) -> str | None:
    return None


SAMPLE = Feature(
    "sample",
    navigation=(
        *map(_link, ("wiki", "roadmap", "prefs")),
        Navigation("mainnav", "secret", "Secret", _hidden, 9),
    ),
)


def bars(folder: Path, ini: str, path: str = "/elsewhere") -> dict[str, list[tuple[str, str, str]]]:
    project = make_project(folder / "sample", (SAMPLE,), f"[project]\nname = S\n{ini}")
    with open_work(project, Actor(), "read", href=Href("/trac", "https://here.example")) as work:
        return {
            bar: [
                (item.name, item.label, item.href + ("*" if item.is_active else ""))
                for item in navigation.visible(work, bar, path)
            ]
            for bar in navigation.BARS
        }


def test_it_works(tmp_path: Path) -> None:
    assert bars(tmp_path, "", "/milestone/1.0") == {
        "mainnav": [("wiki", "Wiki", "/trac/wiki"), ("roadmap", "Roadmap", "/trac/roadmap*")],
        "metanav": [("prefs", "Prefs", "/trac/prefs")],
    }


@pytest.mark.parametrize(
    ("ini", "main"),
    [
        (
            "[mainnav]\nwiki.label = Pages",
            [("wiki", "Pages", "/trac/wiki"), ("roadmap", "Roadmap", "/trac/roadmap")],
        ),
        ("[mainnav]\nwiki = disabled", [("roadmap", "Roadmap", "/trac/roadmap")]),
        (
            "[mainnav]\nwiki.order = 5",
            [("roadmap", "Roadmap", "/trac/roadmap"), ("wiki", "Wiki", "/trac/wiki")],
        ),
        (
            "[mainnav]\nwiki.order = soon",
            [("roadmap", "Roadmap", "/trac/roadmap"), ("wiki", "Wiki", "/trac/wiki")],
        ),
        ("[mainnav]\nwiki.href = /wiki/Start\nroadmap = off", [("wiki", "Wiki", "/trac/wiki/Start")]),
        (
            "[mainnav]\nwiki = no\nroadmap = no\nbuilds = enabled\nbuilds.href = https://ci.example/",
            [("builds", "builds", "https://ci.example/")],
        ),
        ("[mainnav]\nwiki = no\nroadmap = no\nnothing = enabled", []),
        ("[metanav]\nwiki = enabled", [("roadmap", "Roadmap", "/trac/roadmap")]),
        ("[mainnav]\nsecret = enabled\nwiki = off\nroadmap = off", []),
    ],
)
def test_the_bar_is_arranged(tmp_path: Path, ini: str, main: list[tuple[str, str, str]]) -> None:
    assert bars(tmp_path, ini)["mainnav"] == main


def test_an_entry_moves_to_the_other_bar(tmp_path: Path) -> None:
    names = [name for name, _, _ in bars(tmp_path, "[metanav]\nwiki = enabled")["metanav"]]
    assert names == ["wiki", "prefs"]
