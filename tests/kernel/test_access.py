"""The one door to data: policies in order, proofs that only Access makes, and what they open."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from trackside.kernel.access import (
    TRAC_ADMIN,
    Access,
    Actor,
    Grant,
    Permission,
    Policy,
    Scope,
    expand,
)
from trackside.kernel.errors import Forbidden, Misconfigured
from trackside.kernel.ref import Ref

VIEW = Permission("PAGE_VIEW")
EDIT = Permission("PAGE_EDIT", (VIEW,))
PAGE = Ref("page", "Start")


@dataclass
class Says:
    """A policy that answers by permission and id, and remembers what it was asked."""

    answers: dict[tuple[str, str | None], bool]
    name: str = "Says"
    is_about_things: bool = False
    asked: list[tuple[str, Ref]] = field(default_factory=list)

    def decide(self, access: Access, permission: Permission, ref: Ref) -> bool | None:
        self.asked.append((permission.name, ref))
        return self.answers.get((permission.name, ref.id))

    def looks_at_things(self, permission: Permission, realm: str) -> bool:
        return self.is_about_things


def access_by(*policies: Policy) -> Access:
    return Access(Actor("ann"), policies, None)


def test_it_works() -> None:
    access = access_by(Says({("PAGE_VIEW", "Start"): True}))
    grant = access.require(VIEW, PAGE)
    assert grant.check(VIEW, EDIT) == PAGE
    assert grant.id(VIEW) == "Start"
    assert access.find(EDIT, PAGE) is None
    with pytest.raises(Forbidden, match="^This needs the permission PAGE_EDIT on page:Start.$"):
        access.require(EDIT, PAGE)


def test_the_first_policy_with_an_answer_decides() -> None:
    no = Says({("PAGE_VIEW", "Start"): False}, name="No")
    yes = Says({("PAGE_VIEW", "Start"): True}, name="Yes")
    assert not access_by(Says({}), no, yes).allows(VIEW, PAGE)
    assert access_by(Says({}), yes, no).allows(VIEW, PAGE)
    assert access_by(Says({}), no, yes).explain(VIEW, PAGE) == "No: no"
    assert access_by(yes).explain(VIEW, PAGE) == "Yes: yes"


def test_where_no_policy_answers_the_answer_is_no() -> None:
    assert not access_by().allows(TRAC_ADMIN, PAGE)
    assert access_by(Says({})).explain(VIEW, PAGE) == "no policy answers: no"


def test_a_question_is_put_once() -> None:
    policy = Says({("PAGE_VIEW", "Start"): True})
    access = access_by(policy)
    assert access.allows(VIEW, PAGE)
    assert access.allows(Permission("PAGE_VIEW"), Ref("page", "Start"))
    assert len(policy.asked) == 1
    access.allows(VIEW, PAGE.at(2))
    assert len(policy.asked) == 2


def test_any_of_several_permissions_will_do() -> None:
    access = access_by(Says({("PAGE_EDIT", "Start"): True}))
    assert access.require_any((VIEW, EDIT), PAGE).permission == EDIT
    with pytest.raises(Forbidden, match="PAGE_VIEW on page:Other"):
        access.require_any((VIEW, EDIT), Ref("page", "Other"))


def test_a_grant_opens_only_what_it_is_for() -> None:
    grant = access_by(Says({("PAGE_VIEW", "Start"): True, ("PAGE_VIEW", None): True})).require(VIEW, PAGE)
    with pytest.raises(TypeError, match=r"a grant of PAGE_VIEW opens no store that wants \['PAGE_EDIT'\]"):
        grant.check(EDIT)


def test_a_grant_for_a_realm_names_no_single_thing() -> None:
    grant = access_by(Says({("PAGE_VIEW", None): True})).require(VIEW, Ref("page"))
    with pytest.raises(TypeError, match="names no single thing"):
        grant.id(VIEW)


def test_nobody_else_makes_a_grant_or_a_scope() -> None:
    with pytest.raises(TypeError, match="made by Access only"):
        Grant(VIEW, PAGE, object())
    with pytest.raises(TypeError, match="made by Access only"):
        Scope(VIEW, "page", object())


def test_a_scope_over_a_realm_is_all_or_nothing_where_no_policy_looks_at_things() -> None:
    policy = Says({("PAGE_VIEW", None): True})
    scope = access_by(policy).scope(VIEW, "page")
    assert not scope.is_empty
    assert scope.filter(["a", "b"], lambda name: Ref("page", name)) == ["a", "b"]
    assert scope.keeps(PAGE)
    assert len(policy.asked) == 1
    empty = access_by(Says({})).scope(VIEW, "page")
    assert empty.is_empty
    assert not empty.keeps(PAGE)
    assert empty.filter(["a"], lambda name: Ref("page", name)) == []


def test_a_scope_asks_for_each_thing_where_a_policy_looks_at_things() -> None:
    answers = {("PAGE_VIEW", "a"): True, ("PAGE_VIEW", "b"): False, ("PAGE_VIEW", None): False}
    scope = access_by(Says(answers, is_about_things=True)).scope(VIEW, "page")
    assert scope.filter(["a", "b", "c"], lambda name: Ref("page", name)) == ["a"]
    assert scope.keeps(Ref("page", "a"))
    assert not scope.keeps(Ref("page", "b"))


def test_a_scope_opens_only_what_it_is_for() -> None:
    scope = access_by(Says({})).scope(VIEW, "page")
    assert scope.check(EDIT, VIEW) is scope
    with pytest.raises(TypeError, match="a scope of PAGE_VIEW opens no store"):
        scope.check(EDIT)


def test_the_system_may_do_everything() -> None:
    access = Access.system("a test")
    assert access.allows(EDIT, PAGE)
    assert not access.scope(EDIT, "page").is_empty
    assert access.actor.name == "trac"
    with pytest.raises(Misconfigured):
        access.facts  # noqa: B018


def test_somebody_else_s_eyes_ask_anew() -> None:
    policy = Says({("PAGE_VIEW", "Start"): True})
    access = access_by(policy)
    other = access.as_actor("bob")
    assert access.allows(VIEW, PAGE)
    assert other.allows(VIEW, PAGE)
    assert other.actor.name == "bob"
    assert len(policy.asked) == 2


def test_who_is_not_signed_in_signs_as_they_like() -> None:
    assert Actor().author == "anonymous"
    assert Actor(label="Joe <joe@example.org>").author == "Joe <joe@example.org>"
    assert Actor("ann", "Joe").author == "ann"
    assert not Actor().is_authenticated
    assert Actor("ann").is_authenticated


def test_permissions_come_with_others() -> None:
    admin = Permission("PAGE_ADMIN", (EDIT,))
    closed = expand([VIEW, EDIT, admin, Permission("OTHER")])
    assert closed["PAGE_ADMIN"] == {"PAGE_ADMIN", "PAGE_EDIT", "PAGE_VIEW"}
    assert closed["PAGE_VIEW"] == {"PAGE_VIEW"}
    assert closed["TRAC_ADMIN"] == {"TRAC_ADMIN", "PAGE_ADMIN", "PAGE_EDIT", "PAGE_VIEW", "OTHER"}
    assert expand([]) == {"TRAC_ADMIN": {"TRAC_ADMIN"}}
