"""htpasswd and htdigest files: checked in constant time, read again when they change."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Generic, TypeVar

from passlib.context import CryptContext

from trackside.kernel.errors import Misconfigured

T = TypeVar("T")
# What htpasswd of Apache writes, and what its manual warns of but old files hold.
_CONTEXT = CryptContext(
    ["bcrypt", "sha512_crypt", "sha256_crypt", "apr_md5_crypt", "ldap_sha1", "md5_crypt", "des_crypt"]
)
_NOBODY = "$apr1$trackside$9ErOqlQ2K4FzUpz1Lr0YB."


class _Reloaded(Generic[T]):
    """What a file says, as of its last change."""

    def __init__(self, path: Path, parse: Callable[[str], T]) -> None:
        self._path = path
        self._parse = parse
        self._lock = threading.Lock()
        self._held: tuple[tuple[int, int], T] | None = None

    def get(self) -> T:
        try:
            status = os.stat(self._path)
            stamp = (status.st_mtime_ns, status.st_size)
            with self._lock:
                if self._held is None or self._held[0] != stamp:
                    self._held = (stamp, self._parse(self._path.read_text(encoding="utf-8")))
                return self._held[1]
        except (OSError, UnicodeDecodeError) as error:
            raise Misconfigured(
                "The password file %(path)s cannot be read (%(reason)s).",
                path=self._path,
                reason=getattr(error, "strerror", None) or "it is not UTF-8 text",
            ) from None


def _pairs(text: str) -> Mapping[str, str]:
    lines = (line.strip() for line in text.splitlines())
    rows = (line.split(":", 1) for line in lines if ":" in line and not line.startswith("#"))
    return {name: rest for name, rest in rows}


class HtpasswdFile:
    """Names and password hashes as Apache's htpasswd writes them."""

    def __init__(self, path: Path) -> None:
        self._hashes: _Reloaded[Mapping[str, str]] = _Reloaded(path, _pairs)

    def check(self, user: str, password: str) -> bool:
        """Whether the password is right; a name that is not there costs the same time."""
        hashes = self._hashes.get()
        found = hashes.get(user)
        is_right = _verify(password, found or next(iter(hashes.values()), _NOBODY))
        return is_right and found is not None


def _verify(password: str, hashed: str) -> bool:
    try:
        return bool(_CONTEXT.verify(password, hashed))
    except (ValueError, TypeError):
        return False


class HtdigestFile:
    """Names, realms and hashes as Apache's htdigest writes them."""

    def __init__(self, path: Path) -> None:
        self._rows: _Reloaded[Mapping[str, str]] = _Reloaded(path, _digests)

    def ha1(self, user: str, realm: str) -> str | None:
        """The MD5 of `user:realm:password`."""
        return self._rows.get().get(f"{user}:{realm}")


def _digests(text: str) -> Mapping[str, str]:
    rows = (line.strip().rsplit(":", 1) for line in text.splitlines() if line.count(":") >= 2)
    return {key: digest.lower() for key, digest in rows}
