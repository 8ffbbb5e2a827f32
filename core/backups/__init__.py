"""Backups of the database and of all files, and their way back (docs/backups.md)."""
