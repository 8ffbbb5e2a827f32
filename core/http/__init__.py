"""What every HTTP answer shares: request ids, problem+json, idempotency."""
