"""Ending mails by the link that they carry: without signing in, by a signed token (RFC 8058)."""

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction

from core.events.event import NO_CENTRE
from core.events.publish import publish
from core.notices.events import NoticePreferencesChanged
from core.notices.kinds import MANDATORY
from core.notices.models import NoticeKind, NoticePreference
from core.people.models import User
from core.refusals import NotFoundError

DIGEST: Final = "digest"  # what the link in a digest ends: all that comes in it
# Of unlimited life, as mails are kept for years. `.` is at home in an address, `:` is not.
TOKENS: Final = Signer(salt="unsubscribe", sep=".")
UNDOS: Final = Signer(salt="unsubscribe-undo", sep=".")


@dataclass(frozen=True, slots=True)
class Ending:
    """What a link ends, for whom."""

    person: User
    what: str  # a NoticeKind, or DIGEST

    @property
    def kind(self) -> NoticeKind | None:
        """The kind that it ends; None for the digest."""
        return None if self.what == DIGEST else NoticeKind(self.what)


def address_for(person_id: int, what: str) -> str:
    """The address that ends mail of a kind for a person, or their digests; '' for none."""
    if not what or what in MANDATORY:
        return ""
    return f"{settings.BASE_URL}/unsubscribe/{TOKENS.sign_object([person_id, what])}"


def ending_of(token: str) -> Ending:
    """What a token ends; NotFoundError for one that was not made here."""
    try:
        person_id, what = TOKENS.unsign_object(token)
    except (BadSignature, ValueError):
        raise NotFoundError("This link is not complete.") from None
    person = User.objects.filter(pk=person_id).first()
    if person is None or what in MANDATORY:
        raise NotFoundError("This link does not lead anywhere any more.")
    return Ending(person, what)


@transaction.atomic
def unsubscribe(ending: Ending) -> str:
    """End the mails, for every child too; returns what undoes it. Twice is once."""
    rows = NoticePreference.objects.select_for_update().filter(person=ending.person)
    rows = rows.filter(kind=ending.what) if ending.kind else rows.filter(digest=True)
    before = [[row.kind, row.student_id, row.email, row.digest, row.by_link] for row in rows]
    rows.update(email=False, digest=False, by_link=True)
    if ending.kind:
        NoticePreference.objects.update_or_create(
            person=ending.person,
            kind=ending.kind,
            student=None,
            defaults={"email": False, "digest": False, "by_link": True},
        )
    publish(NoticePreferencesChanged(centre_id=NO_CENTRE, person_id=ending.person.pk))
    return UNDOS.sign_object([ending.person.pk, ending.what, before])


@transaction.atomic
def undo(ending: Ending, token: str) -> None:
    """Take the end back: what was chosen before counts again, and what was off comes singly."""
    try:
        person_id, what, before = UNDOS.unsign_object(token)
    except (BadSignature, ValueError):
        raise NotFoundError("This cannot be undone any more.") from None
    if (person_id, what) != (ending.person.pk, ending.what):
        raise NotFoundError("This cannot be undone any more.")
    rows = NoticePreference.objects.filter(person=ending.person, by_link=True)
    if ending.kind:
        ended = rows.filter(kind=ending.what)
        ended.filter(student=None, portal=True).delete()  # it says no more than no row does
        ended.update(email=True, by_link=False)  # what was chosen for the portal stays
    for kind, student_id, email, digest, by_link in before:
        if not by_link:
            NoticePreference.objects.update_or_create(
                person=ending.person,
                kind=kind,
                student_id=student_id,
                defaults={"email": email, "digest": digest, "by_link": False},
            )
    publish(NoticePreferencesChanged(centre_id=NO_CENTRE, person_id=ending.person.pk))
