"""Queue `email`: mails, one file per subject."""
