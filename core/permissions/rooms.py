"""TABLE: rooms and boards; whose room it is and who keeps it in order: core/rooms/queries.py."""

from typing import Final

from core.permissions.rule import MEMBER, OVERSEEING, Rule

RULES: Final[dict[str, Rule]] = {
    # the API
    "GET api/topics": MEMBER,
    "POST api/topics": OVERSEEING,
    "GET api/rooms": MEMBER,
    "POST api/rooms": OVERSEEING,
    "GET api/rooms/<int:room_id>": MEMBER,
    "PATCH api/rooms/<int:room_id>": OVERSEEING,
    "POST api/rooms/<int:room_id>/read": MEMBER,
    "GET api/rooms/<int:room_id>/messages": MEMBER,
    "POST api/rooms/<int:room_id>/messages": MEMBER,
    "PATCH api/messages/<uuidstr:said_id>": MEMBER,
    "DELETE api/messages/<uuidstr:said_id>": MEMBER,
    "GET api/rooms/<int:room_id>/boards": MEMBER,
    "POST api/rooms/<int:room_id>/boards": MEMBER,
    "GET api/boards/<int:board_id>": MEMBER,
    "POST api/boards/<int:board_id>/strokes": MEMBER,
    "DELETE api/boards/<int:board_id>/strokes/<uuidstr:stroke_id>": MEMBER,
    "POST api/boards/<int:board_id>/clear": OVERSEEING,
    # pages
    "GET rooms": MEMBER,
    "GET rooms/new": OVERSEEING,
    "POST rooms/new": OVERSEEING,
    "GET rooms/<int:room_id>": MEMBER,
    "POST rooms/<int:room_id>": MEMBER,
    "GET rooms/<int:room_id>/news": MEMBER,
    "GET rooms/<int:room_id>/edit": OVERSEEING,
    "POST rooms/<int:room_id>/edit": OVERSEEING,
    "POST rooms/<int:room_id>/close": OVERSEEING,
    "POST rooms/<int:room_id>/reopen": OVERSEEING,
    "GET messages/<uuidstr:said_id>": MEMBER,
    "POST messages/<uuidstr:said_id>": MEMBER,
    "POST messages/<uuidstr:said_id>/remove": MEMBER,
    # pages of boards
    "GET rooms/<int:room_id>/boards": MEMBER,
    "POST rooms/<int:room_id>/boards": MEMBER,
    "GET boards/<int:board_id>": MEMBER,
    "POST boards/<int:board_id>/clear": OVERSEEING,
    "GET boards/<int:board_id>/picture.svg": MEMBER,
}
