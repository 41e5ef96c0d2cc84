"""The rows of old databases, which each step of the upgrade must carry or change."""

from __future__ import annotations

Row = dict[str, object]
Rows = dict[str, list[Row]]

SECOND = 1_200_000_000
SVN = "svn:0-0:/srv/svn"
TICKET, WIKI, MISSING = ("ticket", "1", "föo bar.txt"), ("wiki", "Wiki/Sub", "pic.PNG"), ("wiki", "Gone", "x")
BODIES = {TICKET: b"a ticket's file", WIKI: b"a page's file"}


def rows(version: int) -> Rows:
    """By table. Columns that a version lacks are left out when they are stored."""
    unit = 1_000_000 if version >= 25 else 1
    now = SECOND * unit
    found: Rows = {
        "system": _system_rows(version),
        "permission": [{"username": "anonymous", "action": "WIKI_VIEW"}],
        "ticket_custom": [{"ticket": 7, "name": "due", "value": "x"}],
        "enum": [
            {"type": "priority", "name": "high", "value": "1"},
            {"type": "priority", "name": "low", "value": "2"},
        ],
        "component": [{"name": "core", "owner": "joe", "description": "d"}],
        "milestone": [
            {"name": "m1", "due": 0, "completed": now, "description": ""},
            {"name": "m2", "due": now},
        ],
        "version": [{"name": "1.0", "time": now}, {"name": "2.0", "time": None}],
        "report": _reports(version),
        "cache": [{"id": 5 if version >= 27 else "old.key", "generation": 3, "key": "old.key"}],
        "notify_subscription": [{"id": 1, "time": now, "class": "X", "sid": "joe", "authenticated": 1}],
    }
    return found | _text_rows(now) | _ticket_rows(now, unit) | _repository_rows(version, now)


def _system_rows(version: int) -> list[Row]:
    values = {"database_version": str(version), "initial_database_version": "21", "tags_version": "2"}
    if version < 23:
        values |= {"youngest_rev": "12", "repository_dir": SVN}
    return [{"name": name, "value": value} for name, value in values.items()]


def _text_rows(now: int) -> Rows:
    page: Row = {"name": "Wiki/Sub", "text": "tëxt", "readonly": 0, "ipnr": ""}
    file: Row = {"time": now, "description": "", "author": "joe", "ipnr": "::1"}
    return {
        "wiki": [page | {"version": number, "time": now + number} for number in (1, 2)],
        "attachment": [
            file | {"type": key[0], "id": key[1], "filename": key[2], "size": len(BODIES.get(key, b""))}
            for key in (TICKET, WIKI, MISSING)
        ],
    }


def _ticket_rows(now: int, unit: int) -> Rows:
    change: Row = {"ticket": 7, "time": now + unit}
    edit: Row = {"author": "ann", "field": "_comment0", "oldvalue": "a", "newvalue": str(now + 2 * unit)}
    return {
        "ticket": [
            {
                "id": 7,
                "type": "defect",
                "time": now,
                "changetime": now + unit,
                "summary": "one",
                "status": "new",
            },
            {"id": 9, "type": "task", "time": now, "changetime": None, "summary": "two", "status": "closed"},
        ],
        "ticket_change": [
            change | {"author": "joe", "field": "comment", "oldvalue": "1", "newvalue": "b"},
            change | edit,
        ],
    }


def _reports(version: int) -> list[Row]:
    column = "description AS _description_" if version < 44 else "t.description AS _description"
    query = f"SELECT p.value AS __color__, {column} FROM ticket t LEFT JOIN enum p ON p.name = t.priority"
    own = "SELECT id, description AS _description FROM ticket"
    return [
        {"id": 1, "title": "first", "query": query, "description": "d"},
        {
            "id": 5,
            "title": "fifth",
            "query": query.replace("_description_", "_description"),
            "description": "d",
        },
        {"id": 12, "title": "own", "query": own, "description": None},
    ]


def _repository_rows(version: int, now: int) -> Rows:
    cached = {"youngest_rev": "12", "repository_dir": SVN}
    revs = ("1", "12") if version < 26 else ("0000000001", "0000000012")
    repos: Row = {} if version < 23 else {"repos": "" if version < 24 else 1}
    number = 1 if version >= 24 else ""
    stored: list[Row] = [{"id": number, "name": name, "value": value} for name, value in cached.items()]
    if version >= 24:
        stored.append({"id": number, "name": "name", "value": ""})
    changes: list[Row] = [
        repos
        | {
            "rev": rev,
            "path": path,
            "node_type": "F",
            "change_type": "A",
            "base_path": None,
            "base_rev": "-1",
        }
        for rev in revs
        for path in ("trunk/a", "trunk/ä")
    ]
    found: Rows = {
        "revision": [repos | {"rev": rev, "time": now, "author": "joe", "message": "m"} for rev in revs],
        "node_change": [row | ({"id": n} if version >= 38 else {}) for n, row in enumerate(changes, 1)],
        "repository": stored,
    }
    return found
