"""A project opens only as safely as it was served before."""

from __future__ import annotations

from pathlib import Path

import pytest

from trackside.hosting import adopt, environment
from trackside.hosting.opening import open_project
from trackside.kernel.config import Config
from trackside.kernel.errors import Misconfigured

CAREFUL = (
    "ReadonlyWikiPolicy,DefaultWikiPolicy,DefaultTicketPolicy,DefaultPermissionPolicy,LegacyAttachmentPolicy"
)


@pytest.fixture
def env(tmp_path: Path) -> Path:
    environment.create(tmp_path / "env", name="Careful")
    return tmp_path / "env"


def set_policies(env: Path, value: str | None) -> None:
    config = Config.load(env / "conf" / "trac.ini")
    if value is None:
        config.remove("trac", "permission_policies")
    else:
        config.set("trac", "permission_policies", value)
    config.save()


def names(env: Path) -> str:
    return ",".join(policy.name for policy in open_project(env).policies)


def test_it_works(env: Path) -> None:
    set_policies(env, CAREFUL)
    assert names(env) == CAREFUL


def test_policies_that_are_lost_close_the_project(env: Path) -> None:
    set_policies(env, CAREFUL)
    open_project(env)
    set_policies(env, None)
    with pytest.raises(Misconfigured, match="has lost"):
        open_project(env)
    set_policies(env, CAREFUL)
    assert names(env) == CAREFUL


def test_policies_may_be_changed_on_purpose(env: Path) -> None:
    set_policies(env, CAREFUL)
    open_project(env)
    set_policies(env, "DefaultPermissionPolicy,LegacyAttachmentPolicy")
    assert names(env) == "DefaultPermissionPolicy,LegacyAttachmentPolicy"


def test_the_defaults_need_not_be_written_down(env: Path) -> None:
    open_project(env)
    set_policies(env, None)
    assert names(env).startswith("DefaultWikiPolicy,")


def test_a_policy_that_there_is_not_closes_the_project(env: Path) -> None:
    set_policies(env, f"PrivateTicketsPolicy,{CAREFUL}")
    with pytest.raises(Misconfigured, match="PrivateTicketsPolicy"):
        open_project(env)


def test_release_forgets(env: Path) -> None:
    set_policies(env, CAREFUL)
    open_project(env)
    adopt.release(env)
    set_policies(env, None)
    assert names(env).startswith("DefaultWikiPolicy,")
