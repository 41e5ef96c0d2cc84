"""Two classes of Trac's names, by whose attribute existing scripts switch pooling off."""

from __future__ import annotations


class PostgreSQLConnection:
    poolable = True


class MySQLConnection:
    poolable = True
