"""Rooms: where people of a centre write to each other, each about a topic."""
