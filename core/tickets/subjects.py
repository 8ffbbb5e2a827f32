"""Under what names the files of tickets and comments are kept."""


def of_ticket(ticket_id: int) -> str:
    """What came with the ticket itself."""
    return f"ticket:{ticket_id}"


def of_comment(comment_id: int) -> str:
    """What came with something said about it; an internal comment's files are for staff only."""
    return f"ticket-comment:{comment_id}"
