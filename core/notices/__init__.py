"""What the portal tells each person, and what each wants to hear."""
