"""The session of a request: begun when somebody is let in, and how far others got."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest

from core import clock
from core.access.bearer import family_behind
from core.access.caller import Caller
from core.access.sessions import STARTED_AT, USER_AGENT
from core.access.sign_outs import Kept
from core.isolation.scope import enter
from core.people.models import User

HALFWAY: Final = "halfway"  # in the session of who has given a password, and no code yet
HALFWAY_FOR: Final = timedelta(minutes=10)
BACKEND: Final = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True, slots=True)
class Halfway:
    """Somebody whose password was right; the stamp changes with it."""

    user_id: int
    stamp: str
    until: str


def start_session(request: HttpRequest, user: User, caller: Caller) -> None:
    """Let the person in: from now on the session is theirs, under a new key."""
    request.session.pop(HALFWAY, None)
    login(request, user, backend=BACKEND)
    request.session[USER_AGENT] = caller.agent
    request.session[STARTED_AT] = clock.now().isoformat()
    enter(person_id=user.pk)


def wait_for_code(request: HttpRequest, user: User) -> None:
    """Remember that the password was right."""
    until = (clock.now() + HALFWAY_FOR).isoformat()
    halfway = Halfway(user.pk, user.get_session_auth_hash(), until)
    request.session.cycle_key()
    request.session[HALFWAY] = asdict(halfway)


def who_waits(request: HttpRequest) -> User | None:
    """Whose password was right a moment ago, if it still is."""
    kept: dict[str, Any] | None = request.session.get(HALFWAY)
    if kept is None:
        return None
    halfway = Halfway(**kept)
    user = User.objects.filter(pk=halfway.user_id, is_active=True).first()
    is_late = clock.now() > datetime.fromisoformat(halfway.until)
    if user is None or is_late or user.get_session_auth_hash() != halfway.stamp:
        return None
    return user


def present_place(request: HttpRequest) -> Kept:
    """The sign-in by which this request came."""
    if family := family_behind(request):
        return Kept(family_id=family.pk)
    return Kept(session_key=request.session.session_key or "")


def is_origin_ours(request: HttpRequest) -> bool:
    """Whether no other site sent the request, as one would to sign a visitor in as someone else."""
    origin = request.headers.get("Origin")
    return origin is None or origin in settings.ENV.origins
