"""The fields that trac.ini and the choice tables make."""

from datetime import UTC, datetime

import pytest

from trackside.features.ticket import fields
from trackside.features.ticket.fields import Defaults, Field, build, custom_fields
from trackside.features.ticket.model import Choices, Component, EnumValue, Milestone, Version
from trackside.kernel.errors import Invalid

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CHOICES = Choices(
    {
        "ticket_type": (EnumValue("defect", 1), EnumValue("task", 2)),
        "priority": (EnumValue("major", 1), EnumValue("minor", 2)),
        "resolution": (EnumValue("fixed", 1),),
    },
    (Component("zebra"), Component("apple", "ann")),
    (Version("1.9"), Version("1.10"), Version("1.0", 100), Version("2.0", 200)),
)
MILESTONES = (Milestone("m10"), Milestone("m9"), Milestone("due", due=50), Milestone("done", completed=7))


def made(**custom: str) -> fields.Fields:
    section = {name.replace("__", "."): value for name, value in custom.items()}
    return build(Defaults({"priority": "major"}), section, CHOICES, MILESTONES, ["new", "closed"])


def test_it_works() -> None:
    names = [field.name for field in made()]
    assert names == [
        "summary",
        "reporter",
        "owner",
        "description",
        "type",
        "status",
        "priority",
        "milestone",
        "component",
        "version",
        "resolution",
        "keywords",
        "cc",
        "time",
        "changetime",
    ]


def test_a_choice_without_options_does_not_exist_and_leaves_its_name_to_a_custom_field() -> None:
    assert "severity" not in made()
    taken = made(severity="select", severity__options="low|high")
    assert taken["severity"].is_custom and taken["severity"].options == ("low", "high")
    assert not made(priority="text")["priority"].is_custom


def test_the_order_of_options() -> None:
    all_fields = made()
    assert all_fields["milestone"].options == ("done", "due", "m9", "m10")
    assert all_fields["version"].options == ("1.10", "1.9", "2.0", "1.0")
    assert all_fields["component"].options == ("apple", "zebra")
    assert all_fields["status"].options == ("closed", "new")
    assert all_fields["priority"].default == "major"


def test_names_that_custom_fields_may_have() -> None:
    section = {
        "x": "text",
        "ok_1": "text",
        "owner": "text",
        "9a": "text",
        "ok_1.label": "Fine",
        "ok_1.order": "2",
    }
    assert [f.name for f in custom_fields(section)] == ["ok_1"]


def test_custom_field_options() -> None:
    section = {
        "stage": "select",
        "stage.options": "| first | second",
        "stage.value": "0",
        "flag": "checkbox",
        "flag.value": "yes",
        "empty": "select",
        "weird": "foo",
        "big_text": "textarea",
        "big_text.rows": "8",
        "when_due": "time",
        "when_due.value": "tomorrow",
    }
    found = {f.name: f for f in custom_fields(section)}
    assert "empty" not in found
    assert found["stage"].options == ("first", "second")
    assert found["stage"].is_optional and found["stage"].default == "first"
    assert found["flag"].default == "1" and found["weird"].kind == "text"
    assert found["big_text"].label == "Big text" and found["big_text"].rows == 8
    assert fields.default_of(found["when_due"], NOW) == fields.store_time(1795392000000000)


def test_times_are_stored_as_eighteen_digits_and_read_in_any_width() -> None:
    assert fields.store_time(1577923200000000) == "001577923200000000"
    assert fields.read_time("001577923200000000") == datetime(2020, 1, 2, tzinfo=UTC)
    assert fields.read_time("1577923200000000") == datetime(2020, 1, 2, tzinfo=UTC)
    assert fields.read_time("2020-01-02") == datetime(2020, 1, 2, tzinfo=UTC)
    assert fields.read_time("whenever") is None
    assert fields.read_time("9" * 40) is None
    assert len(fields.store_time(-5)) == 17


def test_what_is_stored_for_a_typed_value() -> None:
    assert fields.clean(Field("a", "A"), "  x ", UTC, NOW) == "x"
    assert fields.clean(Field("a", "A", "textarea"), "x ", UTC, NOW) == "x "
    assert fields.clean(Field("a", "A", "checkbox"), "on", UTC, NOW) == "1"
    with pytest.raises(Invalid):
        fields.clean(Field("a", "A", "time"), "someday", UTC, NOW)


@pytest.mark.parametrize(
    ("field", "value", "is_wrong"),
    [
        (Field("type", "T", "select", options=("a",)), "b", True),
        (Field("type", "T", "select", options=("a",)), "a", False),
        (Field("type", "T", "select", options=("a",), is_optional=False), "", True),
        (Field("summary", "S"), " ", True),
        (Field("note", "N", max_size=3), "1234", True),
        (Field("note", "N", max_size=3), "123", False),
        (Field("status", "S", "radio", options=("new",)), "lost", False),
    ],
)
def test_what_is_wrong_with_a_value(field: Field, value: str, is_wrong: bool) -> None:
    assert (fields.problem(field, value) is not None) is is_wrong
