"""Centres: what their admins change, what operators open, and the colour of their pages."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from core.audit.models import AuditEntry
from core.centres.colour import BLACK, WHITE, contrast, is_legible, text_on
from core.centres.queries import counts_by_role
from core.centres.zones import all_zones, zones_by_region
from core.events.models import EventRecord
from core.people.models import Centre, Invitation, Role, User
from tests.flow.conftest import School
from tests.flow.mails import link_in, mails_to
from tests.flow.pages import checked, shown
from tests.flow.people import (
    OPERATOR,
    STUDENT,
    TEACHER,
    assert_problem,
    client_of,
    ids,
    patch,
    post,
)
from tests.servers import Servers

WorkOff = Callable[[], int]

ADMIN = "admin@oakwood.example"
NEW = {"slug": "lakeside", "name": "Lakeside", "timezone": "America/Lima", "language": "es"}


@pytest.fixture
def admin(school: School) -> Client:
    return client_of(ADMIN)


@pytest.fixture
def operator(school: School) -> Client:
    return client_of(OPERATOR)


def test_every_member_reads_the_own_centre(school: School) -> None:
    told = client_of(STUDENT).get("/api/centre").json()
    assert told == {
        "id": str(school.class_7a().centre_id),
        "slug": "oakwood",
        "name": "Oakwood School",
        "short_name": "",
        "timezone": "Europe/London",
        "language": "en",
        "colour": "#2e7d4f",
    }
    assert client_of("student1@riverside.example").get("/api/centre").json()["language"] == "es"
    assert_problem(client_of(OPERATOR).get("/api/centre"), 403)


def test_an_admin_changes_the_own_centre(admin: Client, school: School) -> None:
    changes = {
        "name": "Oakwood Academy",
        "short_name": "Oakwood",
        "timezone": "Europe/Madrid",
        "language": "es",
        "colour": "#8E44AD",
    }
    told = patch(admin, "/api/centre", changes).json()
    assert {field: told[field] for field in changes} == changes | {"colour": "#8e44ad"}
    assert patch(admin, "/api/centre", {"name": "Oakwood Academy"}).json() == told
    assert Centre.objects.get(slug="riverside").name == "Riverside School"

    (event,) = EventRecord.objects.filter(kind="CentreChanged")
    assert event.payload["fields"] == sorted(changes)
    (entry,) = AuditEntry.objects.filter(what="centre.changed")
    assert entry.by_id == school.user(ADMIN).pk
    assert entry.detail["timezone"] == {"from": "Europe/London", "to": "Europe/Madrid"}


WRONG: list[tuple[str, Any]] = [
    ("name", " "),
    ("name", None),
    ("name", "a\nb"),
    ("short_name", "x" * 41),
    ("timezone", "Mars/Olympus"),
    ("timezone", "../../etc/passwd"),
    ("timezone", "europe/madrid"),
    ("timezone", ""),
    ("timezone", None),
    ("language", "fr"),
    ("language", None),
    ("colour", "#fff"),
    ("colour", "red"),
    ("colour", "#0f6e77;}body{display:none"),
    ("colour", "#ffff00"),
    ("colour", "#ffffff"),
    ("colour", "#000000"),
    ("colour", None),
    ("colour", 7),
]


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_what_no_centre_can_be(admin: Client, operator: Client, field: str, value: Any) -> None:
    before = Centre.objects.values().get(slug="oakwood")
    for answer in (
        patch(admin, "/api/centre", {field: value}),
        patch(operator, f"/api/ops/centres/{before['id']}", {field: value}),
        post(operator, "/api/ops/centres", NEW | {field: value}),
    ):
        found = assert_problem(answer, 422)
        assert [fault["loc"] for fault in found["errors"]] == [["body", field]]
    assert Centre.objects.values().get(slug="oakwood") == before
    assert Centre.objects.count() == 2


@pytest.mark.parametrize("email", [TEACHER, STUDENT, "staff@oakwood.example", OPERATOR])
def test_only_its_admins_change_a_centre(school: School, email: str) -> None:
    assert_problem(patch(client_of(email), "/api/centre", {"name": "x"}), 403)


def test_an_operator_opens_and_changes_centres(operator: Client) -> None:
    opened = post(operator, "/api/ops/centres", NEW)
    assert opened.status_code == 201
    centre = opened.json()
    assert centre == NEW | {"id": centre["id"], "short_name": "", "colour": "#0f6e77"}
    slugs = [each["slug"] for each in operator.get("/api/ops/centres").json()["items"]]
    assert slugs == ["lakeside", "oakwood", "riverside"]
    path = f"/api/ops/centres/{centre['id']}"
    assert patch(operator, path, {"timezone": "UTC"}).json() == centre | {"timezone": "UTC"}
    for missing in (10**12, 2**63):
        assert_problem(patch(operator, f"/api/ops/centres/{missing}", {"name": "x"}), 404)

    events = EventRecord.objects.filter(centre_id=centre["id"]).order_by("pk")
    assert [each.kind for each in events] == ["CentreOpened", "CentreChanged"]
    written = AuditEntry.objects.filter(centre_id=centre["id"]).order_by("pk")
    assert [each.what for each in written] == ["centre.opened", "centre.changed"]


@pytest.mark.parametrize("slug", ["oakwood", "Oak Wood", "-a", "a--b", "", "x" * 51, "é", None])
def test_a_slug_is_free_and_fits_addresses(operator: Client, slug: str | None) -> None:
    answer = post(operator, "/api/ops/centres", NEW | {"slug": slug})
    assert assert_problem(answer, 422)["errors"][0]["loc"] == ["body", "slug"]
    assert Centre.objects.get(slug="oakwood").name == "Oakwood School"


@pytest.mark.parametrize("email", [ADMIN, TEACHER])
def test_only_operators_see_all_centres(school: School, email: str) -> None:
    person = client_of(email)
    assert_problem(person.get("/api/ops/centres"), 403)
    assert_problem(post(person, "/api/ops/centres", NEW), 403)
    riverside = Centre.objects.get(slug="riverside").pk
    assert_problem(patch(person, f"/api/ops/centres/{riverside}", {"name": "x"}), 403)


def test_operators_read_nothing_of_pupils(operator: Client) -> None:
    for path in ("/api/classes", "/api/courses", "/api/terms", "/api/students/1/enrolments"):
        assert_problem(operator.get(path), 403)
    assert ids(operator.get("/api/ops/centres"))


def test_the_database_keeps_what_is_no_colour_out_of_the_stylesheet(school: School) -> None:
    with pytest.raises(IntegrityError, match="centre_colour_is_hex"), transaction.atomic():
        Centre.objects.filter(slug="oakwood").update(colour="red;}")


def test_contrast_is_that_of_wcag() -> None:
    assert contrast(BLACK, WHITE) == pytest.approx(21)
    assert contrast("#767676", WHITE) == pytest.approx(4.54, abs=0.01)
    assert contrast("#0f6e77", "#0f6e77") == 1
    assert (text_on("#ffff00"), text_on("#0f6e77")) == (BLACK, WHITE)
    assert is_legible("#0f6e77")
    assert not is_legible("#ffff00")
    assert not is_legible("#001020")


def test_some_text_can_be_read_on_every_colour() -> None:
    for level in range(256):
        colour = f"#{level:02x}{level:02x}{level:02x}"
        assert contrast(colour, text_on(colour)) > 4.5


def test_every_place_offered_is_a_time_zone() -> None:
    offered = {zone for places in zones_by_region().values() for zone, _ in places}
    assert {"Europe/London", "Europe/Madrid", "America/Argentina/Buenos_Aires", "UTC"} <= offered
    assert offered <= all_zones()


SETTINGS = {
    "name": "Oakwood Academy",
    "short_name": "Oakwood",
    "language": "en",
    "timezone": "Europe/Madrid",
    "colour": "#8e44ad",
}


def test_settings_are_changed_with_a_form(admin: Client) -> None:
    html = shown(admin, "/centre-settings")
    assert '<option value="Europe/London" selected>' in html
    assert 'type="color"' in html
    assert "centre.css?colour=2e7d4f" in html
    html = checked(admin.post("/centre-settings", SETTINGS, follow=True))
    assert "Changes saved." in html
    assert "centre.css?colour=8e44ad" in html
    assert '<span class="brand-centre">Oakwood</span>' in html


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", " ", "Give the centre a name."),
        ("colour", "#ffff00", "must stand out"),
        ("colour", "red", "must be a colour"),
        ("timezone", "Mars/Olympus", "Select a valid choice"),
        ("language", "fr", "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    admin: Client, field: str, value: str, said: str
) -> None:
    answer = admin.post("/centre-settings", SETTINGS | {field: value})
    assert answer.status_code == 422
    assert said in checked(answer)
    assert Centre.objects.get(slug="oakwood").name == "Oakwood School"


def test_an_odd_zone_can_stay(admin: Client) -> None:
    Centre.objects.filter(slug="oakwood").update(timezone="Etc/GMT+3")
    assert '<option value="Etc/GMT+3" selected>' in shown(admin, "/centre-settings")
    sent = SETTINGS | {"timezone": "Etc/GMT+3"}
    assert "Changes saved." in checked(admin.post("/centre-settings", sent, follow=True))


@pytest.mark.parametrize("email", [TEACHER, STUDENT, "staff@oakwood.example"])
def test_only_admins_find_the_settings(school: School, email: str) -> None:
    assert client_of(email).get("/centre-settings").status_code == 403
    assert client_of(email).post("/centre-settings", SETTINGS).status_code == 403


def test_every_page_of_a_centre_has_its_colour(school: School) -> None:
    for email, colour in [(STUDENT, "2e7d4f"), ("student1@riverside.example", "b3541e")]:
        assert f"centre.css?colour={colour}" in shown(client_of(email), "/notices")
    assert "centre.css" not in shown(client_of(OPERATOR), "/")


def test_a_stylesheet_holds_a_colour_and_is_kept() -> None:
    answer = Client().get("/centre.css?colour=2e7d4f")
    assert answer.content == b":root { --centre: #2e7d4f; --on-centre: #ffffff; }\n"
    assert answer.headers["Content-Type"].startswith("text/css")
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("colour", ["", "red", "2e7d4", "2e7d4f0", "2E7D4F", "2e7d4f;}*{x:y"])
def test_a_stylesheet_holds_nothing_else(colour: str) -> None:
    assert Client().get("/centre.css", {"colour": colour}).status_code == 404


OPEN = {
    "name": "Lakeside",
    "slug": "lakeside",
    "short_name": "",
    "language": "es",
    "timezone": "America/Lima",
    "colour": "#0F6E77",
    "admin_name": "Lena Lake",
    "admin_email": "Lena@lakeside.example",
}


def test_an_operator_opens_a_centre_and_its_first_admin_comes_in(
    operator: Client, school: School, work_off: WorkOff, servers: Servers
) -> None:
    assert 'href="/ops/centres"' in shown(operator, "/")
    html = checked(operator.post("/ops/centres/new", OPEN, follow=True))
    assert "on its way to lena@lakeside.example" in html
    assert "America/Lima" in html
    centre = Centre.objects.get(slug="lakeside")
    assert (centre.colour, centre.language) == ("#0f6e77", "es")

    work_off()
    (mail,) = mails_to(servers, "lena@lakeside.example")
    lena = Client()
    joined = lena.post(link_in(mail), {"name": "Lena Lake", "password": "correct-horse-battery"})
    assert joined.status_code == 302
    person = User.objects.get(email="lena@lakeside.example")
    assert [each.roles for each in person.memberships.all()] == [["admin"]]
    written = AuditEntry.objects.filter(centre_id=centre.pk).order_by("pk")
    assert [each.what for each in written] == [
        "centre.opened",
        "person.invited",
        "invitation.accepted",
    ]


def test_what_is_wrong_opens_nothing_and_invites_nobody(operator: Client) -> None:
    wrong = {
        "slug": ["oakwood", "Oak Wood", "a--b", ""],
        "name": [""],
        "timezone": ["Mars/Olympus"],
        "colour": ["#ffff00"],
        "admin_email": ["", "nobody", "l\u00e9na@lakeside.example"],
        "admin_name": [""],
    }
    for field, values in wrong.items():
        for value in values:
            answer = operator.post("/ops/centres/new", OPEN | {field: value})
            assert answer.status_code == 422, (field, value)
            assert f'id="id_{field}-error"' in checked(answer)
    assert Centre.objects.count() == 2
    assert not Invitation.objects.filter(email="lena@lakeside.example").exists()


def test_an_operator_sees_how_many_people_a_centre_has_and_no_names(
    operator: Client, school: School
) -> None:
    post(client_of(ADMIN), f"/api/people/{school.user(STUDENT).pk}/deactivate")
    counts = counts_by_role([school.class_7a().centre_id])[school.class_7a().centre_id]
    assert (counts[Role.STUDENT], counts[Role.PARENT], counts[Role.ADMIN]) == (29, 30, 1)
    html = shown(operator, "/ops/centres")
    assert "Student: 29" in html
    path = f"/ops/centres/{school.class_7a().centre_id}"
    names = User.objects.exclude(email=OPERATOR).values_list("name", flat=True)
    for page in (html, shown(operator, path)):
        assert not any(name in page for name in names)


def test_an_operator_renames_a_centre(operator: Client, school: School) -> None:
    path = f"/ops/centres/{school.class_7a().centre_id}"
    html = checked(operator.post(path, SETTINGS, follow=True))
    assert "Changes saved." in html
    assert Centre.objects.get(slug="oakwood").name == "Oakwood Academy"
    assert operator.post(path, SETTINGS | {"name": ""}).status_code == 422
    assert operator.get("/ops/centres/987654321").status_code == 404


def test_a_centre_without_an_admin_gets_one_asked_again(
    operator: Client, school: School, work_off: WorkOff, servers: Servers
) -> None:
    centre = post(operator, "/api/ops/centres", NEW).json()
    path = f"/ops/centres/{centre['id']}"
    admin = {key: OPEN[key] for key in ("admin_name", "admin_email")}
    assert "Nobody runs this centre yet" in shown(operator, path)
    assert operator.post(f"{path}/admins", admin | {"admin_email": "x"}).status_code == 422
    for _ in range(2):
        operator.post(f"{path}/admins", admin)
        work_off()
    first, second = mails_to(servers, "lena@lakeside.example")
    assert Client().get(link_in(first)).status_code == 404
    assert Client().get(link_in(second)).status_code == 200

    oakwood = f"/ops/centres/{school.class_7a().centre_id}"
    assert "Nobody runs" not in shown(operator, oakwood)
    html = checked(operator.post(f"{oakwood}/admins", admin, follow=True))
    assert "This centre has an admin" in html
    assert not Invitation.objects.filter(
        centre__slug="oakwood", email=admin["admin_email"]
    ).exists()


@pytest.mark.parametrize("email", [ADMIN, TEACHER])
def test_only_operators_look_after_centres(school: School, email: str) -> None:
    person = client_of(email)
    assert person.get("/ops/centres").status_code == 403
    assert person.post("/ops/centres/new", OPEN).status_code == 403
    assert 'href="/ops/centres"' not in shown(person, "/")
