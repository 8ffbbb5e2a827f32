"""The socket side: routing, the consumer, the hub."""
