"""What is tried with containers. `pytest -m stack`; needs a Docker engine."""
