"""Each person is told in their own language."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import override

from core.events.claims import Claimed
from core.people.language import languages_of
from core.people.models import Centre


def in_their_languages(
    deliveries: Iterable[Claimed[Any]], centre_id: int
) -> Iterator[Claimed[Any]]:
    """Each of the deliveries, while the language of its person is spoken; two queries for all."""
    told = list(deliveries)
    if not told:
        return
    languages = languages_of((int(each.key) for each in told), Centre.objects.get(pk=centre_id))
    for each in told:
        with override(languages[int(each.key)]):
            yield each
