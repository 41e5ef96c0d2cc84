"""One file by Trac's rules, checked against the standard library's reader on generated files."""

from __future__ import annotations

import configparser
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackside.kernel import ini
from trackside.kernel.errors import Invalid, Misconfigured

SECTIONS = st.sampled_from(["ticket", "Ticket", "svn:externals", "a.b", "DEFAULT", "x]y", " spaced "])
OPTIONS = st.sampled_from(["a", "B", "c.close", "d e", "Ü"])
WORDS = st.text(st.sampled_from("ab1 =:;#[]%(\t\u00a0\x0b\u2028"), max_size=8)
GAPS = st.sampled_from(["", " ", "   "])
ENDS = st.sampled_from(["\n", "\r\n"])


@st.composite
def lines_of_a_section(draw: st.DrawFn, name: str) -> list[str]:
    lines = [f"{draw(GAPS)}[{name}]{draw(GAPS)}"]
    for option in draw(st.lists(OPTIONS, unique_by=str.lower, max_size=4)):
        lines.append(
            f"{draw(GAPS)}{option}{draw(GAPS)}{draw(st.sampled_from('=:'))}{draw(GAPS)}{draw(WORDS)}"
        )
        lines += draw(st.lists(st.one_of(WORDS.map(lambda w: "     x" + w), NOISE), max_size=3))
    return lines


NOISE = st.sampled_from(["", "   ", "# comment", "  ; comment", "\t# [x]"])


@st.composite
def files(draw: st.DrawFn) -> str:
    """A file nearly as people write them."""
    lines = draw(st.lists(NOISE, max_size=2))
    for name in draw(st.lists(SECTIONS, unique=True, max_size=4)):
        lines += draw(lines_of_a_section(name)) + draw(st.lists(NOISE, max_size=2))
    end = draw(ENDS)
    return end.join(lines) + draw(st.sampled_from(["", end]))


def read_by_the_library(text: str) -> dict[str, dict[str, str]] | None:
    """What the rules of Trac 1.6 make of a file, repetitions merged; None when it is refused."""
    parser = configparser.RawConfigParser(default_section="none", strict=False)
    try:
        parser.read_file(io.StringIO(text, newline=None))
    except configparser.Error:
        return None
    return {name: dict(parser.items(name)) for name in parser.sections()}


def parse(text: str) -> ini.Document:
    return ini.parse(text.encode(), "trac.ini")


def edited(text: str, changes: ini.Changes) -> str:
    return ini.edit(parse(text), changes)


def test_it_works() -> None:
    document = parse("# hello\n[trac]\nBase_URL = http://x/ ; y\n\n[ticket]\ntypes: a,\n  b\n")
    assert document.values == {"trac": {"base_url": "http://x/ ; y"}, "ticket": {"types": "a,\nb"}}


@given(files())
def test_a_file_is_read_as_trac_reads_it(text: str) -> None:
    expected = read_by_the_library(text)
    if expected is not None:
        assert parse(text).values == expected
    else:
        with pytest.raises(Misconfigured):
            parse(text)


@given(files())
def test_an_untouched_file_is_written_back_byte_for_byte(text: str) -> None:
    if read_by_the_library(text) is not None:
        assert edited(text, {}) == text


@given(
    files(),
    st.dictionaries(
        st.tuples(SECTIONS, st.one_of(OPTIONS, st.just("new option")).map(str.lower)),
        st.one_of(st.none(), st.lists(WORDS, max_size=3).map("\n".join)),
        max_size=5,
    ),
)
def test_a_change_is_read_back_and_nothing_else_moves(
    text: str, wanted: dict[tuple[str, str], str | None]
) -> None:
    before = read_by_the_library(text)
    if before is None:
        return
    changes = {}
    for key, value in wanted.items():
        try:
            changes[key] = None if value is None else ini.clean_value(value)
        except Invalid:
            continue
    expected = {name: dict(options) for name, options in before.items()}
    for (section, option), value in changes.items():
        if value is None:
            expected.get(section, {}).pop(option, None)
        else:
            expected.setdefault(section, {})[option] = value
    after = read_by_the_library(edited(text, changes))
    assert after is not None
    assert {k: v for k, v in after.items() if v} == {k: v for k, v in expected.items() if v}


FILE = """\
# -*- coding: utf-8 -*-

; about tickets
[ticket]
Restrict_Owner   =   true
types=a,
  # not b
  c

# trailing words

[trac]
  name = x
"""


def test_a_changed_option_keeps_its_place_its_spelling_and_its_spacing() -> None:
    text = edited(FILE, {("ticket", "restrict_owner"): "no"})
    assert text == FILE.replace("   true", "   no")


def test_comments_inside_a_value_outlive_it() -> None:
    assert edited(FILE, {("ticket", "types"): "z"}) == FILE.replace("a,\n  # not b\n  c", "z\n  # not b")
    assert edited(FILE, {("ticket", "types"): None}) == FILE.replace("types=a,\n  # not b\n  c", "  # not b")


def test_a_new_option_goes_to_the_end_of_its_section() -> None:
    assert edited(FILE, {("ticket", "new"): "1\n\n2"}) == FILE.replace("  c\n", "  c\nnew = 1\n\t\n\t2\n")


def test_a_new_option_is_indented_where_it_would_swallow_what_follows() -> None:
    text = "[a]\n  x = 1\n  [b]\n    [c]\n"
    assert edited(text, {("a", "y"): "2"}) == "[a]\n  x = 1\n  y = 2\n  [b]\n    [c]\n"
    assert edited(text, {("b", "y"): "2\n3"}) == "[a]\n  x = 1\n  [b]\n    y = 2\n    \t3\n    [c]\n"


def test_a_new_section_goes_to_the_end_behind_a_blank_line() -> None:
    assert edited("[a]\nx = 1", {("b", "y"): ""}) == "[a]\nx = 1\n\n[b]\ny = \n\n"


def test_line_ends_are_those_of_the_file() -> None:
    assert edited("[a]\r\nx = 1\r\n", {("a", "y"): "1\n2"}) == "[a]\r\nx = 1\r\ny = 1\r\n\t2\r\n"


def test_a_section_goes_with_its_last_option() -> None:
    text = "[a]\nx = 1\n\n[b]\ny = 1\n\n[c]\n"
    assert edited(text, {("b", "y"): None}) == "[a]\nx = 1\n\n[c]\n"


def test_a_section_with_comments_stays() -> None:
    assert edited("[b]\n# why\ny = 1\n", {("b", "y"): None}) == "[b]\n# why\n"


def test_setting_a_repeated_option_leaves_one() -> None:
    assert edited("[a]\nx = 1\ny = 2\nx = 3\n", {("a", "x"): "4"}) == "[a]\ny = 2\nx = 4\n"


@pytest.mark.parametrize(
    ("data", "values", "warning"),
    [
        (b"[a]\nx = 1\n[b]\n[a]\ny = 2\n", {"a": {"x": "1", "y": "2"}, "b": {}}, "line 4: [a] is repeated"),
        (b"[a]\nx = 1\nX = 2\n", {"a": {"x": "2"}}, "line 3: [a] x is repeated"),
        (b"[a]\nREM x = 1\nremark = 2\n", {"a": {"remark": "2"}}, "line 2: a line that begins with"),
        (b"[a]\nx = 1 ; c\n", {"a": {"x": "1 ; c"}}, "line 2: what follows"),
        (b"[a]\nx = M\xfcller\n", {"a": {"x": "Müller"}}, "not UTF-8"),
    ],
)
def test_files_of_older_lines_are_read_with_a_warning(
    data: bytes, values: dict[str, dict[str, str]], warning: str
) -> None:
    document = ini.parse(data, "trac.ini")
    assert document.values == values
    assert len(document.warnings) == 1
    assert warning in document.warnings[0]


@pytest.mark.parametrize("text", ["\ufeff[a]\nx = %(y)s 50%\n", '\ufeff\n[a]\nx = ""\n', "\ufeff# c\n[a]\n"])
def test_a_byte_order_mark_is_accepted_and_kept(text: str) -> None:
    assert parse(text).values.keys() == {"a"}
    assert edited(text, {("a", "z"): "1"}).startswith("\ufeff")


def test_values_are_literal() -> None:
    assert parse('[a]\nx = %(y)s 50%\nz = ""\n').values == {"a": {"x": "%(y)s 50%", "z": '""'}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\n", "trac.ini, line 1: “x = 1” stands before the first [section]."),
        ("[a]\n\nnonsense\n", "trac.ini, line 3: “nonsense” is neither a [section] nor “name = value”."),
        ("[a]\n= 1\n", "trac.ini, line 2: “= 1” is neither a [section] nor “name = value”."),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(text: str, message: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        parse(text)
    assert str(caught.value) == message


@pytest.mark.parametrize("name", ["", " ", "a=b", "a:b", "#a", ";a", "[a", "a\nb", "rem a", "REM"])
def test_names_that_could_not_be_read_back_are_refused(name: str) -> None:
    with pytest.raises(Invalid):
        ini.clean_option(name)


def test_sections_that_could_not_be_read_back_are_refused() -> None:
    for name in ("", "a\nb", "a\r"):
        with pytest.raises(Invalid):
            ini.clean_section(name)


def test_a_value_is_cleaned_to_what_will_be_read() -> None:
    assert ini.clean_value("  a \r\n\tb\n\n") == "a\nb"
    with pytest.raises(Invalid):
        ini.clean_value("a\n # b")


def test_a_value_that_no_file_can_hold_is_refused() -> None:
    with pytest.raises(Invalid):
        ini.clean_value("a\ud800")
