"""TABLE: courses, classes, and who attends and teaches them when."""

from typing import Final

from core.permissions.rule import MANAGING, MEMBER, OFFICE, OVERSEEING, Rule

RULES: Final[dict[str, Rule]] = {
    # the API
    "GET api/classes": MEMBER,
    "GET api/classes/<int:class_id>": MEMBER,
    "GET api/classes/<int:class_id>/students": OVERSEEING,
    "GET api/courses": MEMBER,
    "POST api/courses": MANAGING,
    "GET api/courses/<int:course_id>": MEMBER,
    "PATCH api/courses/<int:course_id>": MANAGING,
    "POST api/classes": MANAGING,
    "PATCH api/classes/<int:class_id>": MANAGING,
    "POST api/classes/<int:class_id>/archive": MANAGING,
    "POST api/classes/<int:class_id>/unarchive": MANAGING,
    "GET api/classes/<int:class_id>/teachers": MEMBER,
    "POST api/classes/<int:class_id>/teachers": MANAGING,
    "DELETE api/classes/<int:class_id>/teachers/<int:person_id>": MANAGING,
    "GET api/classes/<int:class_id>/enrolments": OFFICE,
    "POST api/classes/<int:class_id>/enrolments": MANAGING,
    "POST api/enrolments/<int:enrolment_id>/move": MANAGING,
    "POST api/enrolments/<int:enrolment_id>/end": MANAGING,
    "GET api/students/<int:student_id>/enrolments": MEMBER,
    # pages
    "GET classes": MEMBER,
    "GET classes/new": MANAGING,
    "POST classes/new": MANAGING,
    "GET classes/<int:class_id>/manage": MANAGING,
    "GET classes/<int:class_id>/edit": MANAGING,
    "POST classes/<int:class_id>/edit": MANAGING,
    "POST classes/<int:class_id>/archive": MANAGING,
    "POST classes/<int:class_id>/unarchive": MANAGING,
    "POST classes/<int:class_id>/enrol": MANAGING,
    "POST classes/<int:class_id>/teachers": MANAGING,
    "POST classes/<int:class_id>/teachers/<int:person_id>/remove": MANAGING,
    "GET enrolments/<int:enrolment_id>/move": MANAGING,
    "POST enrolments/<int:enrolment_id>/move": MANAGING,
    "POST enrolments/<int:enrolment_id>/end": MANAGING,
    "GET students/<int:student_id>/enrolments": MEMBER,
    "GET courses": MANAGING,
    "GET courses/new": MANAGING,
    "POST courses/new": MANAGING,
    "GET courses/<int:course_id>": MANAGING,
    "POST courses/<int:course_id>": MANAGING,
    "GET classes/<int:class_id>": MEMBER,
}
