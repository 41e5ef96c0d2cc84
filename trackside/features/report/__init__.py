"""Stored SQL reports and saved queries."""
