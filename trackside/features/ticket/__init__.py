"""Tickets, their workflow and the query language."""
