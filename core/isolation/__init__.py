"""Keeping centres apart in the database itself: whose rows a transaction may see (ADR 16)."""
