"""What is said in rooms, over HTTP."""

from typing import Annotated, Final
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Status
from pydantic import Field

from core.files.attachments import files_of, files_of_many
from core.http.bodies import LARGEST_ID
from core.http.lists import Order, Page, Wanted, read_page
from core.people.acting import acting
from core.rooms import message_actions, queries
from core.rooms.bodies import MessageChange, MessageDraft, MessageTold
from core.rooms.models import Message
from core.rooms.subjects import of_message

router = Router(tags=["rooms"])

NEWEST_FIRST: Final = Order(Message, "-seq")  # of one room, where no two are equal
OLDEST_FIRST: Final = Order(Message, "seq")

Number = Annotated[int | None, Field(ge=0, le=LARGEST_ID)]


class MessagesWanted(Wanted):
    """Which messages are asked for."""

    after: Annotated[Number, Field(description="those behind this number, oldest first")] = None
    before: Annotated[Number, Field(description="those in front of this number")] = None


@router.get(
    "rooms/{int:room_id}/messages",
    response=Page[MessageTold],
    operation_id="list_messages",
    summary="Messages",
)
def list_messages(
    request: HttpRequest, room_id: int, wanted: Query[MessagesWanted]
) -> Page[MessageTold]:
    """What was said in a room: the newest first, or with `after` the oldest behind it first."""
    rows = queries.messages_of(queries.get_room(room_id, by=acting(request)))
    if wanted.before is not None:
        rows = rows.filter(seq__lt=wanted.before)
    if wanted.after is not None:
        rows = rows.filter(seq__gt=wanted.after)
    order = NEWEST_FIRST if wanted.after is None else OLDEST_FIRST
    page = read_page(rows, order, wanted, lambda row: row)
    files = files_of_many([of_message(each.pk) for each in page.items])
    told = [MessageTold.of(each, files[of_message(each.pk)]) for each in page.items]
    return Page(items=told, next=page.next)


@router.post(
    "rooms/{int:room_id}/messages",
    response={201: MessageTold},
    operation_id="post_message",
    summary="Say something",
)
def post_message(request: HttpRequest, room_id: int, given: MessageDraft) -> Status[MessageTold]:
    """Whoever is in the room sees it at once; whom it names by `@` is told."""
    message = message_actions.post_message(
        room_id=room_id,
        body=given.body,
        files=[int(each) for each in given.files],
        by=acting(request),
    )
    return Status(201, told(message))


@router.patch(
    "messages/{uuidstr:said_id}",
    response=MessageTold,
    operation_id="edit_message",
    summary="Change a message",
)
def edit_message(request: HttpRequest, said_id: UUID, given: MessageChange) -> MessageTold:
    """Says it otherwise, which everybody sees; one's own messages only."""
    by = acting(request)
    return told(message_actions.edit_message(message_id=said_id, body=given.body, by=by))


@router.delete(
    "messages/{uuidstr:said_id}",
    response={204: None},
    operation_id="remove_message",
    summary="Remove a message",
)
def remove_message(request: HttpRequest, said_id: UUID) -> Status[None]:
    """Takes its words and files away; one's own, or in a room that one keeps in order."""
    message_actions.remove_message(message_id=said_id, by=acting(request))
    return Status(204, None)


def told(message: Message) -> MessageTold:
    """A message with its files."""
    return MessageTold.of(message, files_of(of_message(message.pk)))
