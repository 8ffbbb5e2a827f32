"""TABLE: what is special about some kinds of notice."""

from typing import Final

from core.notices.models import NoticeKind

# Mailed at once to whom it concerns, whatever they chose: who can be locked out of an account, or
# whom a court's decision binds, must not miss it.
MANDATORY: Final = frozenset({NoticeKind.ACCOUNT, NoticeKind.CUSTODY})

# About a student, so that guardians choose for each of their children.
PER_CHILD: Final = frozenset(
    {NoticeKind.HOMEWORK, NoticeKind.SUBMISSION, NoticeKind.GRADE, NoticeKind.REPORT}
)

# As it ends the sentence "does not want mail about ...".
ABOUT: Final[dict[str, str]] = {
    NoticeKind.HOMEWORK: "homework",
    NoticeKind.SUBMISSION: "handed-in work",
    NoticeKind.GRADE: "grades",
    NoticeKind.TICKET: "tickets",
    NoticeKind.REPORT: "reports",
    NoticeKind.IMPORT: "imports",
    NoticeKind.ACCOUNT: "their account",
    NoticeKind.CUSTODY: "custody",
}
