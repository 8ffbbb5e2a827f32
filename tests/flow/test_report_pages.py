"""The pages of reports, as a browser without scripts gets and sends them."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from core import clock
from core.calendar.models import Term
from core.people.models import Guardianship
from core.reports.document_pages import POLICY
from core.reports.models import Report, ReportRecipient, ReportState
from tests.flow.conftest import School
from tests.flow.pages import checked, shown
from tests.flow.people import PARENT, STUDENT, TEACHER, client_of
from tests.flow.test_reports import HEAD, STAFF, approved, ask, graded, made, step

pytestmark = pytest.mark.django_db(transaction=True)

WorkOff = Callable[[], int]


@pytest.fixture(autouse=True)
def _media(media: Path) -> None:
    """Files of reports lie in a directory of the test's own."""


def filled(school: School, **changed: Any) -> dict[str, Any]:
    """What the form of class progress sends."""
    term = Term.objects.get(centre__slug="oakwood")
    return {
        "params.classes": [str(school.class_7a().pk)],
        "params.since": str(term.begins),
        "params.until": str(term.ends),
        "format": "csv",
        "then": "ask",
    } | changed


def send(client: Client, given: dict[str, Any], **options: Any) -> Any:
    return client.post("/reports/new?kind=class_progress", given, **options)


def buttons(html: str) -> set[str]:
    """Which steps a report's page offers."""
    names = ("cancel", "submit", "review", "release", "recall", "remake")
    return {name for name in names if f'/{name}"' in html}


def cards(school: School, work_off: WorkOff, into: str = "html") -> int:
    """Report cards that are approved."""
    term = Term.objects.get(centre__slug="oakwood")
    params = {"classes": [str(school.class_7a().pk)], "term": str(term.pk)}
    return approved(school, work_off, kind="report_cards", params=params, format=into)


# Asking for one


def test_the_form_begins_with_what_is_asked_for_most(school: School) -> None:
    term = Term.objects.get(centre__slug="oakwood")
    html = shown(client_of(TEACHER), "/reports/new?kind=class_progress")
    assert f'value="{school.class_7a().pk}" checked' in html
    assert f'value="{term.begins}"' in html
    assert f'value="{term.ends}"' in html
    assert "checked" in html.partition('id="format-pdf"')[2].partition(">")[0]


def test_kinds_are_offered_with_what_they_say(school: School) -> None:
    html = shown(client_of(STAFF), "/reports/new")
    assert "What the students of classes handed in over a period" in html
    assert client_of(STAFF).get("/reports/new?kind=nothing").status_code == 404
    assert client_of(STUDENT).get("/reports/new").status_code == 403


def test_what_is_asked_for_is_made(school: School, work_off: WorkOff) -> None:
    answer = send(client_of(STAFF), filled(school), follow=True)
    report = Report.objects.get()
    assert answer.redirect_chain[-1] == (f"/reports/{report.pk}", 302)
    assert "It waits for its turn" in checked(answer)
    assert buttons(checked(answer)) == {"cancel"}
    work_off()
    assert "Ada Ashby" in shown(client_of(STAFF), f"/reports/{report.pk}")


def test_what_is_wrong_stands_at_its_field(school: School) -> None:
    staff = client_of(STAFF)
    for changed, field in (
        ({"params.classes": []}, "classes"),
        ({"params.since": ""}, "since"),
        ({"params.since": "soon"}, "since"),
        ({"params.classes": [str(school.class_7a("riverside").pk)]}, "classes"),
        ({"format": "docx"}, "format"),
    ):
        answer = send(staff, filled(school, **changed))
        assert answer.status_code == 422
        html = checked(answer)
        place = "format" if field == "format" else f"params.{field}"
        assert f'href="#id_{place}"' in html, changed
    backwards = {"params.since": "2026-11-20", "params.until": "2026-11-01"}
    html = checked(send(staff, filled(school, **backwards)))
    assert "The period ends before it begins." in html
    assert "Value error" not in html
    assert not Report.objects.exists()


def test_first_rows_are_shown_before_anything_is_made(school: School) -> None:
    graded(school, school.publish())
    preview = filled(school, then="preview")
    html = checked(send(client_of(STAFF), preview))
    assert "Its first rows" in html
    assert "Ada Ashby" in html
    assert "80%" in html
    assert f'value="{school.class_7a().pk}" checked' in html
    part = checked(
        send(client_of(STAFF), preview, headers={"HX-Request": "true", "HX-Target": "ask"})
    )
    assert part.lstrip().startswith('<div id="ask">')
    assert not Report.objects.exists()


# The list


def test_teachers_see_their_own_and_the_office_all(school: School, work_off: WorkOff) -> None:
    assert "No reports yet" in shown(client_of(STAFF), "/reports")
    report_id = made(school, work_off, TEACHER)
    other = made(school, work_off, STAFF)
    link, others = f'href="/reports/{report_id}"', f'href="/reports/{other}"'
    html = shown(client_of(TEACHER), "/reports")
    assert link in html
    assert others not in html
    html = shown(client_of(STAFF), "/reports")
    assert html.index(others) < html.index(link)  # the latest first
    assert link not in shown(client_of(STAFF), "/reports?own=yes")
    assert link in shown(client_of(STAFF), "/reports?show=todo")
    assert "No report is so" in shown(client_of(STAFF), "/reports?show=released")
    assert client_of(TEACHER).get(f"/reports/{other}").status_code == 404


# Its way


def test_each_sees_the_buttons_that_are_theirs(school: School, work_off: WorkOff) -> None:
    report_id = made(school, work_off)
    page = f"/reports/{report_id}"
    staff, head = client_of(STAFF), client_of(HEAD)
    assert buttons(shown(staff, page)) == {"submit", "remake"}
    assert buttons(shown(head, page)) == {"remake"}

    assert "are being told" in checked(staff.post(f"{page}/submit", follow=True))
    assert buttons(shown(staff, page)) == set()
    assert buttons(shown(head, page)) == {"review"}
    assert "Class progress" in shown(head, "/reports/review")
    assert "Class progress" in shown(head, "/panels/reports-to-review", HX_Request="true")
    assert staff.get("/reports/review").status_code == 403

    answer = head.post(f"{page}/review", {"decision": "changes", "comment": " "})
    assert answer.status_code == 422
    assert "must say what is to be changed" in checked(answer)
    assert f'hx-get="{page}?"' in checked(answer)  # not the address of the form
    answer = head.post(f"{page}/review", {"decision": "approve", "comment": "Good."}, follow=True)
    assert "Your review is kept" in checked(answer)
    assert Report.objects.get().state == ReportState.APPROVED
    assert buttons(shown(staff, page)) == {"release", "remake"}
    assert "Good." in shown(staff, page)
    assert "Nothing waits for you" in shown(head, "/reports/review")


def test_the_office_releases_what_is_approved(school: School, work_off: WorkOff) -> None:
    page = f"/reports/{approved(school, work_off)}"
    staff = client_of(STAFF)
    answer = staff.post(f"{page}/release", {})
    assert answer.status_code == 422
    assert "Choose for whom it is." in checked(answer)
    assert "Released." in checked(staff.post(f"{page}/release", {"audience": "staff"}, follow=True))
    assert buttons(shown(staff, page)) == {"recall"}


def test_steps_that_cannot_be_taken_say_why(school: School, work_off: WorkOff) -> None:
    report_id = made(school, work_off)
    answer = client_of(STAFF).post(f"/reports/{report_id}/cancel", follow=True)
    assert "Only a report that is not made yet can be cancelled." in checked(answer)
    answer = client_of(HEAD).post(f"/reports/{report_id}/submit", follow=True)
    assert "Only who has asked for the report can do this." in checked(answer)


def test_a_release_waits_for_its_time(school: School, work_off: WorkOff) -> None:
    """Times are the centre's; what waits can be called off."""
    report_id = approved(school, work_off)
    page = f"/reports/{report_id}"
    staff = client_of(STAFF)
    past = {"audience": "staff", "at": "2020-01-01T10:00"}
    assert "must be in the future" in checked(staff.post(f"{page}/release", past))
    at = clock.now() + timedelta(days=2)
    given = {"audience": "staff", "at": f"{at:%Y-%m-%dT%H:%M}"}
    assert "by itself" in checked(staff.post(f"{page}/release", given, follow=True))
    assert "Call the release off…" in shown(staff, page)
    staff.post(f"{page}/recall")
    report = Report.objects.get()
    assert (report.state, report.release_at) == (ReportState.APPROVED, None)


def test_versions_are_compared(school: School, work_off: WorkOff) -> None:
    homework = school.publish()
    graded(school, homework, "80")
    report_id = made(school, work_off)
    graded(school, homework, "40")
    staff = client_of(STAFF)
    assert "There is one version alone" in shown(staff, f"/reports/{report_id}/differences")
    staff.post(f"/reports/{report_id}/remake")
    work_off()
    html = shown(staff, f"/reports/{report_id}/differences")
    assert "80%" in html
    assert "40%" in html
    assert "Version 1, not the latest" in shown(staff, f"/reports/{report_id}?v=1")


def test_while_it_waits_only_its_standing_is_fetched(school: School) -> None:
    report_id = ask(school)["id"]
    part = shown(
        client_of(STAFF), f"/reports/{report_id}", HX_Request="true", HX_Target="report-standing"
    )
    assert part.lstrip().startswith('<div id="report-standing"')
    assert "It is the next one." in part
    assert f'data-report="{report_id}"' in part


def test_a_page_without_a_socket_hears_that_the_report_is_made(
    school: School, work_off: WorkOff
) -> None:
    report_id = ask(school)["id"]
    asks = {"HX-Request": "true", "HX-Target": "report-standing"}
    staff = client_of(STAFF)
    assert "HX-Trigger" not in staff.get(f"/reports/{report_id}", headers=asks).headers
    work_off()
    answer = staff.get(f"/reports/{report_id}", headers=asks)
    assert answer.headers["HX-Trigger"] == "schoolbell:stream"


def test_while_a_new_version_is_made_the_one_before_can_be_read(
    school: School, work_off: WorkOff
) -> None:
    report_id = made(school, work_off)
    client_of(STAFF).post(f"/reports/{report_id}/remake")
    html = shown(client_of(STAFF), f"/reports/{report_id}")
    assert "Ada Ashby" not in html
    assert f'href="/reports/{report_id}?v=1#document"' in html
    assert "Ada Ashby" in shown(client_of(STAFF), f"/reports/{report_id}?v=1")


# The document


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
