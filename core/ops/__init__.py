"""Whether Schoolbell is alive, and what it lacks."""
