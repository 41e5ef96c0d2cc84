"""The module names that existing scripts import."""
