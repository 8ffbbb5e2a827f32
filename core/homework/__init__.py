"""Homework: written, published, told, withdrawn."""
