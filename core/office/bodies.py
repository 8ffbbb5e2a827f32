"""What is sent and told of a centre's people."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StrictBool, StringConstraints

from core import clock
from core.audit.models import AuditEntry
from core.http.bodies import STORABLE, Given, Id, Told
from core.people.models import Guardianship, Invitation, InvitationState, Role, User
from core.people.words import mailable, one_line

Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    STORABLE,
    AfterValidator(one_line),
]
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, min_length=3, max_length=254),
    AfterValidator(mailable),
]
Relationship = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=60),
    STORABLE,
    AfterValidator(one_line),
]
Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), STORABLE
]
Password = Annotated[str, StringConstraints(min_length=1, max_length=1000), STORABLE]
Roles = Annotated[list[Role], Field(min_length=1, max_length=len(Role))]


class RolesGiven(Given):
    """What a person is to be in the centre."""

    roles: Roles


class InvitationGiven(Given):
    """Whom to ask in, and as what."""

    email: Email
    name: Name
    roles: Roles


class AddressGiven(Given):
    """The address one wants, and one's password."""

    email: Email
    password: Password


class GuardianshipGiven(Given):
    """Who is guardian of whom, and what they may."""

    guardian_id: Id
    student_id: Id
    relationship: Relationship = ""
    may_be_contacted: StrictBool = True
    may_see_grades: StrictBool = True


class GuardianshipChange(Given):
    """What is to change of a guardianship; what is left out stays."""

    # Never read: what is not given is not set. A default of None would let null through.
    relationship: Relationship = Field(default_factory=str)
    may_be_contacted: StrictBool = Field(default_factory=bool)
    may_see_grades: StrictBool = Field(default_factory=bool)


class ReasonGiven(Given):
    """Why; it is kept in the audit."""

    reason: Reason


class MemberTold(Told):
    """A person of the centre."""

    id: Id
    name: str
    email: str
    roles: list[Role]
    is_active: bool = Field(description="whether they may act in this centre")
    can_sign_in: bool = Field(description="false until they have chosen a password")

    @classmethod
    def of(cls, person: User) -> Self:
        """The person in words; `here` holds their membership."""
        (membership,) = person.here  # type: ignore[attr-defined]  # see queries.people_of
        return cls(
            id=str(person.pk),
            name=person.name,
            email=person.email,
            roles=[Role(role) for role in membership.roles],
            is_active=membership.is_active and person.is_active,
            can_sign_in=person.is_active and person.has_usable_password(),
        )


class InvitationTold(Told):
    """An invitation; its link is known to the mail alone."""

    id: Id
    email: str
    name: str
    roles: list[Role]
    state: InvitationState
    invited_by: str
    created_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, invitation: Invitation) -> Self:
        """The invitation in words; who invited should be selected."""
        return cls(
            id=str(invitation.pk),
            email=invitation.email,
            name=invitation.name,
            roles=[Role(role) for role in invitation.roles],
            state=invitation.state_at(clock.now()),
            invited_by=invitation.invited_by.name,
            created_at=invitation.created_at,
            expires_at=invitation.expires_at,
        )


class NamedTold(Told):
    """A person by name."""

    id: Id
    name: str


class GuardianshipTold(Told):
    """Who is guardian of whom, and what they may."""

    id: Id
    guardian: NamedTold
    student: NamedTold
    relationship: str
    may_be_contacted: bool
    may_see_grades: bool
    is_blocked: bool = Field(description="a custody block: they learn nothing of the student")

    @classmethod
    def of(cls, found: Guardianship) -> Self:
        """The guardianship in words; both people should be selected."""
        return cls(
            id=str(found.pk),
            guardian=NamedTold(id=str(found.guardian_id), name=found.guardian.name),
            student=NamedTold(id=str(found.student_id), name=found.student.name),
            relationship=found.relationship,
            may_be_contacted=found.may_be_contacted,
            may_see_grades=found.may_see_grades,
            is_blocked=found.custody_blocked,
        )


class AuditEntryTold(Told):
    """Something that somebody did, as the audit keeps it."""

    id: Id
    at: datetime
    by: Id | None = Field(description="who; null for the system itself")
    what: str
    subject: str
    detail: dict[str, Any]

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        """The entry in words."""
        return cls(
            id=str(entry.pk),
            at=entry.at,
            by=None if entry.by_id is None else str(entry.by_id),
            what=entry.what,
            subject=entry.subject,
            detail=entry.detail,
        )
