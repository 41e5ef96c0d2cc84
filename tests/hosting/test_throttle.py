"""Guessers wait; people who mistype do not."""

from __future__ import annotations

import base64

from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from trackside.hosting.http_auth import HttpAuth
from trackside.hosting.throttle import FREE, LONGEST_SECONDS, Throttle


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_it_works() -> None:
    throttle = Throttle(Clock())
    for _ in range(FREE - 1):
        throttle.failed("joe")
    assert throttle.wait("joe") == 0
    throttle.failed("joe")
    assert throttle.wait("joe") == 1


def test_the_wait_doubles_up_to_a_limit() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    waits = []
    for _ in range(FREE + 12):
        throttle.failed("joe")
        waits.append(throttle.wait("joe"))
        clock.now += waits[-1]
    assert waits[FREE - 1 : FREE + 3] == [1, 2, 4, 8]
    assert waits[-1] == LONGEST_SECONDS


def test_a_right_password_forgives() -> None:
    throttle = Throttle(Clock())
    for _ in range(FREE + 1):
        throttle.failed("joe", "here")
    throttle.succeeded("joe", "here")
    assert throttle.wait("joe", "here") == 0


class Sesame:
    """A scheme whose only password is `sesame`."""

    def user(self, environ: dict[str, object]) -> str | None:
        _, _, credentials = str(environ["HTTP_AUTHORIZATION"]).partition(" ")
        name, _, password = base64.b64decode(credentials).decode().partition(":")
        return name if password == "sesame" else None

    def challenge(self) -> str:
        return "Basic"


@Request.application
def who(request: Request) -> Response:
    return Response(request.environ["REMOTE_USER"])


def test_over_http() -> None:
    clock = Clock()
    client = Client(HttpAuth(who, {"*": Sesame()}, throttle=Throttle(clock)))
    wrong, right = ("joe", "guess"), ("joe", "sesame")
    statuses = [client.get("/demo/login", auth=wrong).status_code for _ in range(FREE + 1)]
    assert statuses == [401] * FREE + [429]
    answer = client.get("/demo/login", auth=right)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
    clock.now += 1
    assert client.get("/demo/login", auth=right).text == "joe"
    assert client.get("/demo/login", auth=wrong).status_code == 401
