"""The name of a thing: children, versions, and how it is written."""

from __future__ import annotations

from trackside.kernel.ref import Ref


def test_it_works() -> None:
    page = Ref("wiki", "Start", 3)
    file = page.child("attachment", "plan.txt")
    assert (file.realm, file.id, file.version, file.parent) == ("attachment", "plan.txt", None, page)
    assert str(file) == "wiki:Start@3/attachment:plan.txt"


def test_a_realm_as_a_whole_has_no_id() -> None:
    assert str(Ref("ticket")) == "ticket:*"
    assert Ref("ticket").id is None


def test_another_version_is_another_ref() -> None:
    page = Ref("wiki", "Start")
    assert page.at(2) == Ref("wiki", "Start", 2)
    assert page.at(2) != page
    assert page.at(2).at(None) == page
    assert len({page, page.at(2), Ref("wiki", "Start")}) == 2
