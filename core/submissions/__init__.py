"""Submissions and grades: work handed in, looked at, and what it came to."""
