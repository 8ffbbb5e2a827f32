"""What happens with backups."""

from core.events.event import Event


class BackupDue(Event):
    """The hour has come for a backup, or an operator wants one."""


class BackupMade(Event):
    """A backup was made, looked through and given its name. Sizes are bytes."""

    about = "backup_id"
    backup_id: int
    name: str
    size: int
    media_size: int


class BackupFailed(Event):
    """A backup came to nothing, or one that was good is damaged; the older ones are still there."""

    about = "backup_id"
    backup_id: int
    error: str
