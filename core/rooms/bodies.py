"""What is sent and told of topics, rooms and messages."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Self

from django.core.serializers.json import DjangoJSONEncoder
from pydantic import AfterValidator, ConfigDict, Field, StrictBool, StringConstraints

from core.files.bodies import FileIds, FileTold
from core.files.models import File
from core.http.bodies import LARGEST_ID, STORABLE, Given, Id, Told, one_line
from core.people.actor import Actor
from core.people.models import User
from core.rooms import queries
from core.rooms.models import Message, Room, RoomAudience, Topic

TopicName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=60),
    STORABLE,
    AfterValidator(one_line),
]
RoomName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    STORABLE,
    AfterValidator(one_line),
]
Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000), STORABLE
]
GivenId = Annotated[str, StringConstraints(max_length=20)]


class TopicDraft(Given):
    """A topic as it is to be called."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "Mathematics"}})

    name: TopicName


class RoomDraft(Given):
    """A room as it is to be; without an audience it is the class's, or else everybody's."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {"topic_id": "1", "name": "7A", "audience": "class", "class_id": "1"}
        }
    )

    topic_id: GivenId
    name: RoomName
    audience: Annotated[
        RoomAudience | None, Field(description="whose room it is, beside the office")
    ] = None
    class_id: Annotated[
        GivenId | None, Field(description="for the audiences `class` and `families`")
    ] = None

    @property
    def whose(self) -> RoomAudience:
        """The audience that is given or goes without saying."""
        return self.audience or (RoomAudience.CLASS if self.class_id else RoomAudience.CENTRE)


class RoomChange(Given):
    """What is to change of a room; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "7A, 2026", "closed": True}})

    # Never read: what is not given is not set. A default of None would let null through.
    name: RoomName = Field(default_factory=str)
    topic_id: GivenId = Field(default_factory=str)
    closed: StrictBool = Field(default_factory=bool)


class MessageDraft(Given):
    """Something to be said; `@` and the name of somebody whose room it is tells them."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"body": "Who has page 12? @Ada Ashby", "files": []}}
    )

    body: Words
    files: FileIds = ()


class MessageChange(Given):
    """A message's new words."""

    model_config = ConfigDict(json_schema_extra={"example": {"body": "Who has page 13?"}})

    body: Words


class RoomReadUpTo(Given):
    """The number of the last message that was read."""

    model_config = ConfigDict(json_schema_extra={"example": {"up_to": 34}})

    up_to: Annotated[int, Field(strict=True, ge=0, le=LARGEST_ID)]


class TopicTold(Told):
    """A topic."""

    id: Id
    name: str

    @classmethod
    def of(cls, topic: Topic) -> Self:
        """The topic in words."""
        return cls(id=str(topic.pk), name=topic.name)


class RoomTold(Told):
    """A room; what is said in it comes live on `stream`, `room:ID`."""

    id: Id
    topic: TopicTold
    name: str
    audience: RoomAudience
    class_id: Id | None
    created_at: datetime
    last_at: Annotated[datetime | None, Field(description="when something was last said")]
    unread: Annotated[
        int, Field(description="messages of others that one has not read; 100 for more")
    ]
    closed: bool
    may_write: bool
    stream: str

    @classmethod
    def of(cls, room: Room) -> Self:
        """A room of `queries.with_news`."""
        return cls(
            id=str(room.pk),
            topic=TopicTold.of(room.topic),
            name=room.name,
            audience=RoomAudience(room.audience),
            class_id=str(room.school_class_id) if room.school_class_id else None,
            created_at=room.created_at,
            last_at=room.last_at,  # type: ignore[attr-defined]  # annotated, like `unread`
            unread=room.unread,  # type: ignore[attr-defined]
            closed=room.closed_at is not None,
            may_write=queries.is_open(room),
            stream=f"room:{room.pk}",
        )


class RoomMore(RoomTold):
    """A room; subscribe to its stream with `after: seq` to get whatever comes next."""

    seq: Annotated[int, Field(description="the number of the newest entry of its stream")]
    keeps_order: Annotated[
        bool, Field(description="whether one may close it, and remove what others said")
    ]

    @classmethod
    def seen(cls, room: Room, *, seq: int, by: Actor) -> Self:
        """The room as the actor has it; `seq` was read before it."""
        told = RoomTold.of(room).model_dump()
        return cls(**told, seq=seq, keeps_order=queries.keeps_order(room, by))


class SpeakerTold(Told):
    """Who said something."""

    id: Id
    name: str

    @classmethod
    def of(cls, person: User) -> Self:
        """The person in words."""
        return cls(id=str(person.pk), name=person.name)


class MessageTold(Told):
    """Something said in a room. Of what was removed only that it was is told."""

    id: Id
    room_id: Id
    seq: Annotated[int, Field(description="its number in the room's stream, in order")]
    author: SpeakerTold
    body: str
    created_at: datetime
    edited_at: datetime | None
    removed: bool
    files: list[FileTold]

    @classmethod
    def of(cls, message: Message, files: Iterable[File]) -> Self:
        """The message with its files; its author should be selected."""
        return cls(
            id=str(message.pk),
            room_id=str(message.room_id),
            seq=message.seq,
            author=SpeakerTold.of(message.author),
            body=message.body,
            created_at=message.created_at,
            edited_at=message.edited_at,
            removed=message.removed_at is not None,
            files=[FileTold.of(each) for each in files],
        )


def entry_of(message: Message, files: Iterable[File]) -> dict[str, Any]:
    """The message as its room's stream tells it: to the letter as the API, but for its number.

    That is the entry's own.
    """
    told = MessageTold.of(message, files).model_dump(exclude={"seq"})
    written: dict[str, Any] = json.loads(DjangoJSONEncoder().encode(told))
    return written
