"""A centre's people, invitations, guardians and audit over HTTP."""

from http import HTTPStatus
from typing import Annotated, Final

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Status
from pydantic import Field, StringConstraints

from core.audit.models import AuditEntry
from core.http.bodies import id_from
from core.http.lists import Order, Page, Wanted, read_page
from core.office.bodies import (
    AuditEntryTold,
    GuardianshipChange,
    GuardianshipGiven,
    GuardianshipTold,
    InvitationGiven,
    InvitationTold,
    MemberTold,
    ReasonGiven,
    RolesGiven,
)
from core.office.queries import audit_of
from core.people import actions, guardians, invitations, queries
from core.people.acting import acting
from core.people.models import Guardianship, Invitation, InvitationState, Role, User
from core.refusals import NotFoundError

router = Router(tags=["people"])

PEOPLE_BY_NAME: Final = Order(User, "name", "id")
INVITATIONS_LATEST_FIRST: Final = Order(Invitation, "-created_at", "-id")
GUARDIANSHIPS_IN_ORDER: Final = Order(Guardianship, "id")
AUDIT_LATEST_FIRST: Final = Order(AuditEntry, "-id")


class PeopleWanted(Wanted):
    """Which people are asked for."""

    role: Role | None = None
    q: Annotated[
        str,
        StringConstraints(max_length=100),
        Field(description="words that stand in the name or the address"),
    ] = ""


class InvitationsWanted(Wanted):
    """Which invitations are asked for."""

    state: InvitationState | None = None


class GuardianshipsWanted(Wanted):
    """Whose guardianships are asked for."""

    student_id: str | None = None
    guardian_id: str | None = None


class AuditWanted(Wanted):
    """Which part of the audit is asked for."""

    what: Annotated[
        str, Field(description="a kind: `role.changed`, or `role` for all of those")
    ] = ""
    person: Annotated[str | None, Field(description="who did it, or whom it is about")] = None


@router.get("people", response=Page[MemberTold], operation_id="list_people", summary="People")
def list_people(request: HttpRequest, wanted: Query[PeopleWanted]) -> Page[MemberTold]:
    """The people of the centre by name, also those who were deactivated."""
    rows = queries.people_of(acting(request), role=wanted.role, words=wanted.q)
    return read_page(rows, PEOPLE_BY_NAME, wanted, MemberTold.of)


@router.get(
    "people/{int:person_id}", response=MemberTold, operation_id="get_person", summary="A person"
)
def get_person(request: HttpRequest, person_id: int) -> MemberTold:
    """One of the centre's people."""
    found = queries.people_of(acting(request)).filter(pk=person_id).first()
    if found is None:
        raise NotFoundError("There is no such person.")
    return MemberTold.of(found)


@router.put(
    "people/{int:person_id}/roles",
    response=MemberTold,
    operation_id="change_roles",
    summary="Change somebody's roles",
)
def change_roles(request: HttpRequest, person_id: int, given: RolesGiven) -> MemberTold:
    """Sets what a person is in the centre. The last admin stays one (409)."""
    actions.change_roles(person_id=person_id, roles=given.roles, by=acting(request))
    return get_person(request, person_id)


@router.post(
    "people/{int:person_id}/deactivate",
    response=MemberTold,
    operation_id="deactivate_person",
    summary="Deactivate somebody here",
)
def deactivate_person(request: HttpRequest, person_id: int) -> MemberTold:
    """Lets a person act in this centre no more, at once. The last admin stays (409)."""
    actions.deactivate_member(person_id=person_id, by=acting(request))
    return get_person(request, person_id)


@router.post(
    "people/{int:person_id}/reactivate",
    response=MemberTold,
    operation_id="reactivate_person",
    summary="Reactivate somebody here",
)
def reactivate_person(request: HttpRequest, person_id: int) -> MemberTold:
    """Lets a person act in this centre again, with the roles they had."""
    actions.reactivate_member(person_id=person_id, by=acting(request))
    return get_person(request, person_id)


@router.get(
    "invitations",
    response=Page[InvitationTold],
    operation_id="list_invitations",
    summary="Invitations",
)
def list_invitations(
    request: HttpRequest, wanted: Query[InvitationsWanted]
) -> Page[InvitationTold]:
    """Whom the centre has asked in, the latest first."""
    rows = queries.invitations_of(acting(request))
    if wanted.state is not None:
        rows = queries.in_state(rows, wanted.state)
    return read_page(rows, INVITATIONS_LATEST_FIRST, wanted, InvitationTold.of)


@router.post(
    "invitations",
    response={201: InvitationTold},
    operation_id="invite_person",
    summary="Invite somebody",
)
def invite_person(request: HttpRequest, given: InvitationGiven) -> Status[InvitationTold]:
    """Mails a link that works once and for seven days. 409 for a member, or when asked already."""
    made = invitations.invite_person(
        email=given.email, name=given.name, roles=given.roles, by=acting(request)
    )
    return Status(201, InvitationTold.of(queries.get_invitation(made.pk, by=acting(request))))


@router.post(
    "invitations/{int:invitation_id}/resend",
    response=InvitationTold,
    operation_id="resend_invitation",
    summary="Send an invitation again",
)
def resend_invitation(request: HttpRequest, invitation_id: int) -> InvitationTold:
    """Mails a new link, for seven days from now; the old one is dead."""
    invitations.resend_invitation(invitation_id=invitation_id, by=acting(request))
    return InvitationTold.of(queries.get_invitation(invitation_id, by=acting(request)))


@router.post(
    "invitations/{int:invitation_id}/revoke",
    response=InvitationTold,
    operation_id="revoke_invitation",
    summary="Take an invitation back",
)
def revoke_invitation(request: HttpRequest, invitation_id: int) -> InvitationTold:
    """Kills the link. 409 when it was accepted."""
    invitations.revoke_invitation(invitation_id=invitation_id, by=acting(request))
    return InvitationTold.of(queries.get_invitation(invitation_id, by=acting(request)))


@router.get(
    "guardianships",
    response=Page[GuardianshipTold],
    operation_id="list_guardianships",
    summary="Guardianships",
)
def list_guardianships(
    request: HttpRequest, wanted: Query[GuardianshipsWanted]
) -> Page[GuardianshipTold]:
    """Who is guardian of whom in the centre; of one student, of one guardian, or all."""
    rows = queries.guardianships_of(acting(request))
    if wanted.student_id is not None:
        rows = rows.filter(student=id_from(wanted.student_id))
    if wanted.guardian_id is not None:
        rows = rows.filter(guardian=id_from(wanted.guardian_id))
    return read_page(rows, GUARDIANSHIPS_IN_ORDER, wanted, GuardianshipTold.of)


@router.post(
    "guardianships",
    response={201: GuardianshipTold},
    operation_id="link_guardian",
    summary="Link a guardian and a student",
)
def link_guardian(request: HttpRequest, given: GuardianshipGiven) -> Status[GuardianshipTold]:
    """Makes a parent of the centre guardian of a student of it. 409 when they are already."""
    made = guardians.link_guardian(
        guardian_id=id_from(given.guardian_id) or 0,
        student_id=id_from(given.student_id) or 0,
        rights=given.model_dump(exclude={"guardian_id", "student_id"}),
        by=acting(request),
    )
    return Status(201, GuardianshipTold.of(made))


@router.patch(
    "guardianships/{int:guardianship_id}",
    response=GuardianshipTold,
    operation_id="change_guardian",
    summary="Change a guardian's rights",
)
def change_guardian(
    request: HttpRequest, guardianship_id: int, given: GuardianshipChange
) -> GuardianshipTold:
    """Changes relationship, or what the guardian may."""
    changes = given.model_dump(exclude_unset=True)
    return GuardianshipTold.of(
        guardians.change_guardian(
            guardianship_id=guardianship_id, changes=changes, by=acting(request)
        )
    )


@router.delete(
    "guardianships/{int:guardianship_id}",
    response={204: None},
    operation_id="unlink_guardian",
    summary="End a guardianship",
)
def unlink_guardian(request: HttpRequest, guardianship_id: int) -> HttpResponse:
    """Ends it: the guardian is nobody to the student any more. 409 while a block stands."""
    guardians.unlink_guardian(guardianship_id=guardianship_id, by=acting(request))
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@router.post(
    "guardianships/{int:guardianship_id}/block",
    response=GuardianshipTold,
    operation_id="block_guardian",
    summary="Set a custody block",
)
def block_guardian(
    request: HttpRequest, guardianship_id: int, given: ReasonGiven
) -> GuardianshipTold:
    """Lets the guardian see and receive nothing about the student, at once. It is audited."""
    return GuardianshipTold.of(
        guardians.block_guardian(
            guardianship_id=guardianship_id, reason=given.reason, by=acting(request)
        )
    )


@router.post(
    "guardianships/{int:guardianship_id}/unblock",
    response=GuardianshipTold,
    operation_id="unblock_guardian",
    summary="Lift a custody block",
)
def unblock_guardian(
    request: HttpRequest, guardianship_id: int, given: ReasonGiven
) -> GuardianshipTold:
    """Lets the guardian know about the student again; the reason is audited."""
    return GuardianshipTold.of(
        guardians.unblock_guardian(
            guardianship_id=guardianship_id, reason=given.reason, by=acting(request)
        )
    )


@router.get("audit", response=Page[AuditEntryTold], operation_id="list_audit", summary="Audit")
def list_audit(request: HttpRequest, wanted: Query[AuditWanted]) -> Page[AuditEntryTold]:
    """What was done in the centre that one may have to answer for, the latest first."""
    rows = audit_of(acting(request), what=wanted.what)
    if wanted.person is not None:
        rows = audit_of(acting(request), what=wanted.what, person_id=id_from(wanted.person) or 0)
    return read_page(rows, AUDIT_LATEST_FIRST, wanted, AuditEntryTold.of)
