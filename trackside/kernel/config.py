"""trac.ini with the files that it inherits from: read, look up, and write back."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from trackside.kernel import ini
from trackside.kernel.errors import Invalid, Misconfigured, Unavailable
from trackside.kernel.i18n import N_

Stamp = tuple[tuple[str, int, int], ...]
_MISSING = (0, -1)
_REFUSALS = (errno.EACCES, errno.EPERM, errno.EROFS)
_STEPS = (1_000_000, 1_000_000_000, 2_000_000_000)


@dataclass(frozen=True, slots=True)
class _File:
    path: str
    stamp: tuple[int, int]
    values: ini.Values
    warnings: tuple[str, ...] = ()


class Config:
    """One trac.ini. Sections are told apart by case, options are not.

    To change a file, load it anew, `set` and `save`: a Project's own Config is shared by its readers.
    """

    __slots__ = ("_changes", "_files", "_layers", "path")

    def __init__(self, path: Path, files: list[_File]) -> None:
        self.path = path
        self._changes: dict[tuple[str, str], str | None] = {}
        self._adopt(files)

    def _adopt(self, files: list[_File]) -> None:
        self._files = tuple(files)
        self._layers = [file.values for file in files]
        self._changes.clear()

    @classmethod
    def load(cls, path: Path) -> Config:
        """Read the file and all that it inherits from. Raises Misconfigured for what cannot be read."""
        return cls(path, _read_chain(path))

    @classmethod
    def empty(cls, path: Path) -> Config:
        """A file still to be written."""
        return cls(path, [_File(str(path), _MISSING, {})])

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was tolerated, though Trac 1.6 would refuse it or older lines read it otherwise."""
        return tuple(warning for file in self._files for warning in file.warnings)

    def find(self, section: str, option: str) -> str | None:
        """The value of the own file or of the first inherited one that has it; None where none has."""
        return _find(self._layers, section, option.lower())

    def get(self, section: str, option: str, default: str = "") -> str:
        value = self.find(section, option)
        return default if value is None else value

    def has(self, section: str, option: str) -> bool:
        return self.find(section, option) is not None

    def own(self, section: str, option: str) -> str | None:
        """What the own file says, whatever it inherits."""
        return _find(self._layers[:1], section, option.lower())

    def inherited(self, section: str, option: str) -> str | None:
        """What would count if the own file said nothing."""
        return _find(self._layers[1:], section, option.lower())

    def items(self, section: str) -> dict[str, str]:
        """All options of a section with their values: the own file's in its order, then inherited ones."""
        merged: dict[str, str] = {}
        for layer in self._layers:
            if section in layer:
                for option, value in (*layer[section].items(), *layer.get(ini.DEFAULT, {}).items()):
                    merged.setdefault(option, value)
        return merged

    def sections(self) -> list[str]:
        names = dict.fromkeys(name for layer in self._layers for name in layer)
        return [name for name in names if name != ini.DEFAULT]

    def set(self, section: str, option: str, value: str) -> None:
        """Change an option here; `save` writes it. A value that is inherited anyway is left out."""
        section, option, value = ini.clean_section(section), ini.clean_option(option), ini.clean_value(value)
        is_default = option in self._layers[0].get(ini.DEFAULT, {})
        if value == _find(self._layers[1:], section, option) and not is_default:
            self.remove(section, option)
            return
        self._own_layer().setdefault(section, {})[option] = value
        self._changes[section, option] = value

    def remove(self, section: str, option: str) -> None:
        option = option.strip().lower()
        options = self._own_layer().get(section, {})
        if option in options:
            del options[option]
            if not options:
                del self._own_layer()[section]
            self._changes[section, option] = None

    def _own_layer(self) -> ini.Values:
        """The own values, as a copy of those that were read, for a failing `save` returns to these."""
        if self._layers[0] is self._files[0].values:
            self._layers[0] = {name: dict(options) for name, options in self._layers[0].items()}
        return self._layers[0]

    def save(self) -> None:
        """Write what was set and removed into the file as it is now, and read it again.

        When that fails, nothing has changed: neither the file nor what this Config knows.
        """
        if not self._changes:
            return
        try:
            self._write()
            files = _read_chain(self.path)
        except BaseException:
            self._layers[0] = self._files[0].values
            self._changes.clear()
            raise
        self._adopt(files)

    def touch(self) -> None:
        """Give the file another time, so that every process reads it again."""
        _make_differ(str(self.path), os.stat(self.path))

    def _write(self) -> None:
        target = os.path.realpath(self.path)
        try:
            with _locked(os.path.dirname(target)):
                _replace(target, self._new_content(target))
        except OSError as error:
            message = N_("%(file)s cannot be written: %(reason)s.")
            kind = Misconfigured if error.errno in _REFUSALS else Unavailable
            raise kind(message, file=self.path, reason=error.strerror or error) from error

    def _new_content(self, target: str) -> bytes:
        changes = self._changes
        if self._files[0].stamp == _MISSING and not os.path.exists(target):
            document = ini.parse(f"{ini.CODING}\n\n".encode(), str(self.path))
            changes = dict(sorted(changes.items()))
        else:
            document = ini.parse(Path(target).read_bytes(), str(self.path))
        try:
            return ini.edit(document, changes).encode(document.encoding)
        except UnicodeEncodeError as error:
            raise Invalid(
                "%(file)s cannot take “%(text)s”: it is not written in UTF-8.",
                file=self.path,
                text=error.object[error.start : error.end].encode("ascii", "backslashreplace").decode(),
            ) from error

    def resolve_path(self, value: str) -> Path | None:
        """A path option's value: relative to the directory of the own trac.ini, None when empty."""
        return Path(os.path.realpath(self.path.parent / value)) if value else None

    def stamp(self) -> Stamp:
        """Path, time and size of every file that was read or looked for, as they were then."""
        return tuple((file.path, *file.stamp) for file in self._files)

    def is_stale(self) -> bool:
        """Whether any of the files changed, vanished or appeared since."""
        return any(_stamp_of(file.path) != file.stamp for file in self._files)


def _find(layers: list[ini.Values], section: str, option: str) -> str | None:
    for layer in layers:
        options = layer.get(section)
        if options is not None:
            value = options.get(option)
            if value is None and ini.DEFAULT in layer:
                value = layer[ini.DEFAULT].get(option)
            if value is not None:
                return value
    return None


def _stamp_of(path: str) -> tuple[int, int]:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return _MISSING
    return status.st_mtime_ns, status.st_size


def _read_chain(path: Path) -> list[_File]:
    """The file and its ancestors in the order in which they are asked; each file once."""
    own = _read(str(path))
    if own is None:
        raise _absence(path)
    files: dict[str, _File] = {os.path.realpath(path): own}
    _read_ancestors(own, files)
    return list(files.values())


def _absence(path: Path) -> Misconfigured:
    try:
        path.stat()
    except FileNotFoundError:
        return Misconfigured("The configuration file %(file)s does not exist.", file=path)
    except OSError as error:
        return _unreadable(str(path), error)
    return Misconfigured("The configuration file %(file)s is not a file.", file=path)


def _unreadable(path: str, error: OSError) -> Misconfigured:
    reason = error.strerror or error
    return Misconfigured("%(file)s cannot be read: %(reason)s.", file=path, reason=reason)


def _read_ancestors(file: _File, files: dict[str, _File]) -> None:
    for entry in (file.values.get("inherit", {}).get("file") or "").split(","):
        if not entry.strip():
            continue
        path = os.path.join(os.path.dirname(file.path), entry.strip())
        key = os.path.realpath(path)
        if key not in files:
            files[key] = _read(path) or _File(path, _stamp_of(path), {})
            _read_ancestors(files[key], files)


def _read(path: str) -> _File | None:
    """One file, or None when there is none."""
    try:
        if not os.path.isfile(path):
            return None
        with open(path, "rb") as stream:
            status = os.fstat(stream.fileno())
            data = stream.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(path, error) from error
    document = ini.parse(data, path)
    return _File(path, (status.st_mtime_ns, status.st_size), document.values, tuple(document.warnings))


@contextmanager
def _locked(directory: str) -> Iterator[None]:
    """One writer at a time, so that none loses what another just wrote."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        # Some network file systems know no locks; the replacement is still atomic there.
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _replace(target: str, content: bytes) -> None:
    """Put a new file in the place of the old one, with its mode, owner and group and another time."""
    handle, temporary = tempfile.mkstemp(prefix=".trac.ini-", dir=os.path.dirname(target))
    try:
        with open(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if os.path.exists(target):
            _copy_marks(target, temporary)
        os.replace(temporary, target)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _copy_marks(old: str, new: str) -> None:
    before = os.stat(old)
    for owner in (before.st_uid, -1):
        with suppress(OSError):
            os.chown(new, owner, before.st_gid)
            break
    with suppress(OSError):
        shutil.copymode(old, new)
    _make_differ(new, before)


def _make_differ(path: str, before: os.stat_result) -> None:
    """Set the file to another time than before, by as much as survives rounding, here or on the disk."""
    for step in _STEPS:
        if abs(os.stat(path).st_mtime_ns - before.st_mtime_ns) >= 1_000_000:
            break
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + step))
