"""The one door to the audit log."""

from collections.abc import Mapping
from typing import Any

from core.audit.models import AuditEntry
from core.events.context import current
from core.isolation.scope import everywhere


def record(
    what: str,
    *,
    centre_id: int,
    by: int | None,
    subject: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write down what was done, in the present transaction.

    `what` is `thing.done`, `by` a user's id or None, `subject` `kind:id`, `detail` JSON without
    secrets. `centre_id` is NO_CENTRE (0) for what concerns no centre, such as a sign-in.
    """
    with everywhere():  # what was refused across centres is written down as well
        AuditEntry.objects.create(
            centre_id=centre_id,
            by_id=by,
            what=what,
            subject=subject,
            detail=dict(detail or {}),
            request_id=current().request_id,
        )
