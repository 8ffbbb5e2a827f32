"""Tables of boards and what is drawn on them, and how much that can be."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from core.people.models import Centre, User
from core.rooms.models import Room

WIDTH: Final = 1_600  # of a board; coordinates are whole numbers from 0 to this
HEIGHT: Final = 900
THINNEST: Final = 2  # stroke, in the same measure
THICKEST: Final = 24
LONGEST: Final = 500  # points of one stroke
MOST_STROKES: Final = 5_000  # on a board
MOST_POINTS: Final = 250_000  # of all of them: some 2 MB to whoever opens the board
MOST_BOARDS: Final = 20  # in a room


class Colour(models.TextChoices):
    """What a stroke can be drawn in; how each looks: core/boards/palette.py."""

    INK = "ink", _("Ink")
    RED = "red", _("Red")
    BLUE = "blue", _("Blue")
    GREEN = "green", _("Green")
    ORANGE = "orange", _("Orange")
    PURPLE = "purple", _("Purple")


class Board(models.Model):
    """Where the people of a room draw together, seen by all of them at once.

    What is counted is changed together with its strokes, under the lock of the row.
    """

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    room = models.ForeignKey(Room, models.CASCADE, related_name="boards")
    name = models.CharField(max_length=100)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    stroke_count = models.PositiveIntegerField(default=0)
    point_count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class Stroke(models.Model):
    """One line that somebody drew. `seq` is its number in the board's stream.

    Whoever draws may choose the id, so that what is sent twice is drawn once. Of one that is
    removed the row stays for a while, without its points: sent again, it must not come back.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    centre = models.ForeignKey(Centre, models.CASCADE, related_name="+")
    board = models.ForeignKey(Board, models.CASCADE, related_name="strokes")
    seq = models.BigIntegerField()
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    points = models.JSONField()  # [[x, y], ...]
    colour = models.CharField(max_length=16, choices=Colour.choices)
    width = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["board", "seq"], name="stroke_number_once")]

    def __str__(self) -> str:
        return f"{self.author} on {self.board}"
