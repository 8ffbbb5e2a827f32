"""The demo school, for trying and for tests."""
