"""Boards: where the people of a room draw together."""
