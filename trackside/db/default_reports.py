"""The eight reports of a new project, as SQL of each database."""

from __future__ import annotations

_CASTS = {"sqlite": "integer", "postgresql": "int", "mysql": "signed"}
_HIDDEN = ("t.changetime AS _changetime", "t.description AS _description", "t.reporter AS _reporter")
_CREATED = "t.time AS created"
_OPEN = "t.status <> 'closed'"
_ACCEPTED = "t.status = 'accepted'"
_MINE = "COALESCE(t.owner, '') = $USER"
_MINE_FIRST = f"CASE WHEN {_MINE} THEN 0 ELSE 1 END"


def reports(backend: str) -> list[dict[str, object]]:
    """Rows of the table `report`."""
    order = f"CAST(p.value AS {_CASTS[backend]})"
    made = (
        _active(order),
        _by_version(order),
        _by_milestone(order, backend),
        _by_owner(order),
        _by_owner_in_full(order),
        _all(order),
        _mine(order),
        _mine_first(order),
    )
    return [
        {"id": number, "author": None, "title": title, "query": query, "description": description}
        for number, (title, description, query) in enumerate(made, 1)
    ]


def _select(columns: tuple[str, ...], where: str | None, order: tuple[str, ...]) -> str:
    lines = ["SELECT " + ",\n       ".join(("p.value AS __color__", *columns))]
    lines.append("FROM ticket t")
    lines.append("LEFT JOIN enum p ON p.type = 'priority' AND p.name = t.priority")
    if where:
        lines.append(f"WHERE {where}")
    lines.append("ORDER BY " + ",\n         ".join(order))
    return "\n".join(lines) + "\n"


def _columns(*names: str) -> tuple[str, ...]:
    return ("t.id AS ticket", *(f"t.{name}" for name in names))


def _last_if_null(column: str) -> str:
    return f"CASE WHEN {column} IS NULL THEN 1 ELSE 0 END"


def _active(order: str) -> tuple[str, str, str]:
    shown = _columns("summary", "component", "version", "milestone", "type", "owner", "status")
    query = _select((*shown, _CREATED, *_HIDDEN), _OPEN, (order, "t.milestone", "t.type", "t.time"))
    return "Active Tickets", "All tickets that are not closed, the most urgent first.", query


def _by_version(order: str) -> tuple[str, str, str]:
    shown = _columns("summary", "component", "version", "type", "owner", "status")
    query = _select(
        ("t.version AS __group__", *shown, _CREATED, *_HIDDEN),
        _OPEN,
        (_last_if_null("t.version"), "t.version", order, "t.type", "t.time"),
    )
    return (
        "Active Tickets by Version",
        "Tickets that are not closed, version by version; in each group the most urgent come first.",
        query,
    )


def _by_milestone(order: str, backend: str) -> tuple[str, str, str]:
    group = "concat('Milestone ', t.milestone)" if backend == "mysql" else "'Milestone ' || t.milestone"
    shown = _columns("summary", "component", "version", "type", "owner", "status")
    query = _select(
        (f"{group} AS __group__", *shown, _CREATED, *_HIDDEN),
        _OPEN,
        (_last_if_null("t.milestone"), "t.milestone", order, "t.type", "t.time"),
    )
    return (
        "Active Tickets by Milestone",
        "Tickets that are not closed, milestone by milestone; in each group the most urgent come first.",
        query,
    )


def _by_owner(order: str) -> tuple[str, str, str]:
    shown = _columns("summary", "component", "milestone", "type")
    query = _select(
        ("t.owner AS __group__", *shown, _CREATED, *_HIDDEN),
        _ACCEPTED,
        ("t.owner", order, "t.type", "t.time"),
    )
    return (
        "Accepted, Active Tickets by Owner",
        "Who is working on what: accepted tickets, person by person, the most urgent first.",
        query,
    )


def _by_owner_in_full(order: str) -> tuple[str, str, str]:
    shown = _columns("summary", "component", "milestone", "type")
    full = ("t.description AS _description_", "t.changetime AS _changetime", "t.reporter AS _reporter")
    query = _select(
        ("t.owner AS __group__", *shown, _CREATED, *full),
        _ACCEPTED,
        ("t.owner", order, "t.type", "t.time"),
    )
    return (
        "Accepted, Active Tickets by Owner (Full Description)",
        "Like the report before, with the whole description below each ticket."
        " A column whose name begins and ends with an underscore gets a row of its own.",
        query,
    )


def _all(order: str) -> tuple[str, str, str]:
    shown = _columns("summary", "component", "status", "resolution", "version", "type", "priority", "owner")
    style = (
        "CASE WHEN t.status = 'closed' THEN 'color: #777; background: #eee; border-color: #ccc'\n"
        "            WHEN t.owner = $USER THEN 'font-weight: bold' END AS __style__"
    )
    query = _select(
        (
            "t.milestone AS __group__",
            style,
            *shown,
            "t.changetime AS modified",
            "t.time AS _time",
            _HIDDEN[2],
        ),
        None,
        (
            _last_if_null("t.milestone"),
            "t.milestone DESC",
            "CASE WHEN t.status = 'closed' THEN 1 ELSE 0 END",
            "CASE WHEN t.status = 'closed' THEN t.changetime END DESC",
            order,
        ),
    )
    return (
        "All Tickets By Milestone  (Including closed)",
        "Open tickets by urgency and then closed ones, the last closed first, milestone by milestone."
        " The column `__style__` shows closed tickets in grey and your own in bold.",
        query,
    )


def _mine(order: str) -> tuple[str, str, str]:
    group = (
        "CASE WHEN t.owner = $USER AND t.status = 'accepted' THEN 'Accepted'\n"
        "            WHEN t.owner = $USER THEN 'Owned'\n"
        "            WHEN t.reporter = $USER THEN 'Reported'\n"
        "            ELSE 'Commented' END AS __group__"
    )
    commented = (
        "EXISTS (SELECT 1 FROM ticket_change c\n"
        "                WHERE c.ticket = t.id AND c.field = 'comment' AND c.author = $USER)"
    )
    shown = _columns("summary", "component", "version", "milestone", "type", "priority")
    query = _select(
        (group, *shown, _CREATED, *_HIDDEN),
        f"{_OPEN}\n  AND (t.owner = $USER OR t.reporter = $USER\n       OR {commented})",
        (
            f"CASE WHEN {_MINE} AND t.status = 'accepted' THEN 0 ELSE 1 END",
            _MINE_FIRST,
            "CASE WHEN COALESCE(t.reporter, '') = $USER THEN 0 ELSE 1 END",
            order,
            "t.milestone",
            "t.type",
            "t.time",
        ),
    )
    return (
        "My Tickets",
        "Open tickets that you own, reported or commented on. `$USER` stands for whoever runs the report.",
        query,
    )


def _mine_first(order: str) -> tuple[str, str, str]:
    group = "CASE WHEN t.owner = $USER THEN 'My Tickets' ELSE 'Active Tickets' END AS __group__"
    shown = _columns("summary", "component", "version", "milestone", "type", "owner", "status")
    query = _select(
        (group, *shown, _CREATED, *_HIDDEN),
        _OPEN,
        (_MINE_FIRST, order, "t.milestone", "t.type", "t.time"),
    )
    return (
        "Active Tickets, Mine first",
        "All tickets that are not closed; those that you own come first, in a group of their own.",
        query,
    )
