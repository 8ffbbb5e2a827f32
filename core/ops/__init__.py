"""Running the system: whether it lives, what it could not deliver, which queues rest."""
