"""Cache counters: Trac's numbers, and one statement to read them all."""

from __future__ import annotations

import pytest

from trackside.db import ddl, generations
from trackside.db.engine import count_statements
from trackside.db.schema import cache
from trackside.db.sqlite import MemoryDatabase

KNOWN = {
    "trac.perm.DefaultPermissionStore._all_permissions": 1722364385,
    "trac.wiki.api.WikiSystem.pages": 901198563,
    "trac.wiki.interwiki.InterWikiMap.interwiki_map": 2085311731,
    "trac.env.Environment._known_users": 1173095902,
    "trac.env.Environment._known_users_dict": 1714931544,
    "trac.ticket.api.TicketSystem.fields": 660951007,
    "trac.ticket.api.TicketSystem.custom_fields": 1380700524,
    "trac.ticket.model.MilestoneCache.milestones": 472382151,
    "trac.versioncontrol.cache.CachedRepository.metadata:1": 648805364,
}


@pytest.mark.parametrize("key", KNOWN)
def test_it_works(key: str) -> None:
    assert generations.cache_id(key) == KNOWN[key]


def test_counting_begins_at_zero() -> None:
    database = MemoryDatabase()
    with database.begin("write") as db:
        ddl.create(db, cache)
        assert generations.read(db) == {}
        generations.bump(db, "a.b")
        assert generations.read(db) == {"a.b": 0}
        generations.bump(db, "a.b")
        generations.bump(db, "c")
        with count_statements(db) as statements:
            assert generations.read(db) == {"a.b": 1, "c": 0}
        assert len(statements) == 1
    database.close()
