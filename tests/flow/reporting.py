"""A school with something to report of, and snapshots of it, for the tests."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from django.test import Client

from core import clock
from core.calendar.models import Term
from core.calendar.queries import today_of
from core.demo.school import PASSWORD
from core.homework.models import Homework
from core.isolation.scope import within_centre
from core.people.models import Centre
from core.remarks.actions import write_remark
from core.reports.content import Facts, Part, Table
from core.reports.kind import Kind, Setting
from core.reports.kinds import kind_called
from core.reports.snapshot import Snapshot, take_snapshot
from core.submissions.actions import grade_submission, hand_in, return_submission
from core.submissions.models import Submission
from tests.flow.conftest import School
from tests.flow.desk import Desk
from tests.flow.pages import tell_class
from tests.flow.people import post
from tests.remembered import as_once

REMARK = "Thinks before writing."
AS_OF = clock.now()

P = TypeVar("P", bound=Part)


@dataclass(frozen=True)
class Reported:
    """The demo school after a lesson or two: what is asked of it, by kind."""

    school: School
    folder: Path

    def centre(self, slug: str = "oakwood") -> Centre:
        return Centre.objects.get(slug=slug)

    def params(self, kind: str, slug: str = "oakwood") -> dict[str, Any]:
        """What a client would send: the demo class, the days around today, the term."""
        today = today_of(self.centre(slug))
        days = {"since": f"{today - timedelta(days=30)}", "until": f"{today + timedelta(days=30)}"}
        classes = {"classes": [str(self.school.class_7a(slug).pk)]}
        term = {"term": str(Term.objects.get(centre__slug=slug).pk)}
        return {
            "class_progress": classes | days,
            "homework_completion": classes | days,
            "report_cards": classes | term,
        }.get(kind, days)

    def setting(self, kind: Kind, slug: str = "oakwood", **params: Any) -> Setting:
        centre = self.centre(slug)
        given = kind.params.model_validate(self.params(kind.name, slug) | params)
        return Setting(centre.pk, centre.timezone, given, AS_OF)

    def snapshot(self, name: str, slug: str = "oakwood", **params: Any) -> Snapshot:
        """A snapshot of a kind, taken as its job would."""
        kind = kind_called(name)
        setting = self.setting(kind, slug, **params)
        with within_centre(setting.centre_id):
            return take_snapshot(kind, setting, self.folder / f"{clock.now().timestamp()}")

    def composed(self, name: str, slug: str = "oakwood", **params: Any) -> tuple[Part, ...]:
        kind = kind_called(name)
        data = self.snapshot(name, slug, **params)
        return kind.compose(data, self.setting(kind, slug, **params))


def reported(school: School, folder: Path) -> Reported:
    """Two pieces of homework in each centre, one of them overdue, and what became of them.

    Fractions, due in a week, best 100: the first student got 87.5, the second handed in, the
    third's was given back. Poem, due yesterday, best 20: the first got 10, too late.
    """
    as_once("reported", lambda: teach(school))
    return Reported(school, folder)


def teach(school: School) -> None:
    """The lessons themselves."""
    for centre in ("oakwood", "riverside"):
        fractions = tell_class(school, "Fractions", centre)
        poem = tell_class(school, "Poem", centre)
        due_at = clock.now() - timedelta(days=1)
        Homework.objects.filter(pk=poem.pk).update(due_at=due_at, max_score=20)
        grade(school, done(school, fractions, 1, centre), "87.5", centre)
        done(school, fractions, 2, centre)
        teacher = school.actor(f"teacher@{centre}.example")
        given_back = done(school, fractions, 3, centre)
        return_submission(submission_id=given_back.pk, comment="Again.", by=teacher)
        grade(school, done(school, poem, 1, centre), "10", centre)
        write_remark(
            class_id=school.class_7a(centre).pk,
            student_id=school.user(f"student1@{centre}.example").pk,
            term_id=Term.objects.get(centre__slug=centre).pk,
            text=REMARK,
            by=teacher,
        )
        Desk(school).open(by=f"student1@{centre}.example")
        sign_in(f"student1@{centre}.example")
    Desk(school).open(by="student2@riverside.example")  # so that no figures are those of oakwood


def done(school: School, homework: Homework, number: int, centre: str = "oakwood") -> Submission:
    """What a student has handed in."""
    by = school.actor(f"student{number}@{centre}.example")
    return hand_in(homework_id=homework.pk, body="One half.", by=by)


def grade(school: School, submission: Submission, score: str, centre: str = "oakwood") -> None:
    by = school.actor(f"teacher@{centre}.example")
    grade_submission(submission_id=submission.pk, score=Decimal(score), comment="Well done.", by=by)


def sign_in(email: str) -> None:
    """Sign in as people do."""
    answer = post(Client(), "/api/auth/login", {"email": email, "password": PASSWORD})
    assert answer.status_code == 200


def only(parts: tuple[Part, ...], kind: type[P]) -> list[P]:
    """The parts of a kind, in order."""
    return [each for each in parts if isinstance(each, kind)]


def facts(parts: tuple[Part, ...]) -> dict[str, str]:
    """The key figures by what they are."""
    return {what: words for part in only(parts, Facts) for what, words in part.pairs}


def lines(table: Table) -> list[dict[str, str]]:
    """A table's rows by the titles of its columns."""
    titles = [each.title for each in table.columns]
    return [dict(zip(titles, row, strict=True)) for row in table.rows]
