"""What can happen to the people of a centre."""

from core.events.event import Event


class RolesChanged(Event):
    """A person's roles in a centre were changed."""

    about = "person_id"
    person_id: int


class MemberDeactivated(Event):
    """A person may not act in a centre any more."""

    about = "person_id"
    person_id: int


class MemberReactivated(Event):
    """A person may act in a centre again."""

    about = "person_id"
    person_id: int


class PersonInvited(Event):
    """A centre asked somebody in, for the first time or again."""

    about = "invitation_id"
    invitation_id: int
    sending: int  # only the mail of the latest sending carries a link that works


class InvitationAccepted(Event):
    """An invited person joined the centre."""

    about = "invitation_id"
    invitation_id: int
    person_id: int


class InvitationRevoked(Event):
    """An invitation was taken back."""

    about = "invitation_id"
    invitation_id: int


class EmailChangeAsked(Event):
    """A person asked for another email address."""

    about = "person_id"
    person_id: int
    sending: int  # only the mail of the latest sending carries a link that works


class EmailChanged(Event):
    """A person confirmed their new email address."""

    about = "person_id"
    person_id: int


class GuardianLinked(Event):
    """A person became guardian of a student."""

    about = "student_id"
    student_id: int
    guardian_id: int


class GuardianChanged(Event):
    """What a guardian is to a student, or may know, was changed."""

    about = "student_id"
    student_id: int
    guardian_id: int


class GuardianUnlinked(Event):
    """A person is no guardian of a student any more."""

    about = "student_id"
    student_id: int
    guardian_id: int


class GuardianBlocked(Event):
    """A guardian may know nothing about a student any more."""

    about = "student_id"
    student_id: int
    guardian_id: int


class GuardianUnblocked(Event):
    """A guardian may know about a student again."""

    about = "student_id"
    student_id: int
    guardian_id: int
