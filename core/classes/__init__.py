"""Classes, enrolments and homework."""
