"""What the proxy asks before it lets somebody through to what is for operators: Flower, /ops/."""

from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from core.access import second_factor
from core.people.models import User

LOOKING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
METHOD: Final = "X-Original-Method"  # of the request that the proxy holds back


@never_cache
def access(request: HttpRequest) -> HttpResponse:
    """204 for who may go on; 401 for who is not signed in, 403 for everybody else.

    Looking is for viewers and operators, all other methods are for operators.
    """
    person = request.user
    if not isinstance(person, User) or not person.is_authenticated:
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
    looks = request.headers.get(METHOD, "GET").upper() in LOOKING
    may = person.watches if looks else person.is_operator
    if not may or second_factor.is_missing(person, ()):
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)
