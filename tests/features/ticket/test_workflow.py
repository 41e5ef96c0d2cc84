"""Which actions a workflow offers, and what they change."""

from collections.abc import Callable

from trackside.features.ticket import workflow
from trackside.features.ticket.workflow import BASIC, Action, Standing, available, parse

BASIC_FLOW = parse(BASIC)


def everything(name: str) -> bool:
    return True


def nothing(name: str) -> bool:
    return False


def standing(
    status: str | None, owner: str = "", actor: str = "me", allows: Callable[[str], bool] = everything
) -> Standing:
    return Standing(status, owner, actor, allows)


def keys(actions: list[Action]) -> list[str]:
    return [action.key for action in actions]


def test_it_works() -> None:
    assert keys(available(BASIC_FLOW, standing("new"))) == ["leave", "resolve", "reassign", "accept"]
    assert keys(available(BASIC_FLOW, standing("closed"))) == ["leave", "reopen"]
    assert keys(available(BASIC_FLOW, standing(None))) == ["create", "create_and_assign"]
    assert keys(available(BASIC_FLOW, standing("new", allows=nothing))) == ["leave"]
    assert BASIC_FLOW.states == ("accepted", "assigned", "closed", "new", "reopened")


def test_accepting_what_is_mine_already_is_not_offered() -> None:
    assert "accept" not in keys(available(BASIC_FLOW, standing("accepted", owner="me")))
    assert "accept" in keys(available(BASIC_FLOW, standing("accepted", owner="you")))


def test_a_state_nobody_knows_can_be_reset() -> None:
    assert keys(available(BASIC_FLOW, standing("lost"))) == ["leave", "_reset"]
    assert keys(available(BASIC_FLOW, standing("lost", allows=nothing))) == ["leave"]


def test_a_star_stands_alone_or_never_matches() -> None:
    flow = parse({"a": "*,new -> x", "b": "* -> x", "c": "new,assigned -> x"})
    assert keys(available(flow, standing("x"))) == ["b"]
    assert keys(available(flow, standing("new"))) == ["c", "b", "a"]
    assert keys(available(flow, standing(None))) == []


def test_owner_actions_that_keep_the_status_are_offered_and_foreign_ones_not() -> None:
    flow = parse({
        "take": "* -> *",
        "take.operations": "set_owner_to_self",
        "foreign": "* -> *",
        "foreign.operations": "code_review",
        "bare": "* -> *",
        "keep": "* -> *",
        "keep.operations": "leave_status,xref",
    })  # fmt: skip
    assert keys(available(flow, standing("new"))) == ["take", "keep"]


def test_broken_arrows_are_named() -> None:
    flow = parse({"a": "new", "b": "new -> x -> y", "c": "new -> x", "c.default": "many", "c.name": "See"})
    assert flow.problems == ("a", "b")
    assert flow.actions["c"].weight == 0 and flow.actions["c"].label == "See"


def test_what_actions_change() -> None:
    def change(key: str, **arguments: str) -> dict[str, str]:
        return workflow.apply(BASIC_FLOW.actions[key], standing("new"), arguments, "carl")

    assert change("leave") == {}
    assert change("accept") == {"status": "accepted", "owner": "me"}
    assert change("reassign", owner=" ann ") == {"status": "assigned", "owner": "ann"}
    assert change("reassign", owner="< default >") == {"status": "assigned", "owner": "carl"}
    assert change("resolve", resolution="fixed") == {"status": "closed", "resolution": "fixed"}
    assert change("reopen") == {"status": "reopened", "resolution": ""}


def test_a_missing_argument_is_the_first_candidate() -> None:
    flow = parse(
        {
            "a": "new -> b",
            "a.operations": "set_owner,set_resolution",
            "a.set_owner": "x, y",
            "a.set_resolution": "late",
        }
    )
    assert workflow.apply(flow.actions["a"], standing("new"), {}, "") == {
        "status": "b",
        "owner": "x",
        "resolution": "late",
    }
