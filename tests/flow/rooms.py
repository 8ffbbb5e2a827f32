"""Ways to have rooms and to talk in them."""

from dataclasses import dataclass
from typing import Any

from core.rooms.actions import add_topic, open_room
from core.rooms.message_actions import post_message
from core.rooms.models import Message, Room, RoomAudience, Topic
from tests.flow.conftest import School


@dataclass(frozen=True)
class Rooms:
    """Rooms of the demo school; `centre` is a slug."""

    school: School
    centre: str = "oakwood"

    def email(self, who: str) -> str:
        return f"{who}@{self.centre}.example"

    def topic(self) -> Topic:
        found = Topic.objects.filter(centre__slug=self.centre, name="Talk").first()
        return found or add_topic(name="Talk", by=self.school.actor(self.email("admin")))

    def open(self, audience: RoomAudience = RoomAudience.CLASS, *, by: str = "staff") -> Room:
        of_class = audience in (RoomAudience.CLASS, RoomAudience.FAMILIES)
        return open_room(
            topic_id=self.topic().pk,
            name=f"7A {audience}" if of_class else str(audience),
            audience=audience,
            class_id=self.school.class_7a(self.centre).pk if of_class else None,
            by=self.school.actor(self.email(by)),
        )

    def say(self, room: Room, body: str, *, by: str = "student1", **more: Any) -> Message:
        by_whom = self.school.actor(self.email(by))
        return post_message(room_id=room.pk, body=body, by=by_whom, **more)
