"""Canaries: what is sent through every queue each minute, to see that somebody answers."""
