"""`PostgreSQLConnection.poolable = False`, set from outside, keeps no connections open."""

from trackside.db.poolable import PostgreSQLConnection as PostgreSQLConnection
