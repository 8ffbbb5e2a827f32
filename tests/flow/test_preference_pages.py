"""Choosing with checkboxes how to be told, and setting quiet hours with a form."""

import re

import pytest

from core.notices.models import DigestChoice, NoticeKind, NoticePreference, QuietHours
from core.people.models import Guardianship
from tests.flow.conftest import School
from tests.flow.pages import STAFF, checked, shown
from tests.flow.people import OPERATOR, PARENT, STUDENT, client_of

ADMIN = "admin@oakwood.example"


def ticked(html: str) -> set[str]:
    """The names of the checkboxes that are on and can be changed."""
    boxes = re.findall(r'<input type="checkbox"[^>]*>', html)
    on = [each for each in boxes if " checked" in each and " disabled" not in each]
    return {re.search(r'name="([^"]+)"', each)[1] for each in on}  # type: ignore[index]


@pytest.fixture
def child(school: School) -> int:
    return school.user(STUDENT).pk


def test_all_calls_and_is_mailed_until_somebody_chooses(school: School, child: int) -> None:
    html = shown(client_of(PARENT), "/preferences")
    general = set(NoticeKind) - {NoticeKind.ACCOUNT, NoticeKind.CUSTODY}
    about = {f"{kind}-{child}" for kind in ("homework", "submission", "grade", "report")}
    rows = {str(each) for each in general} | about
    assert ticked(html) == {f"{way}-{row}" for way in ("portal", "email") for row in rows}
    fixed = re.findall(r'name="(.+?)" [^>]*aria-describedby="why-always" disabled>', html)
    ways = ("portal", "email", "digest")
    assert set(fixed) == {f"{way}-{kind}" for way in ways for kind in ("account", "custody")}
    assert html.count(" disabled>") == len(fixed)
    assert re.search(r'id="why-always">[^<]*a court', html)
    assert school.user(STUDENT).name in html
    assert f"-{child}" not in shown(client_of(STUDENT), "/preferences")


def test_every_checkbox_has_a_name_that_is_read_out(school: School, child: int) -> None:
    html = shown(client_of(PARENT), "/preferences")
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for names in re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', html):
        assert set(names.split()) <= set(ids)
    for box in re.findall(r'<input type="(?:checkbox|radio)"[^>]*>', html):
        own = re.search(r'id="([^"]+)"', box)
        assert "aria-labelledby" in box or (own and f'<label for="{own[1]}"' in html)


def test_what_is_ticked_is_kept(school: School, child: int) -> None:
    client = client_of(PARENT)
    sent = {
        "has-portal": "yes",
        "portal-grade": "on",
        f"portal-homework-{child}": "on",
        "email-homework": "on",
        "digest-homework": "on",
        "digest-grade": "on",  # without email there is no digest
        "email-ticket": "on",
        f"apart-{child}": "on",
        f"email-homework-{child}": "on",
        "frequency": "weekly",
    }
    html = checked(client.post("/preferences", sent, follow=True))
    assert "Your choices are saved." in html
    assert ticked(html) == set(sent) - {"has-portal", "digest-grade", "frequency"}
    assert DigestChoice.objects.get().frequency == "weekly"
    apart = NoticePreference.objects.filter(student_id=child, email=True)
    assert [each.kind for each in apart] == ["homework"]

    del sent[f"apart-{child}"]
    client.post("/preferences", sent)
    assert not NoticePreference.objects.filter(student_id=child).exists()


def test_a_page_without_the_portals_ticks_leaves_it_as_it_is(school: School, child: int) -> None:
    client = client_of(PARENT)
    assert 'name="has-portal"' in shown(client, "/preferences")
    chosen = {"has-portal": "yes", f"apart-{child}": "on", f"portal-grade-{child}": "on"}
    client.post("/preferences", chosen)
    html = checked(client.post("/preferences", {f"apart-{child}": "on"}, follow=True))
    assert ticked(html) == {f"apart-{child}", f"portal-grade-{child}"}


def test_a_blocked_guardian_sees_nothing_of_the_child(school: School, child: int) -> None:
    Guardianship.objects.filter(guardian__email=PARENT).update(custody_blocked=True)
    client = client_of(PARENT)
    assert school.user(STUDENT).name not in shown(client, "/preferences").replace(
        f"Parent of {school.user(STUDENT).name}", ""
    )
    client.post("/preferences", {f"apart-{child}": "on", f"email-homework-{child}": "on"})
    assert not NoticePreference.objects.filter(student_id=child).exists()


def test_who_belongs_to_no_centre_chooses_too(school: School) -> None:
    assert "/quiet-hours" not in shown(client_of(OPERATOR), "/preferences")


def test_an_admin_sets_quiet_hours(school: School) -> None:
    admin = client_of(ADMIN)
    assert "/quiet-hours" in shown(admin, "/preferences")
    sent = {"begins": "20:00", "ends": "07:00", "on_closed_days": "on"}
    html = checked(admin.post("/quiet-hours", sent, follow=True))
    assert "The quiet hours are saved." in html
    assert 'value="20:00"' in html
    assert QuietHours.objects.get().on_closed_days


@pytest.mark.parametrize("ends", ["20:00", "", "late"])
def test_times_that_cannot_be_are_explained(school: School, ends: str) -> None:
    answer = client_of(ADMIN).post("/quiet-hours", {"begins": "20:00", "ends": ends})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in checked(answer)
    assert not QuietHours.objects.exists()


@pytest.mark.parametrize("email", [STAFF, STUDENT])
def test_others_do_not_set_them(school: School, email: str) -> None:
    assert client_of(email).get("/quiet-hours").status_code == 403
