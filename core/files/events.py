"""What can happen to files."""

from core.events.event import Event


class FileUploaded(Event):
    """A person gave a file; it is attached to nothing yet."""

    about = "file_id"
    file_id: int


class FileRemoved(Event):
    """A file is gone: its owner took it back, or it was attached to nothing for a day."""

    about = "file_id"
    file_id: int
    storage_name: str
