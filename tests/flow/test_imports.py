"""Bringing people in from a file: looked through, carried out once, never by halves."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from core.audit.models import AuditEntry
from core.classes.models import Enrolment
from core.events.models import Delivery
from core.imports import writing
from core.imports.actions import LARGEST, carry_out_rows
from core.imports.models import ImportRow, PeopleImport
from core.mail.models import Mail
from core.people.models import Guardianship, Invitation, Membership, User
from tasks.drain import drain
from tasks.imports import people as jobs
from tasks.imports.people import check_import, run_import
from tests.flow.conftest import School
from tests.flow.pages import checked, shown
from tests.flow.people import STUDENT, TEACHER, assert_problem, client_of, post
from tests.flow.sheets import NINA, OTTO, csv_of, xlsx_of

ADMIN = "admin@oakwood.example"
STAFF = "staff@oakwood.example"
FOREIGN_ADMIN = "admin@riverside.example"

WorkOff = Callable[[], int]


@pytest.fixture
def admin(school: School) -> Client:
    return client_of(ADMIN)


def upload(client: Client, content: str | bytes, name: str = "people.csv") -> Any:
    data = content.encode() if isinstance(content, str) else content
    return client.post("/api/imports", {"file": SimpleUploadedFile(name, data)})


def looked_through(client: Client, *rows: Any, **options: Any) -> str:
    """The address of an import of these rows that has been looked through."""
    answer = upload(client, csv_of(*rows, **options))
    assert answer.status_code == 201, answer.content
    assert answer.json()["state"] == "checking"
    drain(check_import)
    return f"/api/imports/{answer.json()['id']}"


def carried_out(client: Client, *rows: Any, **given: Any) -> dict[str, Any]:
    path = looked_through(client, *rows)
    assert post(client, f"{path}/run", given).json()["state"] == "running"
    drain(run_import)
    told: dict[str, Any] = client.get(path).json()
    assert told["state"] == "done"
    return told


def report(client: Client, path: str) -> list[tuple[int, str, list[tuple[str, str]]]]:
    items = client.get(f"{path}/rows?limit=200").json()["items"]
    return [
        (each["row"], each["outcome"], [(f["column"], f["msg"]) for f in each["faults"]])
        for each in items
    ]


def everything() -> dict[str, list[Any]]:
    """All that an import may change."""
    return {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in (User, Membership, Guardianship, Enrolment)
    }


def test_from_the_file_to_the_people(admin: Client, school: School, work_off: WorkOff) -> None:
    before = everything()
    path = looked_through(admin, NINA, OTTO)
    assert everything() == before  # looking changes nothing
    told = admin.get(path).json()
    assert (told["state"], told["total"]) == ("checked", 2)
    assert told["counts"] == {
        "created": 2,
        "changed": 0,
        "unchanged": 0,
        "invited": 0,
        "refused": 0,
    }
    assert report(admin, path) == [(2, "created", []), (3, "created", [])]

    post(admin, f"{path}/run", {})
    work_off()
    done = admin.get(path).json()
    assert (done["state"], done["progress"]) == ("done", 1)
    nina, nora = User.objects.get(email=NINA[1]), User.objects.get(email=NINA[4])
    assert (nina.name, nora.name) == ("Nina New", "Nora New")
    assert not nina.has_usable_password()
    assert [m.roles for m in nina.memberships.all()] == [["student"]]
    assert [m.roles for m in nora.memberships.all()] == [["parent"]]
    link = Guardianship.objects.get(guardian=nora, student=nina)
    assert (link.relationship, link.centre_id) == ("mother", school.class_7a().centre_id)
    assert Enrolment.objects.filter(student=nina, school_class=school.class_7a()).count() == 1
    assert not Mail.objects.exists()
    (notice,) = admin.get("/api/notices").json()["items"]
    assert (notice["kind"], notice["title"]) == ("import", "Import finished: people.csv")
    assert notice["body"] == "2 new, 0 changed, 0 refused."


def test_what_is_kept_of_it(admin: Client, work_off: WorkOff) -> None:
    carried_out(admin, NINA)
    assert PeopleImport.objects.get().content is None
    whats = list(AuditEntry.objects.order_by("id").values_list("what", flat=True))
    assert whats == ["import.uploaded", "import.started", "import.finished"]


def test_the_same_file_again_changes_nothing(admin: Client) -> None:
    carried_out(admin, NINA, OTTO)
    before = everything()
    assert carried_out(admin, NINA, OTTO)["counts"]["unchanged"] == 2
    assert everything() == before


def test_an_xlsx_file(admin: Client) -> None:
    answer = upload(admin, xlsx_of(NINA, OTTO), "people.xlsx")
    drain(check_import)
    assert admin.get(f"/api/imports/{answer.json()['id']}").json()["counts"]["created"] == 2


def test_what_is_new_of_people_who_are_there(admin: Client, school: School) -> None:
    carried_out(admin, NINA)
    changed = ("Nina Newer", *NINA[1:5], "aunt")
    assert carried_out(admin, changed)["counts"]["changed"] == 1
    assert User.objects.get(email=NINA[1]).name == "Nina Newer"
    assert Guardianship.objects.get(guardian__email=NINA[4]).relationship == "aunt"


def test_two_guardians_and_a_shared_one(admin: Client) -> None:
    second = (*NINA[:3], "Ned New", "ned@mail.example", "father")
    sister = ("Nell New", "nell@pupils.example", "7A", *NINA[3:])
    told = carried_out(admin, NINA, second, sister)
    assert told["counts"]["created"] == 3
    assert Guardianship.objects.filter(student__email=NINA[1]).count() == 2
    assert Guardianship.objects.filter(guardian__email=NINA[4]).count() == 2
    assert Enrolment.objects.filter(student__email=NINA[1]).count() == 1


def test_a_row_is_refused_for_what_it_says_beside_others(admin: Client, school: School) -> None:
    post(admin, f"/api/people/{school.user('student9@oakwood.example').pk}/deactivate")
    path = looked_through(
        admin,
        NINA,
        NINA,
        ("Nina Other", *NINA[1:]),
        ("Pia", "pia@pupils.example", "9Z", "", "", ""),
        ("Taylor Thorne", TEACHER, "7A", "", "", ""),
        ("Rob", "rob@pupils.example", "7A", "Ada Ashby", STUDENT, ""),
        ("Ines Ashby", "student9@oakwood.example", "7A", "", "", ""),
        ("=cmd()", "sam@pupils.example", "", "", "", ""),
    )
    assert report(admin, path) == [
        (2, "created", []),
        (3, "refused", [("", "is the same as row 2")]),
        (4, "refused", [("student_name", "is another than in row 2")]),
        (5, "refused", [("class", "is no class of this centre")]),
        (6, "refused", [("student_email", "belongs to somebody who is no student here")]),
        (7, "refused", [("guardian_email", "belongs to a student")]),
        (
            8,
            "refused",
            [("student_email", "belongs to somebody who was deactivated: reactivate them")],
        ),
        (9, "refused", [("student_name", "looks like a formula")]),
    ]
    found = admin.get(f"{path}/rows?outcome=refused&limit=3").json()
    assert [each["row"] for each in found["items"]] == [3, 4, 5]
    rest = admin.get(f"{path}/rows?outcome=refused&cursor={found['next']}").json()
    assert [each["row"] for each in rest["items"]] == [6, 7, 8, 9]

    post(admin, f"{path}/run", {})
    drain(run_import)
    assert admin.get(path).json()["counts"] == {
        "created": 1,
        "changed": 0,
        "unchanged": 0,
        "invited": 0,
        "refused": 7,
    }
    assert not User.objects.filter(email__in=["pia@pupils.example", "rob@pupils.example"]).exists()


def test_a_custody_block_is_not_lifted_by_a_file(admin: Client, school: School) -> None:
    carried_out(admin, NINA)
    Guardianship.objects.filter(guardian__email=NINA[4]).update(custody_blocked=True)
    carried_out(admin, (*NINA[:5], "aunt"))
    link = Guardianship.objects.get(guardian__email=NINA[4])
    assert (link.relationship, link.custody_blocked) == ("aunt", True)


def test_the_invited_get_mail_and_nobody_else(admin: Client, work_off: WorkOff) -> None:
    carried_out(admin, NINA, OTTO, invite=True)
    work_off()
    invited = Invitation.objects.order_by("email").values_list("email", "roles")
    assert list(invited) == [(NINA[1], ["student"]), (NINA[4], ["parent"]), (OTTO[1], ["student"])]
    assert Mail.objects.filter(state="sent").count() == 3
    carried_out(admin, NINA, OTTO, invite=True)
    work_off()
    assert Mail.objects.count() == 3


class TestInSteps:
    """With two rows to a batch."""

    @pytest.fixture(autouse=True)
    def _small_batches(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(jobs, "BATCH", 2)

    @staticmethod
    def pupils(count: int) -> list[tuple[str, ...]]:
        return [
            (f"P {n}", f"p{n}@pupils.example", "7A", f"G {n}", f"g{n}@m.example", "")
            for n in range(count)
        ]

    def test_it_goes_on_where_it_failed(
        self, admin: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = looked_through(admin, *self.pupils(5))
        post(admin, f"{path}/run", {})
        seen: list[int] = []
        carry_out = carry_out_rows

        def stumble(found: PeopleImport, batch: list[ImportRow]) -> None:
            carry_out(found, batch)
            seen.append(batch[0].number)
            if len(seen) == 2:
                raise OSError("the machine is gone")

        monkeypatch.setattr(jobs, "carry_out_rows", stumble)
        drain(run_import)
        assert User.objects.filter(email__endswith="@pupils.example").count() == 2
        Delivery.objects.filter(state="pending").update(due_at="2020-01-01T00:00Z")
        drain(run_import)
        assert seen == [2, 4, 4, 6]
        assert admin.get(path).json()["counts"]["created"] == 5
        assert User.objects.filter(email__endswith="@pupils.example").count() == 5

    def test_one_that_was_stopped_goes_on_when_started_again(
        self, admin: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = looked_through(admin, *self.pupils(5))
        post(admin, f"{path}/run", {})
        carry_out = carry_out_rows

        def stop(found: PeopleImport, batch: list[ImportRow]) -> None:
            carry_out(found, batch)
            if batch[0].number == 4:
                job_id = admin.get(path).json()["job_id"]
                assert post(admin, f"/api/jobs/{job_id}/cancel").status_code == 200

        monkeypatch.setattr(jobs, "carry_out_rows", stop)
        drain(run_import)
        assert admin.get(path).json()["state"] == "cancelled"
        assert PeopleImport.objects.get().done == 3
        monkeypatch.setattr(jobs, "carry_out_rows", carry_out)
        post(admin, f"{path}/run", {})
        drain(run_import)
        assert admin.get(path).json()["counts"]["created"] == 5

    def test_a_row_that_the_database_refuses_takes_no_other_with_it(
        self, admin: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = looked_through(admin, *self.pupils(4))
        post(admin, f"{path}/run", {})
        enrol = writing._enrol

        def refuse(found: PeopleImport, world: Any, changes: Any) -> None:
            enrol(found, world, changes)
            if "p1@pupils.example" in world.people:
                Guardianship.objects.create(
                    centre_id=found.centre_id, guardian_id=-1, student_id=-1
                )
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

        monkeypatch.setattr(writing, "_enrol", refuse)
        drain(run_import)
        assert [outcome for _, outcome, _ in report(admin, path)] == [
            "created",
            "refused",
            "created",
            "created",
        ]
        assert not User.objects.filter(email__in=["p1@pupils.example", "g1@m.example"]).exists()
        assert User.objects.filter(email__endswith="@pupils.example").count() == 3


class TestRefusals:
    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ("student_name,student_email,shoe_size\r\nA,a@b.example,9\r\n", "shoe_size"),
            ("student_name,class\r\nA,7A\r\n", "student_email"),
            ("student_name,student_email\r\n", "no rows"),
            ('student_name,student_email\r\n"A', "Line 2"),
        ],
    )
    def test_what_cannot_be_read_says_why(self, admin: Client, content: str, said: str) -> None:
        path = f"/api/imports/{upload(admin, content).json()['id']}"
        drain(check_import)
        told = admin.get(path).json()
        assert told["state"] == "unreadable"
        assert said in told["fault"]
        assert_problem(post(admin, f"{path}/run", {}), 409)
        assert PeopleImport.objects.get().content is None

    def test_what_is_no_file_of_people(self, admin: Client) -> None:
        assert_problem(upload(admin, b"%PDF-1.7\n\xe2\xe3", "people.csv"), 415)
        assert_problem(upload(admin, b"MZ\0\1\2", "people.xlsx"), 415)
        assert_problem(upload(admin, b""), 422)
        assert_problem(upload(admin, b"a," * LARGEST), 413)
        assert_problem(admin.post("/api/imports"), 422)
        assert not PeopleImport.objects.exists()

    def test_it_runs_once_and_only_after_it_was_looked_through(self, admin: Client) -> None:
        path = f"/api/imports/{upload(admin, csv_of(NINA)).json()['id']}"
        assert_problem(post(admin, f"{path}/run", {}), 409)
        drain(check_import)
        assert_problem(post(admin, f"{path}/run", {"invite": "yes"}), 422)
        assert post(admin, f"{path}/run", {}).status_code == 200
        assert_problem(post(admin, f"{path}/run", {}), 409)
        drain(run_import)
        assert_problem(post(admin, f"{path}/run", {}), 409)

    def test_for_the_centres_admins_alone(self, admin: Client) -> None:
        path = looked_through(admin, NINA)
        foreign = client_of(FOREIGN_ADMIN)
        assert foreign.get("/api/imports").json()["items"] == []
        for part in ("", "/rows", "/report"):
            found = assert_problem(foreign.get(f"{path}{part}"), 404)
            assert found["detail"] == "There is no such import."
        assert_problem(post(foreign, f"{path}/run", {}), 404)
        for email in (STAFF, TEACHER, "operator@schoolbell.example"):
            assert_problem(client_of(email).get("/api/imports"), 403)
            assert_problem(upload(client_of(email), csv_of(NINA)), 403)

    def test_a_path_is_no_name(self, admin: Client) -> None:
        answer = upload(admin, csv_of(NINA), "../../etc/passwd.csv")
        assert answer.json()["file_name"] == "passwd.csv"


def test_the_report_is_a_file_without_formulas(admin: Client) -> None:
    path = looked_through(admin, NINA, ("=1+1", "-x", "@7A", "", "", ""))
    answer = admin.get(f"{path}/report")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    text = answer.getvalue().decode("utf-8-sig")
    header, first, second = csv.reader(io.StringIO(text))
    assert header[:3] == ["row", "outcome", "problems"]
    assert first[:4] == ["2", "created", "", "Nina New"]
    assert second[3:6] == ["'=1+1", "'-x", "'@7A"]


def test_lists_cost_the_same_however_long(
    admin: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(5):
        path = looked_through(admin, NINA, OTTO)
    for page in ("/api/imports", f"{path}/rows", "/imports", path.removeprefix("/api")):
        with django_assert_max_num_queries(13):
            assert admin.get(page).status_code == 200


class TestPages:
    def test_from_the_file_to_the_people(self, admin: Client, school: School) -> None:
        assert "No file has been imported yet." in shown(admin, "/imports")
        assert admin.get("/imports/sample.csv").content.decode().startswith("student_name,")
        file = SimpleUploadedFile("people.csv", csv_of(NINA, ("", "x", "", "", "", "")).encode())
        uploaded = admin.post("/imports", {"file": file}, follow=True)
        html = checked(uploaded)
        assert "Being looked through" in html
        assert "every 3s" in html
        assert "<progress" in html
        drain(check_import)
        path = uploaded.redirect_chain[-1][0]
        html = shown(admin, path)
        assert "Ready to import" in html
        assert "is empty" in html
        assert "every 3s" not in html
        assert "Nina New" not in shown(admin, f"{path}?outcome=refused")
        part = shown(admin, path, **{"HX-Request": "true", "HX-Target": "import-status"})
        assert part.lstrip().startswith('<section id="import-status"')

        assert "Being imported" in checked(admin.post(f"{path}/run", follow=True))
        drain(run_import)
        assert "Imported" in shown(admin, path)
        assert "people.csv" in shown(admin, "/imports")
        assert admin.get(f"{path}/report.csv").status_code == 200

    def test_what_is_wrong_with_a_file(self, admin: Client) -> None:
        for data, said in (
            (b"", "not empty"),
            (b"%PDF-1.7\n\xe2\xe3", "Only CSV and XLSX"),
            (b"a," * LARGEST, "larger than 5 MB"),
        ):
            answer = admin.post("/imports", {"file": SimpleUploadedFile("f.csv", data)})
            assert answer.status_code == 422
            assert said in checked(answer)
        assert admin.post("/imports").status_code == 422

    def test_it_can_be_stopped_and_started_again(self, admin: Client) -> None:
        path = looked_through(admin, NINA).removeprefix("/api")
        admin.post(f"{path}/run")
        assert "Stopped" in checked(admin.post(f"{path}/cancel", follow=True))
        assert "ended already" in checked(admin.post(f"{path}/cancel", follow=True))
        admin.post(f"{path}/run")
        drain(run_import)
        assert User.objects.filter(email=NINA[1]).exists()

    def test_for_admins_alone(self, admin: Client) -> None:
        path = looked_through(admin, NINA).removeprefix("/api")
        assert client_of(STAFF).get("/imports").status_code == 403
        assert client_of(FOREIGN_ADMIN).get(path).status_code == 404
        assert client_of(FOREIGN_ADMIN).post(f"{path}/run").status_code == 404
        assert client_of(FOREIGN_ADMIN).post(f"{path}/cancel").status_code == 404
        assert client_of(FOREIGN_ADMIN).get(f"{path}/report.csv").status_code == 404
