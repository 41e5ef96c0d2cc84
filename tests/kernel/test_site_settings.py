"""The declared options of the site stand beside each other and in the forms that Trac writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from trackside.kernel.config import Config
from trackside.kernel.errors import Misconfigured
from trackside.kernel.settings import build, normalise, options_of
from trackside.kernel.site_settings import SITE_SETTINGS, LoggingSettings, NotificationSettings, TracSettings

EVERY = [declared for kind in SITE_SETTINGS for declared in options_of(kind)]


def test_it_works(tmp_path: Path) -> None:
    config = Config.empty(tmp_path / "trac.ini")
    built = build(TracSettings, config)
    assert built.database == "sqlite:db/trac.db"
    assert built.permission_policies[0] == "DefaultWikiPolicy"
    config.set("logging", "log_level", "debug")
    assert build(LoggingSettings, config).log_level == "DEBUG"


def test_no_option_is_declared_twice() -> None:
    names = [(declared.section, declared.name) for declared in EVERY]
    assert sorted(set(names)) == sorted(names)


def test_every_option_says_what_it_is_for() -> None:
    assert [declared.name for declared in EVERY if not declared.doc.endswith(".")] == []


def test_every_default_is_in_normal_form() -> None:
    assert [d.name for d in EVERY if normalise(d, d.default_text) != d.default_text] == []


def test_every_default_is_read_back_as_itself(tmp_path: Path) -> None:
    config = Config.empty(tmp_path / "trac.ini")
    for declared in EVERY:
        config.set(declared.section, declared.name, declared.default_text)
    config.save()
    for kind in SITE_SETTINGS:
        assert build(kind, config) == kind()


def test_addresses_may_be_separated_by_commas_or_blanks(tmp_path: Path) -> None:
    config = Config.empty(tmp_path / "trac.ini")
    config.set("notification", "smtp_always_cc", "a@x b@x,c@x")
    assert build(NotificationSettings, config).smtp_always_cc == ("a@x", "b@x", "c@x")


def test_an_unknown_log_type_is_told_with_the_known_ones(tmp_path: Path) -> None:
    config = Config.empty(tmp_path / "trac.ini")
    config.set("logging", "log_type", "paper")
    with pytest.raises(
        Misconfigured, match="log_type is “paper” in trac.ini, but it has to be one of file, "
    ):
        build(LoggingSettings, config)
