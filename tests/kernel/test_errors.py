"""The six failures: what they say and which status they answer with."""

from __future__ import annotations

import pytest

from trackside.kernel.errors import (
    Conflict,
    Failure,
    Forbidden,
    Invalid,
    Misconfigured,
    NotFound,
    Unavailable,
)


def test_it_works() -> None:
    failure = NotFound("There is no page %(name)s.", name="Start")
    assert str(failure) == "There is no page Start."
    assert (failure.message, failure.arguments) == ("There is no page %(name)s.", {"name": "Start"})


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (Invalid, 400),
        (NotFound, 404),
        (Forbidden, 403),
        (Conflict, 409),
        (Unavailable, 503),
        (Misconfigured, 500),
    ],
)
def test_each_has_its_status(kind: type[Failure], status: int) -> None:
    assert kind("x").status == status


def test_there_are_six() -> None:
    own = [kind for kind in Failure.__subclasses__() if kind.__module__ == Failure.__module__]
    assert len(own) == 6


def test_invalid_tells_the_fields() -> None:
    fields = {"summary": "It is empty."}
    failure = Invalid("This cannot be saved.", fields)
    fields.clear()
    assert failure.fields == {"summary": "It is empty."}
    assert Invalid("x").fields == {}


def test_a_message_without_arguments_may_hold_a_percent_sign() -> None:
    assert str(Invalid("100% wrong")) == "100% wrong"
