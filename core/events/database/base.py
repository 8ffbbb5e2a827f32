"""The backend that the settings name; Django looks for it in a module of this name."""

from django.db.backends.postgresql import base

from core.events.nudge import Following, announce


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, but what follows the transaction is told of as the commit sets out.

    A commit takes about as long to reach the disk as a worker takes to come, so the worker comes
    just in time. Whoever comes too early finds nothing, and is told again after the commit.
    """

    def commit(self) -> None:
        calls = [getattr(call, "__self__", None) for _savepoints, call, *_ in self.run_on_commit]
        if following := [each for each in calls if isinstance(each, Following)]:
            announce(following)
        super().commit()
