"""What followed from what: events, their causes and consequences, and who was told how."""
