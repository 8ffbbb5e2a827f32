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
from django.utils.crypto import salted_hmac

from core import clock
from core.http.answers import answer_to, is_api, problem
from core.http.guarded import is_guarded, takes_key, tells_secret
from core.http.models import IdempotentAnswer
from core.http.uploads import UNREADABLE, uploads_of

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotent-Replay"
FIT: Final = re.compile(r"[\x20-\x7e]{1,255}", re.ASCII)
KEPT_FOR: Final = timedelta(hours=24)

CSRF_FIELD: Final = "csrfmiddlewaretoken"  # masked anew each time

UNFIT_KEY: Final = f"{HEADER} must be 1 to 255 printable ASCII characters."
OTHER_REQUEST: Final = f"This {HEADER} was used for another request. Use a new one."
NO_ANSWER: Final = (
    f"This {HEADER} was used. What was answered is told once, or has not come to an end:"
    " look how things stand, and use a new key."
)

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
    """Runs a POST that carries a key in one transaction with the record of its answer.

    Where a password is taken (guarded.py) it runs in none: the key is used up first, then it is
    done, then the answer is written down, unless that holds a secret.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        key = request.headers.get(HEADER)
        user_id = person_behind(request)
        if key is None or user_id is None:
            return self.get_response(request)
        if not FIT.fullmatch(key):
            return problem(request, HTTPStatus.UNPROCESSABLE_ENTITY, UNFIT_KEY)
        once = self._once_guarded if is_guarded(request.path) else self._once
        try:
            return once(request, user_id, key)
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

    def _once_guarded(self, request: HttpRequest, user_id: int, key: str) -> HttpResponseBase:
        fingerprint = fingerprint_of(request)
        claimed = claim(user_id, key, fingerprint)
        if claimed is None:
            kept = IdempotentAnswer.objects.filter(user_id=user_id, key=key).first()
            return replay(request, kept, fingerprint)
        response = self.get_response(request)
        if response.status_code in NOT_KEPT:
            IdempotentAnswer.objects.filter(pk=claimed).delete()
        elif is_kept(response) and not holds_secret(request, response):
            keep(claimed, response)
        return response

    def _answer(self, request: HttpRequest, claimed: int) -> HttpResponseBase:
        response = self.get_response(request)
        if is_kept(response):
            keep(claimed, response)
        else:
            transaction.set_rollback(True)
        return response


def person_behind(request: HttpRequest) -> int | None:
    """Whose key it is, as each person has their own; None where keys do not count."""
    counts = request.method == "POST" and is_api(request) and takes_key(request.path)
    return request.user.pk if counts else None


def holds_secret(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whether the answer must be kept nowhere; that something failed is no secret."""
    return tells_secret(request.path) and response.status_code < HTTPStatus.BAD_REQUEST


def fingerprint_of(request: HttpRequest) -> str:
    """What makes it the same request: method, address, centre and body.

    Of a body with a password only we can tell it: who has read the table could guess at a plain
    hash as fast as they like.
    """
    centre = request.headers.get("X-Centre", "")
    said = "\n".join([str(request.method), request.get_full_path(), centre, ""])
    whole = said.encode() + content_of(request)
    if is_guarded(request.path):
        return salted_hmac("core.http.idempotency", whole, algorithm="sha256").hexdigest()
    return hashlib.sha256(whole).hexdigest()


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


def replay(request: HttpRequest, kept: IdempotentAnswer | None, fingerprint: str) -> HttpResponse:
    """The kept answer again; 422 when the key came with another request, 409 for none that is kept.

    `kept` is None for one that was given back at this moment.
    """
    if kept and kept.fingerprint != fingerprint:
        return problem(request, HTTPStatus.UNPROCESSABLE_ENTITY, OTHER_REQUEST)
    if kept is None or kept.status is None:
        return problem(request, HTTPStatus.CONFLICT, NO_ANSWER)
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
