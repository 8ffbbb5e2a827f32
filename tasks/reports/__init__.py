"""Queue `reports`: reports are made."""
