"""Unified diffs as tables."""

from __future__ import annotations


def diff_html(text: str) -> str:
    """The tables of a unified diff; empty for what is none."""
    return ""
