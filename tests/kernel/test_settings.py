"""Declared options: typed reading as Trac does it, normal forms, and failures that say what is wrong."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackside.kernel.config import Config
from trackside.kernel.errors import Misconfigured
from trackside.kernel.settings import (
    Option,
    build,
    choice,
    is_true,
    normalise,
    option,
    options_of,
    path,
    settings,
    split,
    store,
)


@settings("garden")
class GardenSettings:
    """What a garden may be told."""

    is_open: bool = option(False, doc="Let people in.")
    gardener: str = option("< default >", doc="Who waters.")
    beds: int = option(3, doc="How many.")
    rain: float = option(2.0, doc="How much.")
    plants: tuple[str, ...] = option(("rose", "oak"), doc="What grows.")
    guests: tuple[str, ...] = option((), separators=", ", doc="Who may come.")
    rows: tuple[str, ...] = option((), separators="|", keeps_empty=True, doc="What stands where.")
    season: str = choice("spring", "autumn", doc="When.")
    soil: str = choice("Clay", "Sand", ignores_case=True, doc="On what.")
    map_file: Path | None = path(doc="Where it is drawn.")
    page_size: int = option(100, section="query", name="items_per_page", doc="How many on a page.")
    words: str = option("a b", name="commands.close", is_optional=True, doc="Magic words.")


OPTIONS: dict[str, Option] = {declared.field: declared for declared in options_of(GardenSettings)}


def config_of(tmp_path: Path, text: str) -> Config:
    file = tmp_path / "trac.ini"
    file.write_text(text)
    return Config.load(file)


def test_it_works(tmp_path: Path) -> None:
    text = "is_open = ON\ngardener =\nplants = a ,, b\nguests = x y,z\nrows = a||b\nsoil = sand\nbeds = 007\n"
    config = config_of(
        tmp_path, f"[garden]\n{text}map_file = m\ncommands.close = go\n[query]\nitems_per_page=5\n"
    )
    assert build(GardenSettings, config) == GardenSettings(
        is_open=True,
        gardener="",
        beds=7,
        plants=("a", "b"),
        guests=("x", "y", "z"),
        rows=("a", "", "b"),
        soil="Sand",
        map_file=tmp_path.resolve() / "m",
        page_size=5,
        words="go",
    )


def test_a_silent_file_gives_the_defaults(tmp_path: Path) -> None:
    built = build(GardenSettings, Config.empty(tmp_path / "trac.ini"))
    assert built == GardenSettings()
    assert (built.is_open, built.beds, built.rain, built.plants) == (False, 3, 2.0, ("rose", "oak"))
    assert (built.season, built.map_file) == ("spring", None)


def test_settings_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(GardenSettings(), "beds", 4)  # noqa: B010 (mypy forbids to write it plainly)


def test_options_tell_what_was_declared() -> None:
    assert [declared.field for declared in options_of(GardenSettings)][:3] == ["is_open", "gardener", "beds"]
    assert (OPTIONS["page_size"].section, OPTIONS["page_size"].name) == ("query", "items_per_page")
    assert OPTIONS["words"].name == "commands.close"
    assert OPTIONS["words"].is_optional
    assert OPTIONS["beds"].doc == "How many."
    texts = {field: declared.default_text for field, declared in OPTIONS.items()}
    assert texts["is_open"] == "disabled"
    assert texts["rain"] == "2.0"
    assert texts["plants"] == "rose,oak"
    assert texts["map_file"] == texts["guests"] == ""
    assert texts["season"] == "spring"


@pytest.mark.parametrize("text", ["yes", " True ", "ENABLED", "on", "1", "2.5", "-1", "inf", "nan", "1e3"])
def test_these_are_true(text: str) -> None:
    assert is_true(text)


@pytest.mark.parametrize(
    "text", ["no", "false", "disabled", "off", "0", "0.0", "", " ", "maybe", "yes please"]
)
def test_these_are_false(text: str) -> None:
    assert not is_true(text)


def test_an_empty_number_is_zero(tmp_path: Path) -> None:
    built = build(GardenSettings, config_of(tmp_path, "[garden]\nbeds =\nrain =\n"))
    assert (built.beds, built.rain) == (0, 0.0)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("beds = many", "[garden] beds is “many” in trac.ini, but it has to be a number."),
        ("rain = wet", "[garden] rain is “wet” in trac.ini, but it has to be a number."),
        ("beds = 2.5", "[garden] beds is “2.5” in trac.ini, but it has to be a number."),
        (
            "season = Spring",
            "[garden] season is “Spring” in trac.ini, but it has to be one of spring, autumn.",
        ),
        ("soil =", "[garden] soil is “” in trac.ini, but it has to be one of Clay, Sand."),
    ],
)
def test_a_value_that_cannot_be_read_is_named(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        build(GardenSettings, config_of(tmp_path, f"[garden]\n{line}\n"))
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("field", "text", "normal"),
    [
        ("is_open", "1", "enabled"),
        ("is_open", "maybe", "disabled"),
        ("beds", "007", "7"),
        ("beds", "", "0"),
        ("beds", "abc", "abc"),
        ("rain", "3", "3.0"),
        ("rain", "1e3", "1000.0"),
        ("plants", "a , b,,c", "a,b,c"),
        ("guests", "a b,c", "a,b,c"),
        ("rows", " a ||b", "a||b"),
        ("soil", "sand", "sand"),
        ("map_file", "../x", "../x"),
        ("gardener", "A, b", "A, b"),
    ],
)
def test_values_are_written_in_tracs_form(field: str, text: str, normal: str) -> None:
    assert normalise(OPTIONS[field], text) == normal


@pytest.mark.parametrize("declared", OPTIONS.values(), ids=OPTIONS.keys())
def test_defaults_are_in_normal_form(declared: Option) -> None:
    assert normalise(declared, declared.default_text) == declared.default_text


@given(text=st.text(max_size=12), declared=st.sampled_from(list(OPTIONS.values())))
def test_a_normal_form_is_normal(text: str, declared: Option) -> None:
    once = normalise(declared, text)
    assert normalise(declared, once) == once


@given(items=st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=4)))
def test_lists_are_read_back(items: list[str]) -> None:
    assert split(", ".join(items)) == tuple(items)


def test_storing_leaves_out_what_an_ancestor_means_already(tmp_path: Path) -> None:
    (tmp_path / "base.ini").write_text("[garden]\nis_open = yes\nplants = a, b\n")
    config = config_of(tmp_path, "[inherit]\nfile = base.ini\n[garden]\nis_open = no\n")
    store(config, OPTIONS["is_open"], "1")
    store(config, OPTIONS["plants"], "a,b")
    store(config, OPTIONS["beds"], "04")
    config.save()
    assert config.items("garden") == {"beds": "4", "is_open": "yes", "plants": "a, b"}
    assert config.path.read_text() == "[inherit]\nfile = base.ini\n[garden]\nbeds = 4\n"


def test_mistakes_in_a_declaration_are_told() -> None:
    with pytest.raises(TypeError, match=r"^Bad\.x is not declared with option\(\), choice\(\) or path\(\)$"):

        @settings("bad")
        class Bad:
            x: int = 3

    with pytest.raises(TypeError, match="an option cannot have the default"):
        option(["a"])
    with pytest.raises(TypeError, match="^int is not a settings class$"):
        options_of(int)
