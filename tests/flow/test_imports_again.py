"""Files that meet what is there: accounts of other centres, and pupils who were moved by hand."""

from collections.abc import Callable

import pytest
from django.test import Client

from core import clock
from core.classes.actions import open_class
from core.classes.enrolment_actions import move_student
from core.classes.models import Enrolment
from core.people.models import Guardianship, Invitation, Membership, User
from tasks.drain import drain
from tasks.imports.people import run_import
from tests.flow.conftest import School
from tests.flow.mails import link_in, mails_to
from tests.flow.pages import shown
from tests.flow.people import client_of, post
from tests.flow.sheets import NINA
from tests.flow.test_imports import ADMIN, FOREIGN_ADMIN, carried_out, looked_through
from tests.servers import Servers

WorkOff = Callable[[], int]


def notes(client: Client, path: str) -> list[tuple[int, str, list[tuple[str, str]]]]:
    items = client.get(f"{path}/rows?limit=200").json()["items"]
    assert not any(each["faults"] for each in items)
    return [
        (each["row"], each["outcome"], [(note["column"], note["msg"]) for note in each["notes"]])
        for each in items
    ]


ASKS = "has an account already, so they are asked by mail to join; import the file again then"
WAITS = "was asked by mail to join, and has not joined yet; import the file again then"


@pytest.fixture
def admin(school: School) -> Client:
    return client_of(ADMIN)


def here(school: School, email: str) -> tuple[int, int, int]:
    """How often somebody is a member, attends a class, and has guardians in the centre."""
    of_them = {"centre_id": school.class_7a().centre_id}
    return (
        Membership.objects.filter(user__email=email, **of_them).count(),
        Enrolment.objects.filter(student__email=email, **of_them).count(),
        Guardianship.objects.filter(student__email=email, **of_them).count(),
    )


class TestPeopleOfAnotherCentre:
    EVE = ("Eve", *NINA[1:])  # as the file of this centre calls her
    SISTER = ("Nell New", "nell@pupils.example", "7A", *NINA[3:])

    @pytest.fixture(autouse=True)
    def _are_there(self, school: School) -> None:
        carried_out(client_of(FOREIGN_ADMIN), NINA)

    def test_the_report_says_that_they_are_asked(self, admin: Client) -> None:
        path = looked_through(admin, self.EVE, self.SISTER)
        asked = [("student_email", ASKS), ("guardian_email", ASKS)]
        assert notes(admin, path) == [
            (2, "invited", asked),
            (3, "created", [("guardian_email", WAITS)]),
        ]
        assert "Asked to join" in shown(admin, path.removeprefix("/api"))
        assert not Invitation.objects.exists()  # looking asks nobody

    def test_nobody_joins_unasked(self, admin: Client, school: School, work_off: WorkOff) -> None:
        told = carried_out(admin, self.EVE, self.SISTER)
        work_off()
        assert (told["counts"]["invited"], told["counts"]["created"]) == (1, 1)
        (notice,) = admin.get("/api/notices").json()["items"]
        assert notice["body"] == "1 new, 0 changed, 0 refused. 1 asked to join."
        assert here(school, NINA[1]) == (0, 0, 0)
        assert here(school, self.SISTER[1]) == (1, 1, 0)  # hers was not held up
        waits = [("student_email", WAITS), ("guardian_email", WAITS)]
        assert notes(admin, looked_through(admin, self.EVE)) == [(2, "unchanged", waits)]

    def test_who_has_joined_is_brought_in_by_the_next_import(
        self, admin: Client, school: School, work_off: WorkOff, servers: Servers
    ) -> None:
        carried_out(admin, self.EVE)
        work_off()
        for email in (NINA[1], NINA[4]):
            (mail,) = mails_to(servers, email)
            form = {"name": "Nina", "password": "correct-horse-battery"}
            assert Client().post(link_in(mail), form).status_code == 302
        assert here(school, NINA[1]) == (1, 0, 0)
        assert carried_out(admin, self.EVE)["counts"]["created"] == 1
        assert here(school, NINA[1]) == (1, 1, 1)
        assert User.objects.get(email=NINA[1]).name == "Nina"  # by her own hand, not by the file
        assert carried_out(admin, self.EVE)["counts"]["unchanged"] == 1

    def test_an_invitation_that_has_run_out_is_made_anew(
        self, admin: Client, work_off: WorkOff, servers: Servers
    ) -> None:
        carried_out(admin, self.EVE)
        Invitation.objects.update(expires_at=clock.now())
        assert carried_out(admin, self.EVE)["counts"]["invited"] == 1
        work_off()
        assert Invitation.objects.filter(revoked_at=None).count() == 2
        assert Client().get(link_in(mails_to(servers, NINA[1])[-1])).status_code == 200


class TestWhoHasLeftAClass:
    """An old file does not undo what was done by hand."""

    @pytest.fixture
    def moved(self, admin: Client, school: School) -> Enrolment:
        """Nina, moved from 7A to 7B after the file was imported."""
        carried_out(admin, NINA)
        by = school.actor(ADMIN)
        other = open_class(name="7B", by=by)
        present = Enrolment.objects.get(student__email=NINA[1])
        return move_student(enrolment_id=present.pk, class_id=other.pk, by=by)

    def classes(self) -> set[str]:
        present = Enrolment.objects.filter(student__email=NINA[1], until=None)
        return set(present.values_list("school_class__name", flat=True))

    def test_is_left_where_they_are(self, admin: Client, moved: Enrolment) -> None:
        path = looked_through(admin, NINA)
        left = [("class", "the student has left this class since; not touched")]
        assert notes(admin, path) == [(2, "unchanged", left)]
        assert "has left this class since" in shown(admin, path.removeprefix("/api"))
        post(admin, f"{path}/run", {})
        drain(run_import)
        assert self.classes() == {"7B"}
        assert "has left this class since" in admin.get(f"{path}/report").getvalue().decode()

    def test_comes_back_if_the_import_says_so(self, admin: Client, moved: Enrolment) -> None:
        path = looked_through(admin, NINA)
        admin.post(f"{path.removeprefix('/api')}/run", {"moves": "on"})
        drain(run_import)
        assert self.classes() == {"7A", "7B"}
        assert notes(admin, path) == [(2, "created", [])]

    def test_everything_else_of_the_row_is_done(self, admin: Client, moved: Enrolment) -> None:
        assert carried_out(admin, ("Nina Newer", *NINA[1:]))["counts"]["changed"] == 1
        assert self.classes() == {"7B"}
