"""trac.ini with what it inherits: look-up, change detection, and writing that loses nothing."""

from __future__ import annotations

import os
import resource
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackside.kernel.config import Config
from trackside.kernel.errors import Failure, Invalid, Misconfigured, Unavailable


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def load(folder: Path, text: str) -> Config:
    return Config.load(write(folder, "trac.ini", text))


def test_it_works(folder: Path) -> None:
    config = load(folder, "[trac]\nBase_URL = http://x/\nempty =\n")
    assert config.get("trac", "base_url") == config.get("trac", "BASE_url") == "http://x/"
    assert config.get("trac", "empty", "default") == ""
    assert config.get("trac", "absent", "default") == "default"
    assert config.get("Trac", "base_url") == ""
    assert config.has("trac", "empty")
    assert not config.has("trac", "absent")
    assert config.items("trac") == {"base_url": "http://x/", "empty": ""}
    assert config.items("nowhere") == {}
    assert config.sections() == ["trac"]
    assert config.warnings == ()


def test_defaults_apply_to_the_sections_of_the_file(folder: Path) -> None:
    config = load(folder, "[DEFAULT]\nx = 1\n[a]\ny = 2\n")
    assert config.items("a") == {"y": "2", "x": "1"}
    assert config.get("a", "x") == config.get("DEFAULT", "x") == "1"
    assert not config.has("b", "x")
    assert config.sections() == ["a"]


def test_earlier_ancestors_win_and_are_asked_depth_first(folder: Path) -> None:
    write(folder, "b.ini", "[inherit]\nfile = sub/d.ini\n[s]\na = b\n")
    write(folder, "sub/d.ini", "[s]\nb = d\n[t]\n")
    write(folder, "c.ini", "[DEFAULT]\nq = 7\n[s]\na = c\nb = c\nc = c\nz = c\n")
    config = load(folder, "[inherit]\nfile = b.ini,\n  c.ini\n[s]\nz =\n")
    assert {name: config.get("s", name) for name in "abczq"} == {
        "a": "b",
        "b": "d",
        "c": "c",
        "z": "",
        "q": "7",
    }
    assert list(config.items("s")) == ["z", "a", "b", "c", "q"]
    assert config.sections() == ["inherit", "s", "t"]
    assert not config.has("t", "q")
    assert (config.own("s", "a"), config.inherited("s", "a")) == (None, "b")
    assert (config.own("s", "z"), config.inherited("s", "z")) == ("", "c")


def test_a_circle_of_files_ends(folder: Path) -> None:
    write(folder, "b.ini", "[inherit]\nfile = trac.ini, ./b.ini\n[s]\na = b\n")
    config = load(folder, f"[inherit]\nfile = b.ini, ../{folder.name}/trac.ini\n")
    assert config.get("s", "a") == "b"
    assert len(config.stamp()) == 2


def test_paths_count_from_the_own_file(folder: Path) -> None:
    write(folder, "shared/base.ini", "[inherit]\nplugins_dir = plugins\n")
    config = load(folder, "[inherit]\nfile = shared/base.ini\n")
    assert config.resolve_path(config.get("inherit", "plugins_dir")) == folder.resolve() / "plugins"
    assert config.resolve_path("/a/../b") == Path("/b")
    assert config.resolve_path("") is None


def test_what_is_missing_or_broken_is_named(folder: Path) -> None:
    with pytest.raises(Misconfigured, match=r"^The configuration file .*/trac\.ini does not exist\.$"):
        Config.load(folder / "trac.ini")
    with pytest.raises(Misconfigured, match=r"is not a file\.$"):
        Config.load(folder)
    (folder / "loop").symlink_to(folder / "loop")
    with pytest.raises(Misconfigured, match=r"/loop cannot be read: Too many levels of symbolic links\.$"):
        Config.load(folder / "loop")
    write(folder, "base.ini", "[a]\nx = 1\nnonsense\n")
    with pytest.raises(Misconfigured, match=r"/base\.ini, line 3: “nonsense” is neither"):
        load(folder, "[inherit]\nfile = base.ini")


def test_a_file_that_cannot_be_read_is_named() -> None:
    with pytest.raises(Misconfigured, match="^/proc/self/mem cannot be read: Input/output error.$"):
        Config.load(Path("/proc/self/mem"))


def test_warnings_tell_of_all_files(folder: Path) -> None:
    write(folder, "base.ini", "[a]\nx = 1\nx = 2\n")
    config = load(folder, "[inherit]\nfile = base.ini\n[inherit]\n")
    assert len(config.warnings) == 2
    assert "base.ini, line 3" in config.warnings[1]


def test_any_change_of_any_file_is_noticed(folder: Path) -> None:
    base = write(folder, "base.ini", "[a]\nx = 1\n")
    config = load(folder, "[inherit]\nfile = base.ini, later.ini\n")
    assert [Path(path).name for path, _, _ in config.stamp()] == ["trac.ini", "base.ini", "later.ini"]
    assert not config.is_stale()
    os.utime(base, ns=(1, 1))
    assert config.is_stale()
    config = Config.load(config.path)
    assert not config.is_stale()
    later = write(folder, "later.ini", "[a]\nx = 2\n")
    assert config.is_stale()
    config = Config.load(config.path)
    assert not config.is_stale()
    later.unlink()
    assert config.is_stale()


def test_touching_makes_every_reader_read_again(folder: Path) -> None:
    config = load(folder, "[a]\nx = 1\n")
    other = Config.load(config.path)
    config.touch()
    assert other.is_stale()


def test_what_is_saved_is_read_by_others(folder: Path) -> None:
    config = load(folder, "# hello\n[a]\nx = 1\ny = 2\n")
    other = Config.load(config.path)
    config.set("a", "X", " 3 ")
    config.set("b", "z", "1\n2")
    config.remove("a", "y")
    config.remove("a", "absent")
    assert config.items("a") == {"x": "3"}
    assert other.items("a") == {"x": "1", "y": "2"}
    config.save()
    assert other.is_stale()
    assert not config.is_stale()
    assert config.path.read_text() == "# hello\n[a]\nx = 3\n\n[b]\nz = 1\n\t2\n\n"
    assert Config.load(config.path).items("b") == config.items("b") == {"z": "1\n2"}


def test_saving_nothing_writes_nothing(folder: Path) -> None:
    config = load(folder, "[a]\nx = 1\n")
    before = config.stamp()
    config.save()
    config.set("a", "x", "2")
    config.set("a", "x", "1")
    config.save()
    assert config.path.read_text() == "[a]\nx = 1\n"
    assert len(before) == len(config.stamp())


def test_a_new_file_has_tracs_form(folder: Path) -> None:
    config = Config.empty(folder / "trac.ini")
    config.set("trac", "b", "")
    config.set("attachment", "max_size", "1")
    config.set("trac", "a", "1\n2")
    config.save()
    assert config.path.read_text() == (
        "# -*- coding: utf-8 -*-\n\n[attachment]\nmax_size = 1\n\n[trac]\na = 1\n\t2\nb = \n\n"
    )
    assert stat.S_IMODE(config.path.stat().st_mode) == 0o600
    assert not config.is_stale()


def test_a_value_that_is_inherited_is_left_out(folder: Path) -> None:
    write(folder, "base.ini", "[a]\nx = 1\n")
    config = load(folder, "[inherit]\nfile = base.ini\n[a]\nx = 2\n")
    config.set("a", "x", "1")
    assert config.own("a", "x") is None
    assert config.get("a", "x") == "1"
    config.save()
    assert config.path.read_text() == "[inherit]\nfile = base.ini\n"
    config.set("a", "x", "")
    config.save()
    assert Config.load(config.path).get("a", "x", "default") == ""


def test_a_value_stays_where_a_default_of_the_own_file_would_hide_it(folder: Path) -> None:
    write(folder, "base.ini", "[a]\nx = 1\n")
    config = load(folder, "[inherit]\nfile = base.ini\n[DEFAULT]\nx = 9\n[a]\nx = 2\n")
    config.set("a", "x", "1")
    config.save()
    assert Config.load(config.path).get("a", "x") == "1"


def test_the_chain_follows_a_changed_inherit_option(folder: Path) -> None:
    write(folder, "base.ini", "[a]\nx = 1\n")
    config = load(folder, "[a]\ny = 1\n")
    config.set("inherit", "file", "base.ini")
    config.save()
    assert config.items("a") == {"y": "1", "x": "1"}


def test_mode_and_link_of_the_file_are_kept(folder: Path) -> None:
    real = write(folder, "real.ini", "[a]\nx = 1\n")
    real.chmod(0o640)
    link = folder / "trac.ini"
    link.symlink_to(real)
    config = Config.load(link)
    config.set("a", "x", "2")
    config.save()
    assert link.is_symlink()
    assert real.read_text() == "[a]\nx = 2\n"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert sorted(entry.name for entry in folder.iterdir()) == ["real.ini", "trac.ini"]


def test_what_others_wrote_meanwhile_is_kept(folder: Path) -> None:
    first = load(folder, "[a]\nx = 1\n")
    second = Config.load(first.path)
    first.set("a", "y", "2")
    first.save()
    second.set("a", "z", "3")
    second.save()
    assert second.items("a") == {"x": "1", "y": "2", "z": "3"}


def test_writers_at_the_same_time_lose_nothing(folder: Path) -> None:
    path = write(folder, "trac.ini", "[a]\n")

    def add(name: str) -> None:
        config = Config.load(path)
        config.set("a", name, "1")
        config.save()

    threads = [threading.Thread(target=add, args=(f"n{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(Config.load(path).items("a")) == {f"n{number}" for number in range(8)}


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_changes_nothing(folder: Path) -> None:
    config = load(folder, "[a]\nx = 1\n")
    config.set("a", "x", "2" * 5000)
    config.remove("a", "y")
    with (
        files_of_at_most(1000),
        pytest.raises(Unavailable, match="trac.ini cannot be written: File too large"),
    ):
        config.save()
    assert config.items("a") == {"x": "1"}
    assert config.path.read_text() == "[a]\nx = 1\n"
    assert [entry.name for entry in folder.iterdir()] == ["trac.ini"]
    config.set("a", "y", "3")
    config.save()
    assert config.path.read_text() == "[a]\nx = 1\ny = 3\n"


def test_a_file_that_went_away_or_broke_is_not_written(folder: Path) -> None:
    config = load(folder, "[a]\nx = 1\n")
    config.set("a", "x", "2")
    config.path.write_text("nonsense")
    with pytest.raises(Misconfigured):
        config.save()
    assert config.get("a", "x") == "1"
    config.set("a", "x", "2")
    config.path.unlink()
    with pytest.raises(Failure):
        config.save()
    assert not config.path.exists()


def test_a_latin_1_file_stays_one(folder: Path) -> None:
    path = folder / "trac.ini"
    path.write_bytes(b"[a]\nx = M\xfcller\ny = 1\n")
    config = Config.load(path)
    assert config.get("a", "x") == "Müller"
    config.set("a", "y", "é")
    config.save()
    assert path.read_bytes() == b"[a]\nx = M\xfcller\ny = \xe9\n"
    config.set("a", "y", "日")
    with pytest.raises(Invalid, match="it is not written in UTF-8"):
        config.save()
    assert config.get("a", "y") == "é"


@given(value=st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_value_that_is_taken_is_given_back(value: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    config = Config.empty(tmp_path_factory.mktemp("conf") / "trac.ini")
    try:
        config.set("a", "x", value)
    except Invalid:
        return
    config.save()
    lines = [line.strip() for line in value.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    assert Config.load(config.path).get("a", "x") == config.get("a", "x") == "\n".join(lines).rstrip()
