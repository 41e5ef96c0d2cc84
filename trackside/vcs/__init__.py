"""Version control: what a repository must answer, and how two texts differ."""
