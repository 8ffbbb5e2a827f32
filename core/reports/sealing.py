"""The seal of a version: one hash over what was approved, so that nothing else can be released."""

import hashlib
import json

from django.utils.translation import gettext_noop

from core.refusals import ConflictError
from core.reports.models import Report, ReportVersion
from core.reports.snapshot import Snapshot
from core.reports.storage import path_of, sha256_of

BROKEN = gettext_noop("The file is not the one that was made. Make the report anew.")


def check_files(version: ReportVersion) -> None:
    """Read all files of a version anew; ConflictError when one of them is not what was made.

    There may be a thousand: to be called before anything is locked.
    """
    folder = path_of(version.folder)
    cards = version.cards.values_list("file_name", "sha256")
    for name, sha256 in [(version.file_name, version.sha256), *cards]:
        path = folder / name
        if not path.is_file() or sha256_of(path) != sha256:
            raise ConflictError(BROKEN)


def seal_of(report: Report, version: ReportVersion) -> str:
    """SHA-256 over the file, each card, the data, the kind's template and what was asked for."""
    cards = list(version.cards.order_by("place").values_list("student_id", "sha256"))
    sealed = {
        "report": report.pk,
        "version": version.number,
        "kind": report.kind,
        "template": version.template,
        "params": report.params,
        "format": report.format,
        "file": version.sha256,
        "cards": [list(card) for card in cards],
        "data": snapshot_of(version).sha256,
    }
    return hashlib.sha256(json.dumps(sealed, sort_keys=True).encode()).hexdigest()


def snapshot_of(version: ReportVersion) -> Snapshot:
    """The data that a version was made of."""
    if version.snapshot is None:
        raise ConflictError("The report is not made yet.")
    return Snapshot.from_json(path_of(version.folder) / version.snapshot_name, version.snapshot)
