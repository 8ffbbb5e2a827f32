"""What can happen to centres."""

from core.events.event import Event


class CentreOpened(Event):
    """An operator made a new centre."""

    slug: str


class CentreChanged(Event):
    """A centre got another name, language, colour or time zone."""

    fields: tuple[str, ...]
