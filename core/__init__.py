"""The domain and its HTTP layer; imports no other root."""
