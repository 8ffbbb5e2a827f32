"""What can happen to imports."""

from core.events.event import Event


class ImportUploaded(Event):
    """A file of people was uploaded, and is to be looked through."""

    about = "import_id"
    import_id: int


class ImportStarted(Event):
    """An import that was looked through is to be carried out."""

    about = "import_id"
    import_id: int


class ImportFinished(Event):
    """All rows of an import were carried out or refused."""

    about = "import_id"
    import_id: int
