"""What Prometheus is told: what was counted, and what is looked up at that moment."""
