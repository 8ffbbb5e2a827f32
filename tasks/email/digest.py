"""The digest: one mail with what would have been several."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext_noop, ngettext

from core.events.claims import Claimed
from core.notices.digests import collect_digests, listed_in
from core.notices.events import CentreDigestsDue
from core.notices.models import Notice
from core.notices.unsubscribing import DIGEST
from core.people.language import speaking_to
from core.people.models import Centre, User
from tasks.email.letter import Letter, write
from tasks.email.send import send_each
from tasks.email.standing import still_told
from tasks.handler import Batch, Recipients, SkipError, on

NOTHING: Final = gettext_noop("nothing of it is left to tell")
NOT_ACTIVE: Final = gettext_noop("account is not active")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a digest: what it tells about one child; '' for what concerns the reader."""

    name: str
    notices: list[Notice]


def with_news(event: CentreDigestsDue) -> Recipients:
    """Everyone for whom something was left to the digest."""
    return [(str(person), "") for person in collect_digests(event.centre_id, event.day)]


@on(CentreDigestsDue, to=with_news, batch=10, outside=True, waits=True)
def mail_digest(batch: Batch[CentreDigestsDue]) -> None:
    """Mail each person once what happened since their last digest."""
    send_each(batch, digest_letter)


def digest_letter(delivery: Claimed[CentreDigestsDue]) -> Letter:
    """A person's digest; SkipError when all that it would list was taken back meanwhile."""
    event, person = delivery.event, User.objects.get(pk=delivery.key)
    if not person.is_active:
        raise SkipError(NOT_ACTIVE)
    sections = sections_of(person, listed_in(event.centre_id, event.day, person.pk))
    if not sections:
        raise SkipError(NOTHING)
    centre = Centre.objects.get(pk=event.centre_id)
    count = len({each.pk for section in sections for each in section.notices})
    with speaking_to(person, centre):
        subject = ngettext(
            "%(count)d notice from %(centre)s", "%(count)d notices from %(centre)s", count
        )
    return write(
        "digest",
        to=person,
        subject=subject % {"count": count, "centre": centre.name},
        centre=centre,
        path="/notices",
        kind=DIGEST,
        sections=sections,
    )


def sections_of(person: User, notices: Sequence[Notice]) -> list[Section]:
    """The notices that still hold, by child; one that concerns two children stands with both."""
    about = still_told(person.pk, notices)
    students = {each for found in about.values() for each in found}
    names = dict(User.objects.filter(pk__in=students).values_list("pk", "name"))
    sections = [
        Section(name, [each for each in notices if student in about.get(each.pk, ())])
        for student, name in sorted(names.items(), key=lambda item: item[1])
    ]
    own = [each for each in notices if about.get(each.pk) == ()]
    return [*sections, *([Section("", own)] if own else [])]
