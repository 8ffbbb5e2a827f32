"""The seeded workload: teachers of two centres publish to small and large classes all the time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Final

from tests import ledger
from tests.faults.clients import Teacher
from tests.faults.promises import ALL, FEW, Promises
from tests.servers import RunningStack

TEACHERS: Final = ("oakwood", "riverside", "oakwood")
LARGE: Final = 0.08  # share of homework for the large class
PAUSES: Final = (0.3, 1.5)  # seconds between two of one teacher

SMALL_CLASS: Final = """
INSERT INTO classes_schoolclass (centre_id, name)
SELECT id, %(name)s FROM people_centre WHERE slug = %(centre)s;

INSERT INTO classes_teaching (centre_id, school_class_id, teacher_id)
SELECT centre.id, class.id, person.id
FROM classes_schoolclass class
JOIN people_centre centre ON centre.id = class.centre_id AND centre.slug = %(centre)s
JOIN people_user person ON person.email = 'teacher@' || centre.slug || '.example'
WHERE class.name = %(name)s;

INSERT INTO classes_enrolment (centre_id, school_class_id, student_id)
SELECT centre.id, class.id, person.id
FROM classes_schoolclass class
JOIN people_centre centre ON centre.id = class.centre_id AND centre.slug = %(centre)s
JOIN people_user person ON person.email IN (
    SELECT format('student%%s@%%s.example', number, centre.slug) FROM generate_series(1, 3) number
)
WHERE class.name = %(name)s;
"""


def make_small_classes(stack: RunningStack) -> None:
    """A class of three students in each centre, so that many events are few mails."""
    for centre in sorted(set(TEACHERS)):
        ledger.change(stack, SMALL_CLASS, {"centre": centre, "name": FEW})


class Workload:
    """What goes on around a fault."""

    def __init__(self, stack: RunningStack, seed: str, promises: Promises) -> None:
        self.promises = promises
        self._urls = stack.entrances
        self._seed = seed
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._teach, args=(number, centre), name=f"teacher-{number}")
            for number, centre in enumerate(TEACHERS)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Returns when all have their last answer."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _teach(self, number: int, centre: str) -> None:
        chance = Random(f"{self._seed}/{number}")
        try:
            teacher = Teacher(self._urls, centre, self.promises)
        except Exception as error:  # noqa: BLE001 - any failure is the drill's result
            self.promises.complain(f"a teacher could not sign in: {error!r}")
            return
        try:
            self._go_on(teacher, number, chance)
        except Exception as error:  # noqa: BLE001 - any failure is the drill's result
            self.promises.complain(f"a teacher gave up: {error!r}")
        finally:
            teacher.close()

    def _go_on(self, teacher: Teacher, number: int, chance: Random) -> None:
        count = 0
        while not self._over.is_set():
            count += 1
            school_class = ALL if chance.random() < LARGE else FEW
            teacher.tell(f"{self._seed} {teacher.centre} {number}.{count}", school_class)
            self._over.wait(chance.uniform(*PAUSES))


@contextmanager
def working(stack: RunningStack, seed: str, promises: Promises) -> Iterator[Workload]:
    """The workload for as long as the block takes."""
    workload = Workload(stack, seed, promises)
    workload.start()
    try:
        yield workload
    finally:
        workload.stop()
