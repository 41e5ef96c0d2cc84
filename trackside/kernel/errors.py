"""The six failures that anything may raise; one place each turns them into an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class Failure(Exception):
    """A situation that a person is told about.

    `message` is a catalogue id with `%(name)s` places; `arguments` fills them. It is
    translated where it is shown, never where it is raised.
    """

    status: ClassVar[int] = 500

    def __init__(self, message: str, **arguments: object) -> None:
        super().__init__(message)
        self.message = message
        self.arguments = arguments

    def __str__(self) -> str:
        return self.message % self.arguments if self.arguments else self.message


class Invalid(Failure):
    """What was sent cannot be accepted. `fields` maps a field name to what is wrong with it."""

    status = 400

    def __init__(self, message: str, fields: Mapping[str, str] | None = None, **arguments: object) -> None:
        super().__init__(message, **arguments)
        self.fields = dict(fields or {})


class NotFound(Failure):
    """There is no such thing, or it may not be known that there is."""

    status = 404


class Forbidden(Failure):
    """The actor lacks a permission."""

    status = 403


class Conflict(Failure):
    """Somebody else changed the same thing first."""

    status = 409


class Unavailable(Failure):
    """Something needed does not answer now; the same request may succeed later."""

    status = 503


class Misconfigured(Failure):
    """The site's files or settings are wrong; an administrator must act."""

    status = 500
