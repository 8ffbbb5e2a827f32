"""Who wants no single mail of a kind, and why: asked by everything that mails people."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Final

from django.utils.translation import gettext_noop

from core.notices.kinds import MANDATORY, UNWANTED
from core.notices.models import NoticeKind, NoticePreference

IN_DIGEST: Final = gettext_noop("left to the digest")
OF_CHILD: Final = gettext_noop("does not want mail about this child")
BY_LINK: Final = gettext_noop("has unsubscribed by the link in a mail")

# By person: the students through whom they are concerned as guardians, or None.
Concerned = Mapping[int, Collection[int] | None]


def why_unwanted(kind: NoticeKind, people: Concerned) -> dict[int, str]:
    """For those of the people who are to get no mail of their own, why; one query.

    A guardian of several is mailed as long as they want it for one of these. Nobody is left out
    of what is mandatory.
    """
    if kind in MANDATORY:
        return {}
    rows: dict[int, dict[int | None, NoticePreference]] = defaultdict(dict)
    for row in NoticePreference.objects.filter(kind=kind, person_id__in=list(people)):
        rows[row.person_id][row.student_id] = row
    found = {person: _why(kind, chosen, people[person]) for person, chosen in rows.items()}
    return {person: why for person, why in found.items() if why}


def _why(
    kind: NoticeKind,
    chosen: Mapping[int | None, NoticePreference],
    students: Collection[int] | None,
) -> str:
    """The reason, or ''."""
    general = chosen.get(None)
    counting = [chosen.get(each, general) for each in (students or (None,))]
    if any(each is None or (each.email and not each.digest) for each in counting):
        return ""
    if any(each and each.digest for each in counting):
        return IN_DIGEST
    if any(each and each.by_link for each in counting):
        return BY_LINK
    return UNWANTED[kind] if any(each is general for each in counting) else OF_CHILD
