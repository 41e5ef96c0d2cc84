"""Features assembled into projects, and projects served."""
