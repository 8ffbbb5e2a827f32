"""Report cards: a file for each pupil, a few at a time, and then all of them as one."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Final

from django.db import transaction

from core.reports import formats, making
from core.reports.content import Document, Head, Text
from core.reports.events import ReportRequested
from core.reports.formats import FORMATS, Options, Progress
from core.reports.kind import Card, Format
from core.reports.making import Order
from core.reports.models import ReportCard
from core.reports.snapshot import Snapshot
from core.reports.storage import begin_file, path_of, settle, settle_all
from tasks.reports.shown import Shown
from tasks.work import Work

IN_CARDS: Final = (Format.PDF, Format.HTML)
STEP: Final = 20  # cards that are written down together

Step = Sequence[tuple[int, Card]]  # cards, each with its place


def write_cards(
    work: Work[ReportRequested], order: Order, snapshot: Snapshot, shown: Shown
) -> Path:
    """Make the cards that no earlier attempt has made, and a file of all; returns that one."""
    assert order.kind.cards is not None  # noqa: S101 - who calls has looked
    cards = list(order.kind.cards(snapshot, order.setting))
    made = set(order.version.cards.values_list("student_id", flat=True))
    todo = [each for each in enumerate(cards) if each[1].student_id not in made]
    room = f"cards-{secrets.token_hex(4)}"
    head = order.document(()).head
    for step in _steps(todo):
        rows = _write(order, head, room, step, _from(shown, len(made), len(cards)))
        with transaction.atomic():
            making.note_cards(order, rows)
            work.checkpoint({"cards": len(made) + len(rows)})
        made |= {row.student_id for row in rows}
    return _together(order, cards, lambda *_: shown.writing(1, 1))


def _steps(todo: Step) -> Iterable[Step]:
    return (todo[begin : begin + STEP] for begin in range(0, len(todo), STEP))


def _from(shown: Shown, made: int, total: int) -> Progress:
    """Tells how many cards there are when so many of a step are made."""
    return lambda count: shown.writing(made + count, total)


def _write(order: Order, head: Head, room: str, step: Step, progress: Progress) -> list[ReportCard]:
    suffix = FORMATS[order.format].suffix
    begun = [begin_file(order.version.folder, f"{room}/{place:05}{suffix}") for place, _ in step]
    documents = (Document(replace(head, subtitle=card.name), card.parts) for _, card in step)
    formats.write_cards(zip(begun, documents, strict=True), order.format, progress)
    return [
        making.card_of(order, student_id=card.student_id, name=card.name, place=place, path=path)
        for (place, card), path in zip(step, settle_all(begun), strict=True)
    ]


def _together(order: Order, cards: Sequence[Card], progress: Progress) -> Path:
    """All cards as one file, for who reviews them."""
    suffix = FORMATS[order.format].suffix
    begun = begin_file(order.version.folder, f"report-{secrets.token_hex(4)}{suffix}")
    if order.format == Format.PDF and cards:
        folder = path_of(order.version.folder)
        names = order.version.cards.order_by("place").values_list("file_name", flat=True)
        formats.join_pdfs([folder / name for name in names], begun, lambda: progress(0))
    else:
        parts = chain.from_iterable((Text(each.name, ""), *each.parts) for each in cards)
        document = order.document(tuple(parts))
        FORMATS[order.format].write(document, begun, Options(), progress)
    return settle(begun)
