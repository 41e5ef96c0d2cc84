"""The database: Trac's schema as a contract, our own tables beside it, three backends."""
