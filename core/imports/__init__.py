"""Bringing people in from a file: looked through first, then carried out by a job."""
