"""The query language's three spellings."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl

import pytest

from trackside.features.ticket import query as q
from trackside.features.ticket.fields import Defaults, Fields, build
from trackside.features.ticket.model import Choices, EnumValue, Milestone
from trackside.features.ticket.query import Filter, Query
from trackside.kernel.errors import Invalid
from trackside.kernel.href import Href

FIELDS: Fields = build(
    Defaults({}),
    {"has_patch": "checkbox", "stage": "select", "stage.options": "a|b"},
    Choices(
        {
            "priority": (EnumValue("major", 1),),
            "resolution": (EnumValue("fixed", 1),),
            "ticket_type": (EnumValue("task", 1),),
        }
    ),
    (Milestone("1.0"),),
    ["new", "assigned", "closed"],
)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def url(text: str) -> Query:
    return q.from_pairs(parse_qsl(text, keep_blank_values=True), FIELDS)


def form(*pairs: tuple[str, str]) -> Query:
    return q.from_form(pairs, FIELDS)


def address(query: Query) -> str:
    return Href()("query", query=q.to_pairs(query, FIELDS))


def test_it_works() -> None:
    assert url("status=!closed&owner=~jo&owner=~x") == Query(
        (
            (
                Filter("status", ("closed",), "", True),
                Filter("owner", ("jo", "x"), "~"),
            ),
        )
    )


def test_the_first_value_decides() -> None:
    assert url("status=new&status=!closed").clauses == ((Filter("status", ("new", "!closed")),),)
    assert url("status=!closed&status=new").clauses == ((Filter("status", ("closed", "ew"), "", True),),)


def test_the_text_form() -> None:
    query = q.from_text(r"summary!~=a\&b|c&or&status=!closed&order=id&rows=description", FIELDS)
    assert query.clauses == (
        (Filter("summary", ("a&b", "c"), "~", True),),
        (Filter("status", ("closed",), "", True),),
    )
    assert query.order == "id" and query.rows == ("description",)
    assert q.from_text("?status=new&or&stage=a", FIELDS) == url("status=new&or&stage=a")


@pytest.mark.parametrize("text", ["status", "=new", "!=new", "a&status=new"])
def test_the_text_form_wants_a_field_and_a_value(text: str) -> None:
    with pytest.raises(Invalid):
        q.from_text(text, FIELDS)


def test_unknown_fields_are_left_out_and_named() -> None:
    query = url("nonsense=1&status=new&order=nonsense&group=nonsense&col=id&col=nonsense&col=created")
    assert query.unknown == ("nonsense",)
    assert query.clauses == ((Filter("status", ("new",)),),)
    assert query.order == "priority" and query.group == ""
    assert query.columns == ("id", "time")


def test_synonyms_mean_the_times_everywhere() -> None:
    assert url("created=today..").fields == ["time"]
    assert url("order=modified").order == "changetime"


def test_the_form_of_the_page() -> None:
    query = form(
        ("0_summary", "foo"),
        ("0_summary_mode", "~"),
        ("0_time", "2020-01-01"),
        ("0_time_end", "now"),
        ("0_status", "new"),
        ("0_status", "closed"),
        ("1_owner", "joe"),
        ("1_owner_mode", "!"),
        ("group", "owner"),
        ("groupdesc", "1"),
        ("max", "7"),
        ("order", "id"),
        ("col", "id"),
        ("col", "summary"),
        ("row", "description"),
        ("update", "Update"),
    )
    assert address(query) == (
        "/query?status=new&status=closed&summary=~foo&time=2020-01-01..now&or&owner=!joe&group=owner"
        "&groupdesc=1&max=7&order=id&col=id&col=summary&row=description"
    )


def test_buttons_of_the_form() -> None:
    base = (("0_status", "new"), ("0_status", "closed"))
    removed = form(*base, ("rm_filter_0_status_0", "x"))
    assert removed.clauses == ((Filter("status", ("closed",)),),)
    added = form(*base, ("add_filter_0", "owner"), ("add_0", "+"))
    assert added.clauses[0][1] == Filter("owner", ("",), "~")
    other = form(*base, ("add_clause_0", "stage"), ("add_0", "+"))
    assert other.clauses[1] == (Filter("stage", ("a",)),)
    assert form(*base, ("add_filter_0", "owner")).fields == ["status"]


def test_filters_can_be_taken_away() -> None:
    query = url("status=new&owner=x&or&stage=a")
    assert address(q.without_filter(query, 0, 1)) == "/query?status=new&or&stage=a"
    assert address(q.without_filter(query, 1, 0)) == "/query?owner=x&status=new"


def test_the_reader_of_a_query() -> None:
    query = url("status=!closed&owner=$USER")
    assert q.for_user(query, "joe").clauses[0][1].values == ("joe",)
    assert q.without_user(query).fields == ["status"]


def test_default_columns() -> None:
    assert q.default_columns(Query(), FIELDS) == (
        "id",
        "summary",
        "owner",
        "type",
        "status",
        "priority",
        "milestone",
    )
    assert q.default_columns(url("status=new&keywords=~x"), FIELDS) == (
        "id", "summary", "keywords", "owner", "type", "priority", "milestone",
    )  # fmt: skip
    assert "resolution" not in q.default_columns(url("status=!closed"), FIELDS)
    assert q.default_columns(url("status=new&status=assigned&order=time"), FIELDS)[-1] == "time"


def test_a_column_that_says_nothing_is_left_out_but_not_where_values_differ() -> None:
    def shown(text: str) -> list[str]:
        return list(q.default_columns(url(text), FIELDS))

    assert (
        "owner" not in shown("owner=joe") and "owner" in shown("owner=") and "owner" in shown("owner=$USER")
    )
    assert "time" in shown("time=2020-01-01") and shown("id=3")[0] == "id" and len(shown("id=3")) == 7


def test_an_address_without_filters_says_so() -> None:
    assert address(url("order=id")) == "/query?id=&order=id"
    assert q.is_idle(url("id=").clauses[0][0]) and not q.is_idle(url("id=!").clauses[0][0])


def test_defaults_stay_out_of_addresses() -> None:
    query = url(
        "status=new&order=priority&page=1&col=id&col=summary&col=owner&col=type&col=priority&col=milestone&col=stage"
    )
    assert address(url("status=new")) == "/query?status=new"
    assert address(query).startswith("/query?status=new")


@pytest.mark.parametrize("text", ["max=-1", "max=x", "page=0", "page=x", "page=1.5"])
def test_bad_numbers(text: str) -> None:
    with pytest.raises(Invalid):
        url(text)


def test_limits() -> None:
    assert [url(t).max for t in ("max=0", "max=none", "max=", "max=5", "")] == [0, 0, 0, 5, None]


def test_id_ranges() -> None:
    def ranges(text: str) -> list[tuple[int, int]]:
        return q.id_ranges(q.make_filter("id", [text]))

    assert ranges("3,7-9") == [(3, 3), (7, 9)]
    assert ranges("9-7") == [] and ranges("") == [] and ranges("!3") == [(3, 3)]
    for bad in ("1:5", "x", "1-2-3"):
        with pytest.raises(Invalid):
            ranges(bad)


def test_time_ranges() -> None:
    start, end = q.time_range("2020-01-01..2020-02-01", UTC, NOW)
    assert (start, end) == (1577836800000000, 1580515200000000)
    assert q.time_range("2020-01-01", UTC, NOW) == (1577836800000000, None)
    assert q.time_range("..2020-01-01", UTC, NOW) == (None, 1577836800000000)
    with pytest.raises(Invalid):
        q.time_range("nonsense..", UTC, NOW)


def test_words_of_a_list_field() -> None:
    assert q.words('a -b "c d" - -"e f"') == [("a", False), ("b", True), ("c d", False), ("e f", True)]
