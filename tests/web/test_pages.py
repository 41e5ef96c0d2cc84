"""Which addresses a redirect may lead to."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.projects import make_project
from trackside.jobs.scope import open_work
from trackside.kernel.access import Actor
from trackside.kernel.href import Href
from trackside.kernel.work import Work
from trackside.web import pages


@pytest.fixture(scope="module", params=["", "/trac"])
def work(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Work]:
    project = make_project(tmp_path_factory.mktemp("pages") / "sample", ())
    with open_work(project, Actor(), "read", href=Href(request.param, "https://here.example")) as work:
        yield work


def test_it_works(work: Work) -> None:
    assert pages.is_ours(work, work.href("wiki", "Any page?", version=2))
    assert pages.is_ours(work, work.href("query") + "?status=new#top")


@pytest.mark.parametrize(
    "rest",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:",
        "https://evil.example/",
        "javascript:1",
    ],
)
def test_nowhere_else(work: Work, rest: str) -> None:
    assert not pages.is_ours(work, rest)
    assert not pages.is_ours(work, f" {rest}")


@pytest.mark.parametrize("address", ["/wiki\r\nX: 1", "/wiki\t", "/a\\b", "wiki", ""])
def test_nothing_odd(work: Work, address: str) -> None:
    assert not pages.is_ours(work, work.href.base + address if address.startswith("/") else address)


@pytest.mark.parametrize("work", ["/trac"], indirect=True)
@pytest.mark.parametrize("address", ["/trac2/wiki", "/tra", "/", "/other/trac/wiki"])
def test_no_other_project(work: Work, address: str) -> None:
    assert not pages.is_ours(work, address)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rest=st.text(st.sampled_from("/\\:@?#.%\t\r\n ehtpsvil-"), max_size=30))
def test_a_browser_stays_on_the_host(work: Work, rest: str) -> None:
    for address in (rest, f"{work.href.base}/{rest}"):
        if pages.is_ours(work, address):
            stripped = address.replace("\\", "/")
            assert urlsplit(urljoin("https://here.example/wiki", stripped)).netloc == "here.example"


def test_redirects_refuse_what_is_not_ours(work: Work) -> None:
    with pytest.raises(ValueError, match="this project only"):
        pages.redirect(work, None, "//evil.example")  # type: ignore[arg-type]
