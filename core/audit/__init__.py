"""Who did what that matters: kept for good, changed by nobody."""
