"""How people get in: passwords, sessions, tokens, the second factor, and the limits on guessing."""
