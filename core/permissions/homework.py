"""TABLE: homework, what is handed in, grades, remarks; whose class it is, the areas decide."""

from typing import Final

from core.permissions.rule import LEARNING, MEMBER, OVERSEEING, TEACHING, Rule

RULES: Final[dict[str, Rule]] = {
    # the API
    "POST api/classes/<int:class_id>/homework": TEACHING,
    "GET api/homework": MEMBER,
    "GET api/homework/<int:homework_id>": MEMBER,
    "PATCH api/homework/<int:homework_id>": TEACHING,
    "POST api/homework/<int:homework_id>/publish": TEACHING,
    "POST api/homework/<int:homework_id>/unschedule": TEACHING,
    "POST api/homework/<int:homework_id>/recall": TEACHING,
    "POST api/homework/<int:homework_id>/withdraw": TEACHING,
    "POST api/homework/<int:homework_id>/submissions": LEARNING,
    "GET api/homework/<int:homework_id>/submissions": MEMBER,
    "GET api/submissions/<int:submission_id>": MEMBER,
    "POST api/submissions/<int:submission_id>/grade": TEACHING,
    "POST api/homework/<int:homework_id>/grades": TEACHING,
    "POST api/submissions/<int:submission_id>/return": TEACHING,
    "GET api/classes/<int:class_id>/grade-book": OVERSEEING,
    "GET api/grades": MEMBER,
    "GET api/classes/<int:class_id>/remarks": OVERSEEING,
    "PUT api/classes/<int:class_id>/students/<int:student_id>/remark": TEACHING,
    # pages
    "GET classes/<int:class_id>/homework/new": TEACHING,
    "POST classes/<int:class_id>/homework/new": TEACHING,
    "GET homework/<int:homework_id>": MEMBER,
    "GET homework/<int:homework_id>/edit": TEACHING,
    "POST homework/<int:homework_id>/edit": TEACHING,
    "POST homework/<int:homework_id>/publish": TEACHING,
    "POST homework/<int:homework_id>/schedule": TEACHING,
    "POST homework/<int:homework_id>/unschedule": TEACHING,
    "POST homework/<int:homework_id>/recall": TEACHING,
    "POST homework/<int:homework_id>/withdraw": TEACHING,
    "GET homework/<int:homework_id>/work": MEMBER,
    "POST homework/<int:homework_id>/hand-in": LEARNING,
    "GET homework/<int:homework_id>/grades/<int:student_id>": TEACHING,
    "POST homework/<int:homework_id>/grades/<int:student_id>": TEACHING,
    "GET submissions/<int:submission_id>": MEMBER,
    "POST submissions/<int:submission_id>/grade": TEACHING,
    "POST submissions/<int:submission_id>/return": TEACHING,
    "GET classes/<int:class_id>/grade-book": MEMBER,
    "GET classes/<int:class_id>/grade-book.csv": OVERSEEING,
    "GET classes/<int:class_id>/remarks": OVERSEEING,
    "POST classes/<int:class_id>/students/<int:student_id>/remark": TEACHING,
}
