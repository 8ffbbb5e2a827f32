"""What can happen to courses, classes, and who teaches and attends them."""

from core.events.event import Event


class CourseAdded(Event):
    """A course was entered."""

    about = "course_id"
    course_id: int


class CourseChanged(Event):
    """A course got another name, subject or code."""

    about = "course_id"
    course_id: int


class ClassOpened(Event):
    """A class was made, still without students and teachers."""

    about = "class_id"
    class_id: int


class ClassChanged(Event):
    """A class got another name, course or term."""

    about = "class_id"
    class_id: int


class ClassArchived(Event):
    """A class is over: it can be read and not changed."""

    about = "class_id"
    class_id: int


class ClassUnarchived(Event):
    """A class that was over goes on, with all who were in it."""

    about = "class_id"
    class_id: int


class TeacherAssigned(Event):
    """A teacher teaches a class from now on."""

    about = "class_id"
    class_id: int
    teacher_id: int


class TeacherRemoved(Event):
    """A teacher does not teach a class any more."""

    about = "class_id"
    class_id: int
    teacher_id: int


class StudentEnrolled(Event):
    """A student attends a class from now on."""

    about = "student_id"
    student_id: int
    class_id: int
    enrolment_id: int


class StudentMoved(Event):
    """A student left one class for another; `enrolment_id` is the new one."""

    about = "student_id"
    student_id: int
    from_class_id: int
    class_id: int
    enrolment_id: int


class StudentLeft(Event):
    """A student does not attend a class any more, and went to no other by this."""

    about = "student_id"
    student_id: int
    class_id: int
    enrolment_id: int
