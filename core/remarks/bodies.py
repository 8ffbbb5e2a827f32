"""What is sent and told of remarks."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints

from core.calendar.models import Term
from core.classes.bodies import Reference
from core.http.bodies import STORABLE, Given, Id, Told
from core.http.lists import Wanted
from core.people.models import User
from core.remarks.models import LONGEST, Remark
from core.submissions.bodies import GradedStudentTold


class RemarksWanted(Wanted):
    """Which remarks on a class are asked for."""

    term: Annotated[str | None, Field(description="the id of a term; else the present one")] = None


class RemarkGiven(Given):
    """What a teacher says of a student; nothing takes back what was said."""

    term_id: Reference
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST), STORABLE]


class RemarkTold(Told):
    """A student, and what was said of them about a term, if anything: else `text` is empty."""

    student: GradedStudentTold
    term_id: Id
    text: str
    by: str | None
    at: datetime | None

    @classmethod
    def of(cls, student: User, term: Term | int, remark: Remark | None) -> Self:
        """The remark in words; its author should be selected."""
        return cls(
            student=GradedStudentTold.of(student),
            term_id=str(term if isinstance(term, int) else term.pk),
            text=remark.text if remark else "",
            by=remark.by.name if remark else None,
            at=remark.at if remark else None,
        )
