"""TABLE: what followed from what, and who was told; of which events: core/trace/viewer.py."""

from typing import Final

from core.permissions.rule import OFFICE, OVERSEEING, SIGNED_IN, TRACING, Rule

RULES: Final[dict[str, Rule]] = {
    # the API
    "GET api/trace/<uuidstr:event_id>": TRACING,
    "GET api/trace/deliveries/<int:delivery_id>": TRACING,
    "GET api/trace/jobs/<uuidstr:job_id>": TRACING,
    "GET api/trace/mails/<str:message_id>": TRACING,
    "GET api/homework/<int:homework_id>/deliveries": OVERSEEING,
    "GET api/events/<uuidstr:event_id>/recipients": OVERSEEING,
    "GET api/notices/<int:notice_id>/why": SIGNED_IN,
    # pages
    "GET homework/<int:homework_id>/told": OVERSEEING,
    "GET notices/<int:notice_id>/why": SIGNED_IN,
    "GET events/<uuidstr:event_id>/recipients": OVERSEEING,
    "GET events/<uuidstr:event_id>/recipients.csv": OVERSEEING,
    "POST events/<uuidstr:event_id>/send-now": OFFICE,
}
