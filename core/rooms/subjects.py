"""Under what names the files of messages are kept."""

from uuid import UUID


def of_message(message_id: UUID) -> str:
    """What came with a message."""
    return f"message:{message_id}"
