"""What Schoolbell runs on."""
