"""Who wants to be mailed, and called by the portal: asked by everything that tells people."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from django.utils.translation import gettext_noop

from core.notices.kinds import MANDATORY, UNWANTED
from core.notices.models import NoticeKind, NoticePreference

IN_DIGEST: Final = gettext_noop("left to the digest")
OF_CHILD: Final = gettext_noop("does not want mail about this child")
BY_LINK: Final = gettext_noop("has unsubscribed by the link in a mail")

# By person: the students through whom they are concerned as guardians, or None.
Concerned = Mapping[int, Collection[int] | None]
# A kind of notice, a person, and the students through whom they are concerned as a guardian.
Telling = tuple[NoticeKind, int, Collection[int]]
# What a person chose for a kind: for each child, and with None in general.
Choices = Mapping[int | None, NoticePreference]


def why_unwanted(kind: NoticeKind, people: Concerned) -> dict[int, str]:
    """For those of the people who are to get no mail of their own, why; one query.

    A guardian of several is mailed as long as they want it for one of these. Nobody is left out
    of what is mandatory.
    """
    if kind in MANDATORY:
        return {}
    chosen = _choices_of({kind}, people)
    found = {person: _why(kind, mine, people[person]) for (_, person), mine in chosen.items()}
    return {person: why for person, why in found.items() if why}


def only_listed(telling: Sequence[Telling]) -> list[bool]:
    """Of each, whether the portal is to list it without calling the person; one query for all.

    A guardian of several is called as long as they want it for one of these. What is mandatory
    always calls.
    """
    kinds = {kind for kind, _, _ in telling} - MANDATORY
    chosen = _choices_of(kinds, {person for _, person, _ in telling})
    counting = [
        _counting(chosen.get((kind, person), {}), students) for kind, person, students in telling
    ]
    return [all(each and not each.portal for each in mine) for mine in counting]


def _choices_of(kinds: Collection[str], people: Iterable[int]) -> Mapping[tuple[str, int], Choices]:
    """By kind and person, of those who ever chose something."""
    found: dict[tuple[str, int], dict[int | None, NoticePreference]] = defaultdict(dict)
    for row in NoticePreference.objects.filter(kind__in=kinds, person_id__in=list(people)):
        found[row.kind, row.person_id][row.student_id] = row
    return found


def _counting(chosen: Choices, students: Collection[int] | None) -> list[NoticePreference | None]:
    """What counts: the choice for each child before the general one, None where there is none."""
    general = chosen.get(None)
    return [chosen.get(each, general) for each in (students or (None,))]


def _why(kind: NoticeKind, chosen: Choices, students: Collection[int] | None) -> str:
    """The reason, or ''."""
    counting = _counting(chosen, students)
    if any(each is None or (each.email and not each.digest) for each in counting):
        return ""
    if any(each and each.digest for each in counting):
        return IN_DIGEST
    if any(each and each.by_link for each in counting):
        return BY_LINK
    return UNWANTED[kind] if any(each is chosen.get(None) for each in counting) else OF_CHILD
