"""Queue `cleanup`: what must not pile up."""
