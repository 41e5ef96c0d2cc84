"""Connection strings by Trac's rules, and what is said of wrong ones without showing a password."""

from __future__ import annotations

import pytest

from trackside.db import connection_string
from trackside.db.connection_string import Address, mask, parse, require_driver
from trackside.kernel.errors import Misconfigured


def test_it_works() -> None:
    found = parse("postgres://joe:s%40cret@db.example:5433/trac?schema=one")
    assert found == Address(
        "postgresql", "postgres", "trac", "db.example", 5433, "joe", "s@cret", {"schema": "one"}
    )
    assert found.schema == "one"
    assert "cret" not in repr(found)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("sqlite:db/trac.db", "db/trac.db"),
        ("sqlite:/srv/trac.db", "/srv/trac.db"),
        ("sqlite:///srv/trac.db", "/srv/trac.db"),
        ("sqlite::memory:", ":memory:"),
        (" sqlite:db/a%20b.db?timeout=3 ", "db/a b.db"),
    ],
)
def test_files(text: str, path: str) -> None:
    assert parse(text).path == path
    assert parse(text).backend == "sqlite"


@pytest.mark.parametrize(
    ("text", "host", "port", "user"),
    [
        ("postgres:///trac", None, None, None),
        ("postgres:/trac", None, None, None),
        ("postgres://host/trac", "host", None, None),
        ("postgres://joe@:5433/trac?host=/run", None, 5433, "joe"),
        ("mysql://joe@[::1]:3307/trac", "::1", 3307, "joe"),
        ("mysql://jo%40e:p@ss@host/trac", "host", None, "jo@e"),
    ],
)
def test_servers(text: str, host: str | None, port: int | None, user: str | None) -> None:
    found = parse(text)
    assert (found.host, found.port, found.user, found.path) == (host, port, user, "trac")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must be set"),
        ("trac.db", "does not begin"),
        ("oracle://host/trac", "oracle"),
        ("postgresql://host/trac", "write “postgres:”"),
        ("mariadb://host/trac", "write “mysql:”"),
        ("postgres:trac", "needs “//”"),
        ("postgres://joe:secret@host:port/trac", "port"),
        ("postgres://joe:secret@host/", "names no database"),
        ("sqlite:", "names no database"),
        ("mysql://joe:secret@host/trac?compress", "“compress” has no value"),
    ],
)
def test_wrong_ones_are_explained(text: str, said: str) -> None:
    with pytest.raises(Misconfigured, match=said) as caught:
        parse(text)
    assert "secret" not in str(caught.value)


def test_passwords_are_masked() -> None:
    assert mask("postgres://joe:secret@host/trac") == "postgres://joe:***@host/trac"
    assert mask("mysql://joe:se:cr@et@host/trac") == "mysql://joe:***@host/trac"
    assert mask("sqlite:db/trac.db") == "sqlite:db/trac.db"


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_string, "find_spec", lambda name: None)
    with pytest.raises(Misconfigured, match=r"pip install 'trackside\[postgresql\]'"):
        require_driver("postgresql")
    with pytest.raises(Misconfigured, match=r"pip install 'trackside\[mysql\]'"):
        require_driver("mysql")
