"""What scripts say of connection pools: a variable, and an attribute of two classes of Trac's names."""

from __future__ import annotations

import os

_SIZE = 10


class PostgreSQLConnection:
    poolable = True


class MySQLConnection:
    poolable = True


def pool_size() -> int:
    """How many connections a process keeps: `TRAC_DB_POOL_SIZE`, or ten."""
    text = os.environ.get("TRAC_DB_POOL_SIZE", "").strip()
    return max(1, int(text)) if text.isdecimal() else _SIZE
