"""Stories of the embedded stack's supervisor."""
