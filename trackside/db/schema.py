"""Trac's tables at database version 45, frozen: both programs must be able to work on one database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text

VERSION = 45

metadata = MetaData()


def key(name: str, kind: type[Text] | type[Integer] | type[BigInteger] = Text) -> Column[Any]:
    """Part of a table's key, never filled in by the database."""
    return Column(name, kind, primary_key=True, autoincrement=False)


def auto(name: str) -> Column[int]:
    """The key that the database numbers."""
    return Column(name, Integer, primary_key=True, autoincrement=True)


def text(name: str) -> Column[str]:
    return Column(name, Text)


def int32(name: str) -> Column[int]:
    return Column(name, Integer)


def int64(name: str) -> Column[int]:
    return Column(name, BigInteger)


def index(table: str, *columns: str) -> Index:
    return Index("_".join((table, *columns, "idx")), *columns)


system = Table("system", metadata, key("name"), text("value"))

permission = Table("permission", metadata, key("username"), key("action"))

auth_cookie = Table(
    "auth_cookie",
    metadata,
    key("cookie"),
    key("name"),
    key("ipnr"),
    int32("time"),
    info={"key": ("cookie", "ipnr", "name")},
)

session = Table(
    "session",
    metadata,
    key("sid"),
    key("authenticated", Integer),
    int32("last_visit"),
    index("session", "last_visit"),
    index("session", "authenticated"),
)

session_attribute = Table(
    "session_attribute",
    metadata,
    key("sid"),
    key("authenticated", Integer),
    key("name"),
    text("value"),
)

cache = Table("cache", metadata, key("id", Integer), int32("generation"), text("key"))

attachment = Table(
    "attachment",
    metadata,
    key("type"),
    key("id"),
    key("filename"),
    int32("size"),
    int64("time"),
    text("description"),
    text("author"),
)

wiki = Table(
    "wiki",
    metadata,
    key("name"),
    key("version", Integer),
    int64("time"),
    text("author"),
    text("text"),
    text("comment"),
    int32("readonly"),
    index("wiki", "time"),
)

repository = Table("repository", metadata, key("id", Integer), key("name"), text("value"))

revision = Table(
    "revision",
    metadata,
    key("repos", Integer),
    key("rev"),
    int64("time"),
    text("author"),
    text("message"),
    index("revision", "repos", "time"),
)

node_change = Table(
    "node_change",
    metadata,
    auto("id"),
    int32("repos"),
    text("rev"),
    text("path"),
    text("node_type"),
    text("change_type"),
    text("base_path"),
    text("base_rev"),
    index("node_change", "repos", "rev", "path"),
    index("node_change", "repos", "path", "rev"),
)

ticket = Table(
    "ticket",
    metadata,
    auto("id"),
    text("type"),
    int64("time"),
    int64("changetime"),
    text("component"),
    text("severity"),
    text("priority"),
    text("owner"),
    text("reporter"),
    text("cc"),
    text("version"),
    text("milestone"),
    text("status"),
    text("resolution"),
    text("summary"),
    text("description"),
    text("keywords"),
    index("ticket", "time"),
    index("ticket", "status"),
)

ticket_change = Table(
    "ticket_change",
    metadata,
    key("ticket", Integer),
    key("time", BigInteger),
    text("author"),
    key("field"),
    text("oldvalue"),
    text("newvalue"),
    index("ticket_change", "ticket"),
    index("ticket_change", "time"),
)

ticket_custom = Table("ticket_custom", metadata, key("ticket", Integer), key("name"), text("value"))

enum = Table("enum", metadata, key("type"), key("name"), text("value"), text("description"))

component = Table("component", metadata, key("name"), text("owner"), text("description"))

milestone = Table("milestone", metadata, key("name"), int64("due"), int64("completed"), text("description"))

version = Table("version", metadata, key("name"), int64("time"), text("description"))

report = Table(
    "report", metadata, auto("id"), text("author"), text("title"), text("query"), text("description")
)

notify_subscription = Table(
    "notify_subscription",
    metadata,
    auto("id"),
    int64("time"),
    int64("changetime"),
    text("class"),
    text("sid"),
    int32("authenticated"),
    text("distributor"),
    text("format"),
    int32("priority"),
    text("adverb"),
    index("notify_subscription", "sid", "authenticated"),
    index("notify_subscription", "class"),
)

notify_watch = Table(
    "notify_watch",
    metadata,
    auto("id"),
    text("sid"),
    int32("authenticated"),
    text("class"),
    text("realm"),
    text("target"),
    index("notify_watch", "sid", "authenticated", "class"),
    index("notify_watch", "class", "realm", "target"),
)
