"""The person behind a request that needs no centre."""

from django.http import HttpRequest

from core.people.models import User
from core.refusals import NotAllowedError


def signed_in(request: HttpRequest) -> User:
    """The person whom the permission table has let in."""
    user = request.user
    if not user.is_authenticated:
        raise NotAllowedError("Sign in first.")
    return user
