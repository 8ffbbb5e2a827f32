"""What is sent and told of preferences and quiet hours."""

from datetime import datetime, time
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, RootModel, StrictBool, StringConstraints

from core.http.bodies import STORABLE, Given, Told, id_from
from core.notices.kinds import MANDATORY
from core.notices.models import DigestFrequency, NoticeKind
from core.notices.preferences import Choice, Chosen, Way
from core.refusals import InvalidError

Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300), STORABLE
]
ClockTime = Annotated[time, Field(description="by the centre's clocks: 20:00", examples=["20:00"])]


Calls = Annotated[
    StrictBool | None,
    Field(description="whether the portal calls, or only lists; left out it stays as it is"),
]


class ChildPreference(Given):
    """By which ways a guardian hears of a kind of notice about one child."""

    email: StrictBool
    digest: StrictBool | None = None
    portal: Calls = None

    def choice(self) -> Choice:
        """As the action takes it."""
        return Choice(self.email, self.digest, self.portal)


class Preference(Given):
    """By which ways a person hears of a kind of notice; the portal lists it in any case.

    With `portal` it also calls the person: a message on the screen, and one more unread. `digest`
    collects mails instead of sending each. Either stays as it is when it is left out. `children`
    holds what is chosen apart for a child, by its id; null goes with the general choice again.
    `mandatory` is only told, and may be sent back.
    """

    email: StrictBool
    digest: StrictBool | None = None
    portal: Calls = None
    children: dict[str, ChildPreference | None] | None = None
    mandatory: StrictBool | None = None

    def choice(self) -> Choice:
        """As the action takes it; a child that cannot be one is nobody's."""
        chosen: dict[int, Choice | None] = {
            id_from(each) or 0: theirs.choice() if theirs else None
            for each, theirs in (self.children or {}).items()
        }
        return Choice(self.email, self.digest, self.portal, chosen)


class Preferences(RootModel[dict[NoticeKind, Preference]]):
    """Per kind of notice."""


class NoticeWayTold(Told):
    """How a guardian hears of one child."""

    email: bool
    digest: bool
    portal: bool

    @classmethod
    def of(cls, way: Way) -> Self:
        """The way in words."""
        return cls(email=way.email, digest=way.digest, portal=way.portal)


class PreferenceTold(Told):
    """What counts for a kind, and for each child what was chosen apart, or null."""

    email: bool
    digest: bool
    portal: bool
    mandatory: bool
    children: dict[str, NoticeWayTold | None]

    @classmethod
    def of(cls, kind: NoticeKind, chosen: Chosen) -> Self:
        """The choice in words."""
        return cls(
            email=chosen.way.email,
            digest=chosen.way.digest,
            portal=chosen.way.portal,
            mandatory=kind in MANDATORY,
            children={
                str(each): way and NoticeWayTold.of(way) for each, way in chosen.children.items()
            },
        )


class PreferencesTold(RootModel[dict[NoticeKind, PreferenceTold]]):
    """Per kind of notice; what is `mandatory` cannot be switched off."""


class DigestWanted(Given):
    """How often digests are to come."""

    frequency: DigestFrequency


class DigestTold(Told):
    """How often digests come, always at 18:00 in the centre's time zone."""

    frequency: DigestFrequency


class QuietHoursWanted(Given):
    """When no mail is to be sent; without times and on open days, never."""

    begins: ClockTime | None = None
    ends: ClockTime | None = None
    on_closed_days: StrictBool = False


class QuietHoursTold(Told):
    """When no mail is sent, by the centre's clocks, and until when it is quiet just now."""

    begins: str | None
    ends: str | None
    on_closed_days: bool
    timezone: str
    quiet_until: datetime | None


class BypassWanted(Given):
    """Which event cannot wait, and why."""

    event_id: UUID
    reason: Reason


class BypassTold(Told):
    """How many mails waited, and go now."""

    event_id: UUID
    released: int


def no_zone(wanted: QuietHoursWanted) -> QuietHoursWanted:
    """Refuse times with an offset: they are those of the centre's clocks."""
    for name in ("begins", "ends"):
        if (at := getattr(wanted, name)) and at.tzinfo:
            raise InvalidError(name, "must be a time without an offset, like 20:00")
    return wanted
