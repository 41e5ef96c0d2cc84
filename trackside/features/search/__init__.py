"""Find things by their text."""
