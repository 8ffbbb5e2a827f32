"""TABLE: what is special about some kinds of notice."""

from typing import Final

from django.utils.translation import gettext_noop

from core.notices.models import NoticeKind

# Mailed at once to whom it concerns, whatever they chose: who can be locked out of an account, or
# whom a court's decision binds, must not miss it.
MANDATORY: Final = frozenset({NoticeKind.ACCOUNT, NoticeKind.CUSTODY})

# About a student, so that guardians choose for each of their children.
PER_CHILD: Final = frozenset(
    {NoticeKind.HOMEWORK, NoticeKind.SUBMISSION, NoticeKind.GRADE, NoticeKind.REPORT}
)

# Why a person gets no mail of a kind.
UNWANTED: Final[dict[str, str]] = {
    NoticeKind.HOMEWORK: gettext_noop("does not want mail about homework"),
    NoticeKind.SUBMISSION: gettext_noop("does not want mail about handed-in work"),
    NoticeKind.GRADE: gettext_noop("does not want mail about grades"),
    NoticeKind.TICKET: gettext_noop("does not want mail about tickets"),
    NoticeKind.REPORT: gettext_noop("does not want mail about reports"),
    NoticeKind.IMPORT: gettext_noop("does not want mail about imports"),
    NoticeKind.MENTION: gettext_noop("does not want mail about mentions"),
}
