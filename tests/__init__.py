"""The stories of Schoolbell, from single functions to whole stacks in a browser."""
