"""What people may do: rows, groups, inclusions."""

from __future__ import annotations

import pytest

from trackside.features.people.model import actions_of, check_grant, extra_permissions
from trackside.kernel.access import Permission, expand
from trackside.kernel.errors import Invalid

VIEW, EDIT = Permission("WIKI_VIEW"), Permission("WIKI_MODIFY")
KNOWN = expand((VIEW, EDIT, Permission("WIKI_ADMIN", (VIEW, EDIT))))


def granted(**rows: str) -> dict[str, frozenset[str]]:
    return {name: frozenset(actions.split()) for name, actions in rows.items()}


def test_it_works() -> None:
    rows = granted(anonymous="WIKI_VIEW", authenticated="WIKI_MODIFY", ada="TRAC_ADMIN")
    assert actions_of("anonymous", rows, KNOWN) == {"WIKI_VIEW"}
    assert actions_of("dan", rows, KNOWN) == {"WIKI_VIEW", "WIKI_MODIFY"}
    assert actions_of("ada", rows, KNOWN) == {"WIKI_VIEW", "WIKI_MODIFY", "WIKI_ADMIN", "TRAC_ADMIN"}


def test_groups_of_groups() -> None:
    rows = granted(dan="devs", devs="staff", staff="devs WIKI_ADMIN", eve="nogroup")
    assert actions_of("dan", rows, KNOWN) == {"WIKI_VIEW", "WIKI_MODIFY", "WIKI_ADMIN"}
    assert actions_of("eve", rows, KNOWN) == frozenset()


def test_what_is_not_known_is_kept() -> None:
    assert actions_of("dan", granted(dan="PLUGIN_DO"), KNOWN) == {"PLUGIN_DO"}


@pytest.mark.parametrize(
    ("user", "action"),
    [
        ("SHOUTED", "WIKI_VIEW"),
        (" ", "WIKI_VIEW"),
        ("dan", "NO_SUCH"),
        ("dan", "wiki_view"),
        ("dan", "Wiki_View"),
        ("dan", " "),
    ],
)
def test_grants_that_cannot_be(user: str, action: str) -> None:
    with pytest.raises(Invalid):
        check_grant(user, action, KNOWN)


def test_grants_that_can_be() -> None:
    for action in ("WIKI_VIEW", "TRAC_ADMIN", "developers", "Müller & Söhne"):
        check_grant("dan", action, KNOWN)


def test_extra_permissions() -> None:
    known = (VIEW, EDIT, Permission("WIKI_ADMIN", (VIEW, EDIT)))
    section = {"extra_admin": "extra_view, extra_modify", "_perms": "PERM_1 PERM_2", "dev": "WIKI_ADMIN"}
    declared = extra_permissions({**section, "wiki_admin": "EXTRA_VIEW"}, known)
    expanded = expand((*known, *declared))
    assert expanded["EXTRA_ADMIN"] == {"EXTRA_ADMIN", "EXTRA_VIEW", "EXTRA_MODIFY"}
    assert {"PERM_1", "PERM_2"} <= set(expanded) and "_PERMS" not in expanded
    assert expanded["DEV"] == {"DEV", "WIKI_ADMIN", "WIKI_VIEW", "WIKI_MODIFY"}
    assert expanded["WIKI_ADMIN"] == {"WIKI_ADMIN", "WIKI_VIEW", "WIKI_MODIFY"}
