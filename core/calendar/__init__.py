"""The school year of a centre: terms, and days on which it is closed."""
