"""Names of Trac's database layer."""
