"""Trackside: wiki, tickets, roadmap, timeline and search of a project in one place."""

__version__ = "0.1.0"
