"""The real stack in containers: its environment, up and down, replaced while it runs."""
