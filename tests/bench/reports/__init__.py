"""How fast reports are written, and in how much memory, beside others on the same data."""
