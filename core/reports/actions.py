"""All that people do with reports but releasing them: ask, cancel, submit, review, make anew."""

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final

from django.db import IntegrityError, transaction
from pydantic import ValidationError

from core import clock
from core.jobs.actions import request_job, stop_job
from core.people.actor import Actor
from core.refusals import ConflictError, InvalidError, NotAllowedError
from core.reports import queries
from core.reports.choices import check_choices, filters_in_words
from core.reports.kind import Format, Kind, Params
from core.reports.kinds import kind_called
from core.reports.models import (
    LIVE,
    MAKING,
    OFFICE,
    REVIEWING,
    Decision,
    Report,
    ReportAsker,
    ReportReview,
    ReportState,
    ReportVersion,
)
from core.reports.moving import lock, move, note_move
from core.reports.sealing import check_files, seal_of
from core.reports.storage import new_folder
from core.reports.transitions import APPROVE, ASK_CHANGES, CANCEL, REMAKE, SUBMIT

TRIES: Final = 5  # to find a live report that is ended at every look


def request_report(
    *, kind: str, params: dict[str, Any], into: Format, bom: bool = False, by: Actor
) -> Report:
    """Have a report made; whoever asks for what is being made already shares it.

    InvalidError for a kind, parameters or a format that cannot be.
    """
    wanted = checked_kind(kind, by=by)
    given = checked_params(wanted, params, by=by)
    if into not in wanted.formats:
        raise InvalidError("format", "is not one of this kind's formats")
    asked = _asked(wanted, given, into, bom=bom)
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                return _join(asked, by) or _begin(wanted, given, asked, by)
        except IntegrityError:  # somebody asked for the same at this moment
            continue
    raise ConflictError("The same report is being asked for by many. Try again.")


def checked_kind(name: str, *, by: Actor) -> Kind:
    """The kind, if the actor may ask for it."""
    kind = kind_called(name)
    if not by.is_any(*kind.asked_by):
        raise NotAllowedError("You cannot ask for reports of this kind.")
    return kind


def checked_params(kind: Kind, params: dict[str, Any], *, by: Actor) -> Params:
    """The parameters as the kind has them; InvalidError names the first that cannot be."""
    try:
        given = kind.params.model_validate(params)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(["params", *map(str, first["loc"])])
        said = first["msg"]
        raise InvalidError(place, said) from None
    try:
        check_choices(given, by)
    except InvalidError as refusal:
        raise InvalidError(f"params.{refusal.loc}", refusal.msg) from None
    return given


def _asked(kind: Kind, params: Params, into: Format, *, bom: bool) -> dict[str, Any]:
    asked = {
        "kind": kind.name,
        "params": params.model_dump(mode="json"),
        "format": str(into),
        "bom": bom and into == Format.CSV,
    }
    told = json.dumps(asked, sort_keys=True).encode()
    return asked | {"fingerprint": hashlib.sha256(told).hexdigest()}


def _join(asked: dict[str, Any], by: Actor) -> Report | None:
    live = Report.objects.select_for_update(of=("self",)).filter(
        centre_id=by.centre_id, fingerprint=asked["fingerprint"], state__in=LIVE
    )
    report = live.first()
    if report is not None:
        _add_asker(report, by.user_id)
    return report


def _begin(kind: Kind, params: Params, asked: dict[str, Any], by: Actor) -> Report:
    now = clock.now()
    report = Report.objects.create(
        centre_id=by.centre_id,
        **asked,
        about=about_of(params, by.centre_id),
        asked_by_id=by.user_id,
        created_at=now,
        moved_at=now,
    )
    _add_asker(report, by.user_id)
    _order(report, kind, by)
    return report


def about_of(params: Params, centre_id: int) -> str:
    """What a report is of, in a line for lists."""
    told = filters_in_words(params, centre_id)
    return ", ".join(f"{name}: {value}" for name, value in told)[:300]


def add_askers(report: Report, people: Iterable[int]) -> None:
    """Let these people share a report as if they had asked for it."""
    for person_id in people:
        _add_asker(report, person_id)


def _add_asker(report: Report, person_id: int) -> None:
    ReportAsker.objects.get_or_create(
        report=report, person_id=person_id, defaults={"centre_id": report.centre_id}
    )


def _order(report: Report, kind: Kind, by: Actor) -> None:
    """Have the version of the report's number made."""
    ReportVersion.objects.create(
        centre_id=report.centre_id,
        report=report,
        number=report.number,
        folder=new_folder(),
        template=kind.template,
        expected_rows=queries.expected_rows(report),
        requested_at=clock.now(),
    )
    event = REMAKE.event(centre_id=report.centre_id, report_id=report.pk, number=report.number)
    report.job = request_job(event, kind=MAKING).pk
    report.save()
    note_move(report, REMAKE, by=by)


@transaction.atomic
def remake_report(*, report_id: int, by: Actor) -> Report:
    """Have a new version made of what was asked for; those before it stay."""
    report = _lock(report_id, by)
    REMAKE.check(report.state)
    if not (queries.is_asker(report, by) or by.is_any(*OFFICE)):
        raise NotAllowedError("Only who has asked for the report can have it made anew.")
    report.state, report.moved_at = ReportState.REQUESTED, clock.now()
    report.number += 1
    report.doubted_at = report.release_at = report.expires_at = None
    report.audience = []
    try:
        with transaction.atomic():
            report.save()
    except IntegrityError:
        raise ConflictError("The same report is being made already.") from None
    _add_asker(report, by.user_id)
    _order(report, kind_called(report.kind), by)
    return report


@transaction.atomic
def cancel_report(*, report_id: int, by: Actor) -> Report:
    """Stop a report that is not made yet. It is cancelled at once; its worker hears within 2 s."""
    report = _lock(report_id, by)  # before its job, as its worker does
    _check_asker(report, by)
    move(report, CANCEL, by=by)
    if report.job:
        with suppress(ConflictError):  # it has ended, or was stopped, by itself
            stop_job(report.job)
    return report


@transaction.atomic
def submit_report(*, report_id: int, by: Actor) -> Report:
    """Have somebody else review it."""
    report = _lock(report_id, by)
    _check_asker(report, by)
    move(report, SUBMIT, by=by)
    return report


def review_report(*, report_id: int, decision: Decision, comment: str = "", by: Actor) -> Report:
    """Approve a report as it was made, and seal it; or ask for changes, with a reason."""
    report = queries.get_report(report_id, by=by)
    if not by.is_any(*REVIEWING):
        raise NotAllowedError("Only heads and admins review reports.")
    if queries.is_asker(report, by):
        raise NotAllowedError("Somebody who has not asked for the report must review it.")
    APPROVE.check(report.state)
    if decision == Decision.CHANGES and not comment.strip():
        raise InvalidError("comment", "must say what is to be changed")
    if decision == Decision.APPROVE:
        check_files(queries.version_of(report))
    return _review(report, decision, comment.strip(), by)


@transaction.atomic
def _review(seen: Report, decision: Decision, comment: str, by: Actor) -> Report:
    """Write the decision down, if it is still the version that was looked at."""
    report = lock(seen.pk)
    APPROVE.check(report.state if report.number == seen.number else "")
    if queries.is_asker(report, by):  # since a moment ago
        raise NotAllowedError("Somebody who has not asked for the report must review it.")
    ReportReview.objects.create(
        centre_id=report.centre_id,
        report=report,
        number=report.number,
        by_id=by.user_id,
        decision=decision,
        comment=comment,
        at=clock.now(),
    )
    if decision == Decision.CHANGES:
        move(report, ASK_CHANGES, by=by)
        return report
    version = queries.version_of(report)
    version.seal = seal_of(report, version)
    version.save(update_fields=["seal"])
    move(report, APPROVE, by=by)
    return report


def _lock(report_id: int, by: Actor) -> Report:
    """The report, locked for this transaction, if the actor may see it."""
    return lock(queries.get_report(report_id, by=by).pk)


def _check_asker(report: Report, by: Actor) -> None:
    if not queries.is_asker(report, by):
        raise NotAllowedError("Only who has asked for the report can do this.")
