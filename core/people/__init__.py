"""Centres, the people in them, their roles, and who is guardian of whom."""
