"""Jobs: long work that somebody asked for, with its progress, its result and a way to stop it."""
