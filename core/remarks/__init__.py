"""Remarks: what a teacher says of a pupil at the end of a term; report cards quote it."""
