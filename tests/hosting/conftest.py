"""A new environment for each test, copied from one that was made once."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from trackside.hosting import environment


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "env"
    environment.create(path, name="Pond")
    return path


@pytest.fixture
def make_env(made_once: Path, tmp_path: Path) -> Callable[[str], Path]:
    """An environment of this name below the test's directory; its project is called `Pond <name>`."""

    def make(name: str) -> Path:
        path = tmp_path / name
        shutil.copytree(made_once, path)
        edit_ini(path, "name = Pond", f"name = Pond {name}")
        return path

    return make


@pytest.fixture
def env(make_env: Callable[[str], Path]) -> Path:
    return make_env("env")


def edit_ini(path: Path, old: str, new: str) -> None:
    ini = path / "conf" / "trac.ini"
    text = ini.read_text(encoding="utf-8")
    assert old in text
    ini.write_text(text.replace(old, new, 1), encoding="utf-8")
