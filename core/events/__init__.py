"""Events and their deliveries: the outbox that everything durable goes through."""
