"""Asking people in by email: the link works once, for a week, and is known to the mail alone."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from core import clock
from core.access.limits import ACCOUNT
from core.audit.models import AuditEntry
from core.events.models import Delivery, EventRecord
from core.live.models import Entry
from core.mail.models import Mail
from core.people.models import Invitation, Membership, Role, User
from core.people.tokens import hash_of
from tests.flow.conftest import School
from tests.flow.mails import link_in, mails_to
from tests.flow.pages import checked, shown
from tests.flow.people import STUDENT, TEACHER, assert_problem, client_of, credentials, ids, post
from tests.servers import Servers

ADMIN = "admin@oakwood.example"
FOREIGN_ADMIN = "admin@riverside.example"
NIA = "nia@mail.example"
PASSWORD = "correct horse battery"

WorkOff = Callable[[], int]


def body(**changed: Any) -> dict[str, Any]:
    return {"email": NIA, "name": "Nia New", "roles": ["teacher"]} | changed


@pytest.fixture
def admin(school: School) -> Client:
    return client_of(ADMIN)


@pytest.fixture
def link(admin: Client, work_off: WorkOff, servers: Servers) -> str:
    """Where the mail to an invited teacher leads."""
    assert post(admin, "/api/invitations", body()).status_code == 201
    work_off()
    (mail,) = mails_to(servers, NIA)
    return link_in(mail)


def test_from_the_invitation_to_signing_in(link: str, admin: Client, work_off: WorkOff) -> None:
    client = Client()
    assert NIA in shown(client, link)
    joined = client.post(link, {"name": "Nia New", "password": PASSWORD}, follow=True)
    assert joined.redirect_chain[-1][0] == "/sign-in"
    assert "Welcome." in checked(joined)
    assert client.post("/sign-in", credentials(NIA, PASSWORD)).status_code == 302
    me = client.get("/api/me").json()
    assert [each["roles"] for each in me["memberships"]] == [["teacher"]]
    (told,) = admin.get("/api/invitations").json()["items"]
    assert (told["state"], told["invited_by"]) == ("accepted", "Alex Archer")
    whats = list(AuditEntry.objects.order_by("id").values_list("what", flat=True))
    assert [what for what in whats if "invit" in what] == ["person.invited", "invitation.accepted"]

    work_off()
    assert "Nia New has joined" in shown(admin, "/notices")


def test_the_link_works_once(link: str) -> None:
    assert Client().post(link, {"name": "Nia", "password": PASSWORD}).status_code == 302
    assert Client().get(link).status_code == 404
    again = Client().post(link, {"name": "Eve", "password": PASSWORD})
    assert again.status_code == 404
    assert User.objects.get(email=NIA).name == "Nia"


def test_the_token_is_nowhere_but_in_the_mail(link: str) -> None:
    token = link.removeprefix("/join/")
    stored = [
        list(model.objects.values())
        for model in (EventRecord, Delivery, Mail, Entry, AuditEntry, Invitation)
    ]
    assert token not in json.dumps(stored, default=str)
    assert Invitation.objects.get().token_hash == hash_of(token)
    assert Mail.objects.get().sensitive


def test_sent_again_the_old_link_is_dead(
    link: str, admin: Client, work_off: WorkOff, servers: Servers
) -> None:
    invitation = Invitation.objects.get()
    assert post(admin, f"/api/invitations/{invitation.pk}/resend").status_code == 200
    assert Client().get(link).status_code == 404  # before the new mail has left, too
    work_off()
    newer = link_in(mails_to(servers, NIA)[-1])
    assert Client().get(link).status_code == 404
    assert Client().get(newer).status_code == 200


def test_of_two_mails_that_wait_only_the_latest_is_sent(
    admin: Client, work_off: WorkOff, servers: Servers
) -> None:
    made = post(admin, "/api/invitations", body()).json()
    post(admin, f"/api/invitations/{made['id']}/resend")
    work_off()
    (mail,) = mails_to(servers, NIA)
    assert Client().get(link_in(mail)).status_code == 200
    assert Delivery.objects.get(state="skipped").detail == "a newer one took its place"


def test_revoked_it_leads_nowhere(link: str, admin: Client) -> None:
    path = f"/api/invitations/{Invitation.objects.get().pk}"
    assert post(admin, f"{path}/revoke").json()["state"] == "revoked"
    assert post(admin, f"{path}/revoke").status_code == 200
    assert Client().get(link).status_code == 404
    assert Client().post(link, {"name": "Nia", "password": PASSWORD}).status_code == 404
    assert_problem(post(admin, f"{path}/resend"), 409)


def test_revoked_in_time_no_mail_leaves(admin: Client, work_off: WorkOff) -> None:
    made = post(admin, "/api/invitations", body()).json()
    post(admin, f"/api/invitations/{made['id']}/revoke")
    work_off()
    assert not Mail.objects.exists()


def test_after_a_week_it_leads_nowhere(link: str, admin: Client) -> None:
    Invitation.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert Client().get(link).status_code == 404
    assert admin.get("/api/invitations?state=open").json()["items"] == []
    (expired,) = admin.get("/api/invitations?state=expired").json()["items"]
    assert expired["email"] == NIA
    made = post(admin, "/api/invitations", body())  # asking anew takes the place of the old one
    assert made.status_code == 201
    assert ids(admin.get("/api/invitations?state=open")) == [made.json()["id"]]


def test_nobody_is_asked_twice_and_no_member_at_all(admin: Client) -> None:
    assert post(admin, "/api/invitations", body()).status_code == 201
    assert_problem(post(admin, "/api/invitations", body(email=NIA.upper())), 409)
    assert_problem(post(admin, "/api/invitations", body(email=STUDENT)), 409)
    post(admin, f"/api/people/{User.objects.get(email=STUDENT).pk}/deactivate")
    assert_problem(post(admin, "/api/invitations", body(email=STUDENT)), 409)


def test_who_was_brought_in_without_a_password_may_be_asked(
    admin: Client, school: School, work_off: WorkOff, servers: Servers
) -> None:
    User.objects.filter(email=STUDENT).update(password="!")
    assert (
        post(admin, "/api/invitations", body(email=STUDENT, roles=["student"])).status_code == 201
    )
    work_off()
    link = link_in(mails_to(servers, STUDENT)[-1])
    assert Client().post(link, {"name": "Ada", "password": PASSWORD}).status_code == 302
    assert Client().login(username=STUDENT, password=PASSWORD)
    assert Membership.objects.get(user__email=STUDENT).roles == [Role.STUDENT]


class TestAnAccountThatThereIs:
    @pytest.fixture
    def link(self, school: School, work_off: WorkOff, servers: Servers) -> str:
        """Where the mail to a teacher of another centre leads."""
        post(client_of(FOREIGN_ADMIN), "/api/invitations", body(email=TEACHER, roles=["parent"]))
        work_off()
        return link_in(mails_to(servers, TEACHER)[-1])

    def test_it_joins_with_its_own_password(self, link: str) -> None:
        assert 'name="name"' not in shown(Client(), link)
        joined = Client().post(link, {"password": "schoolbell-demo"})
        assert joined.status_code == 302
        centres = Membership.objects.filter(user__email=TEACHER).order_by("centre_id")
        assert [each.roles for each in centres] == [["teacher"], ["parent"]]

    def test_it_is_not_taken_over(self, link: str) -> None:
        before = User.objects.get(email=TEACHER)
        answer = Client().post(link, {"name": "Eve", "password": "a new password 1"})
        assert answer.status_code == 422
        assert "The password is wrong." in checked(answer)
        after = User.objects.get(email=TEACHER)
        assert (after.name, after.password) == (before.name, before.password)
        assert Membership.objects.filter(user=after).count() == 1

    def test_its_password_is_not_guessed_here(self, link: str) -> None:
        for _ in range(ACCOUNT.failures):
            assert Client().post(link, {"password": "open-sesame"}).status_code == 422
        refused = Client().post(link, {"password": "schoolbell-demo"})
        assert refused.status_code == 429
        assert "Wait 15 minutes" in checked(refused)
        assert Membership.objects.filter(user__email=TEACHER).count() == 1


@pytest.mark.parametrize("password", ["short", "password123", "nia@mail.example", ""])
def test_a_password_keeps_the_rules(link: str, password: str) -> None:
    answer = Client().post(link, {"name": "Nia", "password": password})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in checked(answer)
    assert not User.objects.filter(email=NIA).exists()


WRONG: list[tuple[str, Any]] = [
    ("email", "no address"),
    ("email", "a@b"),
    ("email", "nia@mail.example\nBcc: all@oakwood.example"),
    ("email", "niá@mail.example"),
    ("email", None),
    ("name", ""),
    ("name", "Nia\r\nBcc: all@oakwood.example"),
    ("name", "x" * 201),
    ("roles", []),
    ("roles", ["king"]),
    ("more", 1),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_what_no_invitation_can_be(admin: Client, field: str, value: Any) -> None:
    found = assert_problem(post(admin, "/api/invitations", body(**{field: value})), 422)
    assert found["errors"][0]["loc"][:2] == ["body", field]
    assert not Invitation.objects.exists()


def test_another_centres_invitations_are_not_there(admin: Client) -> None:
    made = post(admin, "/api/invitations", body()).json()
    foreign = client_of(FOREIGN_ADMIN)
    assert foreign.get("/api/invitations").json()["items"] == []
    for act in ("resend", "revoke"):
        found = post(foreign, f"/api/invitations/{made['id']}/{act}")
        assert_problem(found, 404)
        assert found.json()["detail"] == "There is no such invitation."
    assert_problem(client_of(TEACHER).get("/api/invitations"), 403)


def test_with_forms(admin: Client, work_off: WorkOff) -> None:
    assert "Nobody is being waited for." in shown(admin, "/people/invite")
    filled = {"name": "Nia New", "email": NIA, "roles": ["teacher", "staff"]}
    assert f"on its way to {NIA}" in checked(admin.post("/people/invite", filled, follow=True))
    again = admin.post("/people/invite", filled)
    assert again.status_code == 422
    assert "invited already" in checked(again)
    wrong = admin.post("/people/invite", filled | {"email": "nobody", "roles": []})
    assert "Choose at least one role." in checked(wrong)
    path = f"/invitations/{Invitation.objects.get().pk}"
    assert "Sent again." in checked(admin.post(f"{path}/resend", follow=True))
    assert "Taken back." in checked(admin.post(f"{path}/revoke", follow=True))
    assert "Nobody is being waited for." in shown(
        admin, "/people/invite", **{"HX-Target": "invitations", "HX-Request": "true"}
    )
