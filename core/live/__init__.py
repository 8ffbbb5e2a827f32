"""Streams that browsers follow: stored entries with gapless numbers, and hints."""
