"""Idempotency-Key: a POST that is sent again is answered again, and happens once."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from core import clock
from core.http.answers import answer_to, is_api, problem
from core.http.models import IdempotentAnswer
from core.http.uploads import UNREADABLE, uploads_of

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotent-Replay"
FIT: Final = re.compile(r"[\x20-\x7e]{1,255}", re.ASCII)
KEPT_FOR: Final = timedelta(hours=24)

CSRF_FIELD: Final = "csrfmiddlewaretoken"  # masked anew each time
SECRETS: Final = "/api/auth/"

UNFIT_KEY: Final = f"{HEADER} must be 1 to 255 printable ASCII characters."
OTHER_REQUEST: Final = f"This {HEADER} was used for another request. Use a new one."

# These say that nothing was tried: the same request may well succeed later.
NOT_KEPT: Final = (401, 403, 429)

# A twin of a request that is still at work waits here, at the unique index, until that one commits
# (then it finds its answer) or rolls back (then it takes its place). Old keys count as never used.
CLAIM: Final = """
INSERT INTO idempotent_answer (user_id, key, fingerprint, content_type, body, created_at)
VALUES (%(user)s, %(key)s, %(fingerprint)s, '', '', %(now)s)
ON CONFLICT (user_id, key) DO UPDATE
SET fingerprint = excluded.fingerprint, created_at = excluded.created_at,
    status = NULL, content_type = '', body = ''
WHERE idempotent_answer.created_at < %(oldest)s
RETURNING id
"""


class IdempotencyMiddleware:
    """Runs a POST that carries a key in one transaction with the record of its answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        key = request.headers.get(HEADER)
        user_id = person_behind(request)
        if key is None or user_id is None:
            return self.get_response(request)
        if not FIT.fullmatch(key):
            return problem(request, HTTPStatus.UNPROCESSABLE_ENTITY, UNFIT_KEY)
        try:
            return self._once(request, user_id, key)
        except UNREADABLE as error:  # here the body is read
            return answer_to(request, error)

    def _once(self, request: HttpRequest, user_id: int, key: str) -> HttpResponseBase:
        fingerprint = fingerprint_of(request)
        with transaction.atomic():
            claimed = claim(user_id, key, fingerprint)
            if claimed is not None:
                return self._answer(request, claimed)
            kept = IdempotentAnswer.objects.get(user_id=user_id, key=key)
        return replay(request, kept, fingerprint)

    def _answer(self, request: HttpRequest, claimed: int) -> HttpResponseBase:
        response = self.get_response(request)
        if is_kept(response):
            keep(claimed, response)
        else:
            transaction.set_rollback(True)
        return response


def person_behind(request: HttpRequest) -> int | None:
    """Whose key it is, as each person has their own; None where keys do not count."""
    counts = request.method == "POST" and is_api(request) and not is_secret(request.path)
    return request.user.pk if counts else None


def is_secret(path: str) -> bool:
    """Whether answers there hold secrets, which are not kept; nor may a failed try be undone."""
    return path.startswith(SECRETS)


def fingerprint_of(request: HttpRequest) -> str:
    """What makes it the same request: method, address, centre and body."""
    centre = request.headers.get("X-Centre", "")
    said = "\n".join([str(request.method), request.get_full_path(), centre, ""])
    return hashlib.sha256(said.encode() + content_of(request)).hexdigest()


def content_of(request: HttpRequest) -> bytes:
    """The body, or for a form with files what it says: those are hashed while they are stored."""
    if request.content_type != "multipart/form-data":
        return request.body
    fields = sorted((name, said) for name, said in request.POST.lists() if name != CSRF_FIELD)
    files = [(field, each.name, each.size, each.sha256) for field, each in uploads_of(request)]
    return json.dumps([fields, files]).encode()


def claim(user_id: int, key: str, fingerprint: str) -> int | None:
    """Take the key and return its row's id, or None when it has an answer already."""
    now = clock.now()
    row: dict[str, int | str | datetime] = {"user": user_id, "key": key, "fingerprint": fingerprint}
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, row | {"now": now, "oldest": now - KEPT_FOR})
        found = cursor.fetchone()
    return found[0] if found else None


def replay(request: HttpRequest, kept: IdempotentAnswer, fingerprint: str) -> HttpResponse:
    """The kept answer again, or 422 when the key came with another request."""
    if kept.fingerprint != fingerprint:
        return problem(request, HTTPStatus.UNPROCESSABLE_ENTITY, OTHER_REQUEST)
    response = HttpResponse(bytes(kept.body), status=kept.status, content_type=kept.content_type)
    response.headers[REPLAYED] = "true"
    return response


def is_kept(response: HttpResponseBase) -> bool:
    """Whether an answer is final: not when trying again later could end otherwise."""
    return response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR and (
        response.status_code not in NOT_KEPT
    )


def keep(claimed: int, response: HttpResponseBase) -> None:
    """Write down an answer, for whoever asks again."""
    if not isinstance(response, HttpResponse):
        raise TypeError("A streamed answer cannot be kept.")
    IdempotentAnswer.objects.filter(pk=claimed).update(
        status=response.status_code,
        content_type=response.headers.get("Content-Type", ""),
        body=response.content,
    )
