"""What pages show of a report's document, and to whom: pictures, frames, rows, cards."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.calendar.models import Term
from core.people.models import Guardianship
from core.reports import making
from core.reports.document_pages import POLICY
from core.reports.making import Order
from core.reports.models import Report, ReportRecipient, ReportVersion
from core.reports.sealing import snapshot_of
from core.reports.storage import path_of
from tests.flow.conftest import School
from tests.flow.pages import checked, shown
from tests.flow.people import PARENT, STUDENT, TEACHER, client_of
from tests.flow.test_reports import HEAD, STAFF, approved, graded, made, step

pytestmark = pytest.mark.django_db(transaction=True)

WorkOff = Callable[[], int]


@pytest.fixture(autouse=True)
def _media(media: Path) -> None:
    """Files of reports lie in a directory of the test's own."""


def cards(school: School, work_off: WorkOff, into: str = "html") -> int:
    """Report cards that are approved."""
    term = Term.objects.get(centre__slug="oakwood")
    params = {"classes": [str(school.class_7a().pk)], "term": str(term.pk)}
    return approved(school, work_off, kind="report_cards", params=params, format=into)


def test_pages_of_a_pdf_are_pictures(school: School, work_off: WorkOff) -> None:
    report_id = made(school, work_off, format="pdf")
    staff = client_of(STAFF)
    html = shown(staff, f"/reports/{report_id}")
    assert f"/reports/{report_id}/pages/1.png?v=1" in html
    assert 'loading="lazy"' in html
    answer = staff.get(f"/reports/{report_id}/pages/1.png?v=1")
    assert answer.content.startswith(b"\x89PNG")
    again = {"If-None-Match": answer.headers["ETag"]}
    assert staff.get(f"/reports/{report_id}/pages/1.png?v=1", headers=again).status_code == 304
    for nothing in (f"{report_id}/pages/0.png", f"{report_id}/pages/999.png", f"{report_id}/view"):
        assert staff.get(f"/reports/{nothing}").status_code == 404
    assert client_of(TEACHER).get(f"/reports/{report_id}/pages/1.png").status_code == 404


def test_a_made_page_is_shown_locked_up(school: School, work_off: WorkOff) -> None:
    report_id = made(school, work_off, format="html")
    staff = client_of(STAFF)
    assert '<iframe class="card letter" sandbox=""' in shown(staff, f"/reports/{report_id}")
    answer = staff.get(f"/reports/{report_id}/view?v=1")
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "attachment" not in answer.headers.get("Content-Disposition", "")
    unchanged = staff.get(
        f"/reports/{report_id}/view?v=1", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert unchanged.status_code == 304
    assert unchanged.headers["Content-Security-Policy"] == POLICY


def test_a_spreadsheet_is_shown_as_its_first_rows(school: School, work_off: WorkOff) -> None:
    graded(school, school.publish())
    report_id = made(school, work_off, format="xlsx")
    html = shown(client_of(STAFF), f"/reports/{report_id}")
    assert "Ada Ashby" in html
    assert '<td class="figure">80%</td>' in html
    answer = client_of(STAFF).get(f"/reports/{report_id}/file")
    assert "attachment" in answer.headers["Content-Disposition"]


# Those it is released to


def test_what_an_earlier_release_has_made_can_still_be_had(
    school: School, work_off: WorkOff
) -> None:
    report_id = made(school, work_off, format="csv")
    version = ReportVersion.objects.get(report=report_id)
    ReportVersion.objects.update(template=version.template - 1)
    for file in (path_of(version.folder) / version.snapshot_name).iterdir():
        file.rename(file.with_name(f"earlier-{file.name}"))  # its queries had other names
    staff = client_of(STAFF)
    assert "It has no table to show here." in shown(staff, f"/reports/{report_id}")
    answer: Any = staff.get(f"/api/reports/{report_id}/content")
    assert b"".join(answer.streaming_content).decode().startswith("Student,")


def test_cards_of_data_that_is_read_anew_are_made_anew(school: School, work_off: WorkOff) -> None:
    report = Report.objects.get(pk=cards(school, work_off))
    version = ReportVersion.objects.get(report=report)
    assert version.cards.exists()
    order = Order.of(report, version)
    making.note_snapshot(order, snapshot_of(version), 30)
    assert not version.cards.exists()


def test_families_find_what_is_released_to_them(school: School, work_off: WorkOff) -> None:
    school.publish()
    report_id = cards(school, work_off)
    assert "30 cards, pupil by pupil" in shown(client_of(STAFF), f"/reports/{report_id}")
    parent = client_of(PARENT)
    path = f"/reports/released/{report_id}"
    assert parent.get(path).status_code == 404
    step(STAFF, report_id, "release", audience=["guardians", "pupils"])

    assert path in shown(parent, "/reports/released")
    assert path in shown(parent, "/panels/reports-for-me", HX_Request="true")
    html = shown(parent, path)
    assert "Ada Ashby" in html
    assert f"student={school.user('student2@oakwood.example').pk}" not in html
    assert path not in shown(parent, "/panels/reports-for-me", HX_Request="true")
    assert parent.get(f"/reports/{report_id}").status_code == 403


def test_families_open_the_cards_of_their_children_alone(school: School, work_off: WorkOff) -> None:
    report_id = cards(school, work_off)
    step(STAFF, report_id, "release", audience=["guardians", "pupils"])
    parent = client_of(PARENT)
    child, other = school.user(STUDENT), school.user("student2@oakwood.example")
    own, foreign = f"?student={child.pk}", f"?student={other.pk}"
    for page in (f"released/{report_id}", f"{report_id}/file", f"{report_id}/view"):
        assert parent.get(f"/reports/{page}{foreign}").status_code == 404
        assert parent.get(f"/reports/{page}{own}").status_code == 200
    card = b"".join(parent.get(f"/reports/{report_id}/view{own}")).decode()
    assert child.name in card or "Classes" in card
    assert other.name not in card
    got = ReportRecipient.objects.get(person__email=PARENT)
    assert got.opened_at
    assert got.downloaded_at
    html = shown(client_of(STAFF), f"/reports/{report_id}/recipients")
    assert "1 of 60" in html


def test_a_recalled_report_says_that_it_is_gone(school: School, work_off: WorkOff) -> None:
    report_id = cards(school, work_off)
    step(STAFF, report_id, "release", audience="guardians")
    parent = client_of(PARENT)
    path = f"/reports/released/{report_id}"
    assert parent.get(path).status_code == 200
    client_of(STAFF).post(f"/reports/{report_id}/recall")
    answer = parent.get(path)
    assert answer.status_code == 404
    assert "This report was taken back" in checked(answer)
    part = shown(parent, path, HX_Request="true", HX_Target="released-now")
    assert "This report was taken back" in part
    assert parent.get(f"/reports/{report_id}/file").status_code == 404
    assert client_of(STUDENT).get(path).status_code == 404
    assert "taken back" not in client_of(STUDENT).get(path).content.decode()


def test_a_guardian_who_may_not_know_sees_nothing(school: School, work_off: WorkOff) -> None:
    report_id = cards(school, work_off)
    step(STAFF, report_id, "release", audience="guardians")
    Guardianship.objects.filter(guardian__email=PARENT).update(custody_blocked=True)
    parent = client_of(PARENT)
    assert parent.get(f"/reports/released/{report_id}").status_code == 404
    assert "No reports for you yet" in shown(parent, "/reports/released")


def test_what_staff_open_and_save_themselves_is_remembered(
    school: School, work_off: WorkOff
) -> None:
    report_id = approved(school, work_off)
    step(STAFF, report_id, "release", audience="staff")
    head = client_of(HEAD)
    shown(head, f"/reports/released/{report_id}")
    assert head.get(f"/reports/{report_id}/file?v=1").status_code == 200
    got = ReportRecipient.objects.get(person__email=HEAD)
    assert got.opened_at
    assert got.downloaded_at
