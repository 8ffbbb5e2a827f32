"""Report cards: a file for each pupil, a few at a time, and then all of them as one."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Final

from django.db import transaction

from core.reports import formats, making
from core.reports.content import Document, Head, Text
from core.reports.events import ReportRequested
from core.reports.formats import FORMATS, Options
from core.reports.kind import Card, Format
from core.reports.making import Order
from core.reports.models import ReportCard
from core.reports.snapshot import Snapshot
from core.reports.storage import begin_file, beginning, path_of, settle, settle_all
from tasks.apart import Say, run_apart
from tasks.reports.shown import Shown
from tasks.work import Work

IN_CARDS: Final = (Format.PDF, Format.HTML)
STEP: Final = 20  # cards that are written down together


@dataclass(frozen=True, slots=True)
class WrittenCard:
    """A card whose file is whole and has no name yet; said by who writes."""

    student_id: int
    name: str
    place: int
    begun: Path


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the cards of a version, in a process of its own: it asks the database nothing."""

    order: Order
    snapshot: Snapshot
    head: Head

    def cards(self) -> list[Card]:
        """All of the version."""
        assert self.order.kind.cards is not None  # noqa: S101 - who calls has looked
        return list(self.order.kind.cards(self.snapshot, self.order.setting))

    def write_all_but(self, made: set[int], say: Say) -> None:
        """Write those of other students; say how many there are, and each step's cards."""
        cards = self.cards()
        todo = [each for each in enumerate(cards) if each[1].student_id not in made]
        room = f"cards-{secrets.token_hex(4)}"
        for first in range(0, len(todo), STEP):
            before = len(cards) - len(todo) + first
            step = [self._begun(room, *each) for each in todo[first : first + STEP]]
            documents = (self._document(card) for _, card in todo[first : first + STEP])
            formats.write_cards(
                zip((each.begun for each in step), documents, strict=True),
                self.order.format,
                lambda count, before=before: say((before + count, len(cards))),  # type: ignore[misc]
            )
            say(step)

    def write_together(self, begun: Path, say: Say) -> None:
        """Write all on one page."""
        parts = chain.from_iterable((Text(each.name, ""), *each.parts) for each in self.cards())
        document = Document(self.head, tuple(parts))
        FORMATS[self.order.format].write(document, begun, Options(), lambda _: say(None))

    def _begun(self, room: str, place: int, card: Card) -> WrittenCard:
        suffix = FORMATS[self.order.format].suffix
        begun = begin_file(self.order.version.folder, f"{room}/{place:05}{suffix}")
        return WrittenCard(card.student_id, card.name, place, begun)

    def _document(self, card: Card) -> Document:
        return Document(replace(self.head, subtitle=card.name), card.parts)


def write_cards(
    work: Work[ReportRequested], order: Order, snapshot: Snapshot, shown: Shown
) -> Path:
    """Make the cards that no earlier attempt has made, and a file of all; returns that one."""
    writer = Writer(order, snapshot, order.document(()).head)
    made = set(order.version.cards.values_list("student_id", flat=True))

    def hear(said: list[WrittenCard] | tuple[int, int] | None) -> None:
        if isinstance(said, list):
            _note(work, order, said)
        else:
            shown.hear(said)

    run_apart(lambda say: writer.write_all_but(made, say), hear)
    return _together(writer, shown)


def _note(work: Work[ReportRequested], order: Order, step: Sequence[WrittenCard]) -> None:
    paths = settle_all([each.begun for each in step])
    with transaction.atomic():
        making.note_cards(order, list(_rows(order, step, paths)))
        work.checkpoint({"cards": order.version.cards.count()})


def _rows(order: Order, step: Sequence[WrittenCard], paths: Sequence[Path]) -> Iterable[ReportCard]:
    for card, path in zip(step, paths, strict=True):
        yield making.card_of(
            order, student_id=card.student_id, name=card.name, place=card.place, path=path
        )


def _together(writer: Writer, shown: Shown) -> Path:
    """All cards as one file, for who reviews them."""
    order = writer.order
    folder, suffix = order.version.folder, FORMATS[order.format].suffix
    names = list(order.version.cards.order_by("place").values_list("file_name", flat=True))
    paths = [path_of(folder) / name for name in names]
    shown.writing(1, 1)
    with beginning(folder, f"report-{secrets.token_hex(4)}{suffix}") as begun:
        if order.format == Format.PDF and paths:
            run_apart(lambda say: formats.join_pdfs(paths, begun, lambda: say(None)), shown.hear)
        else:
            run_apart(lambda say: writer.write_together(begun, say), shown.hear)
    return settle(begun)
