"""Who wants no mail of a kind."""

from collections.abc import Iterable

from core.notices.models import NoticeKind, NoticePreference


def unwanted_by(person_ids: Iterable[int], kind: NoticeKind) -> set[int]:
    """Those of the people who want no mail of this kind; one query."""
    unwanted = NoticePreference.objects.filter(
        kind=kind, email=False, person_id__in=list(person_ids)
    )
    return set(unwanted.values_list("person_id", flat=True))
