"""`[trac] database` taken apart: which server or file, as whom, with which parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Literal
from urllib.parse import unquote

from trackside.kernel.errors import Misconfigured

Backend = Literal["sqlite", "postgresql", "mysql"]

MEMORY = ":memory:"
_BACKENDS: dict[str, Backend] = {"sqlite": "sqlite", "postgres": "postgresql", "mysql": "mysql"}
_MEANT = {"postgresql": "postgres", "psycopg": "postgres", "psycopg2": "postgres", "mariadb": "mysql"}
_DRIVERS: dict[Backend, tuple[str, str]] = {
    "postgresql": ("psycopg", "trackside[postgresql]"),
    "mysql": ("pymysql", "trackside[mysql]"),
}
_SECRET = re.compile(r"(//[^/@:]*:)[^/]*(@)")


@dataclass(frozen=True, slots=True)
class Address:
    """`path` is a file (SQLite) or the name of a database. Printing it shows no password."""

    backend: Backend
    scheme: str
    path: str
    host: str | None = None
    port: int | None = None
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def schema(self) -> str:
        return self.parameters.get("schema") or "public"


def mask(text: str) -> str:
    """The connection string as it may be shown to people."""
    return _SECRET.sub(r"\1***\2", text)


def parse(text: str) -> Address:
    """Read a connection string by Trac's rules, or say in one sentence what is wrong with it."""
    text = text.strip()
    if not text:
        raise Misconfigured("The option “database” in section [trac] must be set.")
    scheme, colon, rest = text.partition(":")
    if not colon:
        raise _wrong(text, "it does not begin with “sqlite:”, “postgres:” or “mysql:”")
    backend = _backend(scheme)
    rest, _, query = rest.partition("?")
    parameters = _parameters(text, query)
    if not rest.startswith("//") or rest.startswith("///"):
        return Address(backend, scheme, _plain_path(text, backend, rest), parameters=parameters)
    authority, _, path = rest[2:].partition("/")
    user, password, host, port = _authority(text, authority)
    path = unquote(path) if backend != "sqlite" else "/" + unquote(path)
    return Address(backend, scheme, _named(text, path), host, port, user, password, parameters)


def require_driver(backend: Backend) -> None:
    """Say what to install when the library that talks to this database is not there."""
    module, extra = _DRIVERS.get(backend, ("sqlite3", ""))
    if find_spec(module) is None:
        raise Misconfigured(
            "The library for this kind of database is not installed; run: pip install '%(extra)s'",
            extra=extra,
        )


def _wrong(text: str, reason: str) -> Misconfigured:
    return Misconfigured(
        "The database connection string “%(string)s” cannot be used: %(reason)s.",
        string=mask(text),
        reason=reason,
    )


def _backend(scheme: str) -> Backend:
    if scheme in _BACKENDS:
        return _BACKENDS[scheme]
    if scheme.lower() in _MEANT:
        raise Misconfigured(
            "Databases of kind “%(scheme)s” are not known; write “%(meant)s:” instead.",
            scheme=scheme,
            meant=_MEANT[scheme.lower()],
        )
    raise Misconfigured(
        "Databases of kind “%(scheme)s” are not known; use “sqlite:”, “postgres:” or “mysql:”.",
        scheme=scheme,
    )


def _parameters(text: str, query: str) -> dict[str, str]:
    parameters = {}
    for pair in filter(None, query.split("&")):
        name, equals, value = pair.partition("=")
        if not equals:
            raise _wrong(text, f"the parameter “{name}” has no value")
        parameters[name] = unquote(value)
    return parameters


def _plain_path(text: str, backend: Backend, rest: str) -> str:
    if backend == "sqlite":
        return _named(text, rest if rest == MEMORY else re.sub(r"^//+", "/", unquote(rest)))
    if not rest.startswith("/"):
        raise _wrong(text, "after the colon it needs “//” and a host")
    return _named(text, unquote(rest).strip("/"))


def _named(text: str, path: str) -> str:
    if not path.strip("/"):
        raise _wrong(text, "it names no database")
    return path


def _authority(text: str, authority: str) -> tuple[str | None, str | None, str | None, int | None]:
    login, _, place = authority.rpartition("@")
    user, _, password = login.partition(":")
    match = re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::(.*))?", place)
    if match is None or (match[2] and not match[2].isdecimal()):
        raise _wrong(text, "its port is not a number")
    host = match[1].strip("[]") or None
    port = int(match[2]) if match[2] else None
    return unquote(user) or None, unquote(password) or None, host, port
