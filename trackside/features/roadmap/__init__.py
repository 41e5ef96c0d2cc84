"""Milestones and their progress."""
