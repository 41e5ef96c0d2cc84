"""Password files as Apache's own tools write them."""

from __future__ import annotations

import hashlib
import os
import subprocess
import time
from pathlib import Path

import pytest

from trackside.features.people import passwords
from trackside.features.people.passwords import HtdigestFile, HtpasswdFile
from trackside.kernel.errors import Misconfigured

SECRET = "pass:wörd"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "users"


def add(path: Path, user: str, kind: str, password: str = SECRET) -> None:
    create = [] if path.exists() else ["-c"]
    subprocess.run(["htpasswd", "-b", *create, kind, path, user, password], check=True, capture_output=True)


def test_it_works(path: Path) -> None:
    add(path, "dan", "-m")
    file = HtpasswdFile(path)
    assert file.check("dan", SECRET)
    assert not file.check("dan", SECRET + "x") and not file.check("dan", "") and not file.check("eve", SECRET)


@pytest.mark.parametrize("kind", ["-m", "-B", "-2", "-5", "-s", "-d"])
def test_every_kind(path: Path, kind: str) -> None:
    add(path, "dan", kind, "secret")
    assert HtpasswdFile(path).check("dan", "secret") and not HtpasswdFile(path).check("dan", "Secret")


def test_no_plain_text(path: Path) -> None:
    path.write_text("dan:secret\neve:\n")
    for user, password in (("dan", "secret"), ("eve", ""), ("", "")):
        assert not HtpasswdFile(path).check(user, password)


def test_hostile_passwords(path: Path) -> None:
    add(path, "dan", "-B")
    file = HtpasswdFile(path)
    for password in ("\0", "x" * 100_000, "\ud800", "\N{PILE OF POO}"):
        assert not file.check("dan", password) and not file.check("dan\0", password)


def test_read_again_when_it_changes(path: Path) -> None:
    add(path, "dan", "-s", "one")
    file = HtpasswdFile(path)
    assert file.check("dan", "one")
    add(path, "dan", "-s", "other")
    os.utime(path, ns=(1, 1))
    assert file.check("dan", "other") and not file.check("dan", "one")


def test_comments_and_blank_lines(path: Path) -> None:
    add(path, "dan", "-m")
    path.write_text(f"# people:of\n\n{path.read_text()}\nnonsense\n", encoding="utf-8")
    assert HtpasswdFile(path).check("dan", SECRET) and not HtpasswdFile(path).check("# people", "of")


def test_a_file_that_cannot_be_read(path: Path) -> None:
    with pytest.raises(Misconfigured, match="users"):
        HtpasswdFile(path).check("dan", "x")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(Misconfigured):
        HtpasswdFile(path).check("dan", "x")


def test_a_name_that_is_not_there_costs_the_same(path: Path) -> None:
    subprocess.run(["htpasswd", "-bcB", "-C", "8", path, "dan", "x"], check=True, capture_output=True)
    file = HtpasswdFile(path)
    file.check("dan", "y")

    def seconds(user: str) -> float:
        start = time.perf_counter()
        for _ in range(5):
            file.check(user, "y")
        return time.perf_counter() - start

    assert seconds("nobody") > seconds("dan") / 3


def test_nobody_has_a_hash_that_costs_something() -> None:
    assert passwords._CONTEXT.identify(passwords._NOBODY) == "apr_md5_crypt"
    assert not passwords._verify("", passwords._NOBODY)


def test_digest(path: Path) -> None:
    ha1 = hashlib.md5(b"dan:my: realm:secret", usedforsecurity=False).hexdigest()
    path.write_text(f"dan:my: realm:{ha1.upper()}\nbroken line\n")
    file = HtdigestFile(path)
    assert file.ha1("dan", "my: realm") == ha1
    assert file.ha1("dan", "other") is None and file.ha1("eve", "my: realm") is None
