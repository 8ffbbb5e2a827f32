"""Removing the bytes of files that are gone."""

from core.files import storage
from core.files.events import FileRemoved
from tasks.handler import Batch, on


@on(FileRemoved)
def drop_bytes(batch: Batch[FileRemoved]) -> None:
    """Remove the bytes of files whose rows are gone; removing them twice is removing them once."""
    for each in batch.claimed:
        storage.drop(each.event.storage_name)
