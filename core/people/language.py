"""The language that a person has chosen, or else their centre."""

from collections.abc import Iterable
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import activate, override

from core.http.answers import is_api
from core.people.models import Centre, User

KNOWN: Final = frozenset(code for code, _ in settings.LANGUAGES)


def language_of(person: User, centre: Centre | None) -> str:
    """The language in which to write to a person."""
    return _first(person.language, _of(centre)) or settings.LANGUAGE_CODE


def languages_of(user_ids: Iterable[int], centre: Centre) -> dict[int, str]:
    """The same for many people of a centre, in one query."""
    chosen = User.objects.filter(pk__in=set(user_ids)).values_list("pk", "language")
    return {pk: _first(own, _of(centre)) or settings.LANGUAGE_CODE for pk, own in chosen}


def speaking_to(person: User, centre: Centre | None) -> override:
    """Within the block, texts and dates are in the language of the person."""
    return override(language_of(person, centre))


def speak_to(request: HttpRequest, centre: Centre | None) -> None:
    """From now on answer a page in the language of the signed-in person."""
    if is_api(request):
        return
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    person: Any = request.user
    if language := _first(person.language, cookie, _of(centre)):
        activate(language)


def keep_language(*, user_id: int, language: str) -> None:
    """Remember the language that a person has chosen."""
    User.objects.filter(pk=user_id).update(language=language)


def _of(centre: Centre | None) -> str:
    return str(getattr(centre, "language", ""))


def _first(*codes: str | None) -> str:
    return next((code for code in codes if code in KNOWN), "")
