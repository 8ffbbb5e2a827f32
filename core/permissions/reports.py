"""TABLE: reports; for which kinds, and whose they are, is decided in core/reports/."""

from typing import Final

from core.permissions.rule import MEMBER, OFFICE, OVERSEEING, REVIEWING, Rule

RULES: Final[dict[str, Rule]] = {
    # the API
    "GET api/report-kinds": OVERSEEING,
    "POST api/reports": OVERSEEING,
    "POST api/reports/preview": OVERSEEING,
    "GET api/reports": OVERSEEING,
    "GET api/reports/released": MEMBER,
    "GET api/reports/<int:report_id>": OVERSEEING,
    "GET api/reports/<int:report_id>/content": MEMBER,
    "POST api/reports/<int:report_id>/cancel": OVERSEEING,
    "POST api/reports/<int:report_id>/remake": OVERSEEING,
    "POST api/reports/<int:report_id>/submit": OVERSEEING,
    "POST api/reports/<int:report_id>/review": REVIEWING,
    "POST api/reports/<int:report_id>/release": OFFICE,
    "POST api/reports/<int:report_id>/recall": OFFICE,
    "GET api/reports/<int:report_id>/reviews": OVERSEEING,
    "GET api/reports/<int:report_id>/recipients": OVERSEEING,
    "GET api/reports/<int:report_id>/differences": OVERSEEING,
    "GET api/recurring-reports": OFFICE,
    "POST api/recurring-reports": OFFICE,
    "DELETE api/recurring-reports/<int:recurring_id>": OFFICE,
    # pages
    "GET reports": OVERSEEING,
    "GET reports/new": OVERSEEING,
    "POST reports/new": OVERSEEING,
    "GET reports/review": REVIEWING,
    "GET reports/recurring": OFFICE,
    "GET reports/recurring/new": OFFICE,
    "POST reports/recurring/new": OFFICE,
    "POST reports/recurring/<int:recurring_id>/end": OFFICE,
    "GET reports/released": MEMBER,
    "GET reports/released/<int:report_id>": MEMBER,
    "GET reports/<int:report_id>": OVERSEEING,
    "POST reports/<int:report_id>/cancel": OVERSEEING,
    "POST reports/<int:report_id>/remake": OVERSEEING,
    "POST reports/<int:report_id>/submit": OVERSEEING,
    "POST reports/<int:report_id>/review": REVIEWING,
    "POST reports/<int:report_id>/release": OFFICE,
    "POST reports/<int:report_id>/recall": OFFICE,
    "GET reports/<int:report_id>/recipients": OVERSEEING,
    "GET reports/<int:report_id>/differences": OVERSEEING,
    "GET reports/<int:report_id>/file": MEMBER,
    "GET reports/<int:report_id>/view": MEMBER,
    "GET reports/<int:report_id>/pages/<int:page>.png": MEMBER,
}
