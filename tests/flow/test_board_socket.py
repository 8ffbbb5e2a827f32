"""Boards by the socket: lines and cursors are published, and whoever watches has them at once."""

from collections.abc import Iterator
from typing import Any, Final
from uuid import uuid4

import pytest

from core.boards.models import LONGEST, Board, Stroke
from core.classes.enrolment_actions import end_enrolment
from core.classes.models import Enrolment, SchoolClass
from core.events.models import EventRecord
from core.events.nudge import AT_WORK, broker
from core.rooms.actions import close_room
from core.rooms.models import Room, RoomAudience
from tests.flow.boards import LINE, Boards, draw, entries, replayed, seen
from tests.flow.conftest import School
from tests.flow.people import PARENT, STUDENT, TEACHER
from tests.servers import wait_for
from tests.sockets import SocketServer, Tab, at_the_door, cookie_of, heard_by_hub, serving

ADMIN: Final = "admin@oakwood.example"


@pytest.fixture
def boards(school: School) -> Boards:
    return Boards(school)


@pytest.fixture
def board(boards: Boards) -> Board:
    return boards.open()


@pytest.fixture
def server(school: School) -> Iterator[SocketServer]:
    with serving() as server:
        yield server


@pytest.fixture
def student(server: SocketServer, school: School) -> Iterator[Tab]:
    with server.tab(cookie_of(school.user(STUDENT))) as tab:
        yield tab


@pytest.fixture
def teacher(server: SocketServer, school: School) -> Iterator[Tab]:
    with server.tab(cookie_of(school.user(TEACHER))) as tab:
        yield tab


def publish(tab: Tab, stream: str, **data: Any) -> None:
    tab.say(op="publish", stream=stream, data=data, ref="p")


def test_a_line_is_kept_answered_and_seen_by_who_watches(
    board: Board, student: Tab, teacher: Tab
) -> None:
    stream = f"board:{board.pk}"
    assert teacher.subscribe(stream=stream, after=0)["seq"] == 0
    own = str(uuid4())
    for _ in range(2):  # sent again, it is drawn once
        publish(student, stream, stroke={**LINE, "id": own})
        assert student.hear() == {"op": "published", "stream": stream, "seq": 1, "ref": "p"}
    heard = teacher.hear("entry")
    (told,) = seen(board)["strokes"]
    assert (heard["seq"], heard["type"]) == (1, "stroke")
    assert {**heard["data"], "seq": 1} == told
    assert told["id"] == own
    event = EventRecord.objects.get(kind="StrokeDrawn")
    assert event.actor_id == Stroke.objects.get().author_id


def test_the_longest_line_fits_a_frame(board: Board, student: Tab) -> None:
    points = [[1600 - number, 900] for number in range(LONGEST)]
    publish(student, f"board:{board.pk}", stroke={**LINE, "points": points})
    assert student.hear()["op"] == "published"


def test_where_somebody_points_is_told_and_kept_nowhere(
    board: Board, student: Tab, teacher: Tab, school: School
) -> None:
    stream = f"board:{board.pk}"
    teacher.subscribe(stream=stream, after=0)
    heard_by_hub(stream)
    publish(student, stream, cursor={"x": 800, "y": 450})
    student.say(op="ping")
    assert student.hear() == {"op": "pong"}  # and no answer before
    student_id = str(school.user(STUDENT).pk)
    assert teacher.hear("tick") == {
        "op": "tick",
        "stream": stream,
        "type": "cursor",
        "data": {"id": student_id, "x": 800, "y": 450},
    }
    assert (entries(board), Stroke.objects.exists()) == ([], False)


def test_who_comes_late_gets_exactly_the_rest(
    board: Board, boards: Boards, student: Tab, teacher: Tab
) -> None:
    stream = f"board:{board.pk}"
    boards.draw(board)
    told = seen(board, TEACHER)
    boards.draw(board, by="student2")  # between the reading and the subscription
    assert teacher.subscribe(stream=stream, after=told["seq"])["seq"] == 2
    publish(student, stream, stroke=LINE)
    rest = [teacher.hear("entry") for _ in range(2)]
    assert [each["seq"] for each in rest] == [2, 3]
    ids = [each["id"] for each in told["strokes"]] + [each["data"]["id"] for each in rest]
    assert ids == [each["id"] for each in seen(board)["strokes"]] == replayed([], entries(board))


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"stroke": None},
        {"stroke": {}},
        {"stroke": {**LINE, "width": 100}},
        {"stroke": {**LINE, "points": [[0.5, 1]]}},
        {"stroke": {**LINE, "points": [[[[[]]]]]}},
        {"stroke": {**LINE, "id": "mine"}},
        {"stroke": LINE, "cursor": {"x": 1, "y": 1}},
        {"cursor": {"x": 1601, "y": 1}},
        {"cursor": {"x": "1", "y": 1}},
        {"cursor": {"x": 1}},
        {"cursor": {"x": 1, "y": 1, "name": "Ann"}},
        {"clear": True},
    ],
)
def test_what_fits_nothing_is_invalid(board: Board, student: Tab, data: dict[str, Any]) -> None:
    publish(student, f"board:{board.pk}", **data)
    answer = student.hear()
    assert (answer["op"], answer["code"], answer["ref"]) == ("error", "invalid", "p")
    assert answer["detail"]
    assert not Stroke.objects.exists()


def test_no_number_is_a_number(board: Board, student: Tab) -> None:
    frame = (
        f'{{"op": "publish", "stream": "board:{board.pk}", "ref": "p",'
        ' "data": {"cursor": {"x": NaN, "y": 1e999}}}'
    )
    student.connection.send(frame)
    assert student.hear()["code"] in ("invalid", "malformed")


def test_an_id_that_is_anothers_is_invalid(board: Board, boards: Boards, student: Tab) -> None:
    drawn = boards.draw(board, by="student2")
    publish(student, f"board:{board.pk}", stroke={**LINE, "id": str(drawn.pk)})
    answer = student.hear()
    assert (answer["code"], answer["detail"]) == ("invalid", "id: is taken: make up a new one")


@pytest.mark.parametrize("said", [{"stroke": LINE}, {"cursor": {"x": 1, "y": 1}}])
@pytest.mark.parametrize("how", ["closed", "archived"])
def test_a_closed_room_is_not_drawn_in(
    board: Board, student: Tab, school: School, how: str, said: dict[str, Any]
) -> None:
    if how == "closed":
        close_room(room_id=board.room_id, by=school.actor(TEACHER))
    else:
        SchoolClass.objects.update(archived_at=board.created_at)
    publish(student, f"board:{board.pk}", **said)
    assert student.hear()["code"] == "conflict"
    assert not Stroke.objects.exists()


@pytest.mark.parametrize("said", [{"stroke": LINE}, {"cursor": {"x": 1, "y": 1}}, {}])
def test_boards_of_others_are_not_there(
    boards: Boards, student: Tab, school: School, said: dict[str, Any]
) -> None:
    of_staff = boards.open(boards.rooms.open(RoomAudience.STAFF))
    strange = Boards(school, "riverside").open()
    answers = []
    for name in (of_staff.pk, strange.pk, 987_654_321, f"0{of_staff.pk}", "x", "", "-1"):
        publish(student, f"board:{name}", **said)
        answers.append(student.hear())
    publish(student, "board", **said)
    answers.append(student.hear())
    assert {each["code"] for each in answers} == {"not_found"}
    assert len({each["detail"] for each in answers}) == 1
    assert not Stroke.objects.exists()


def test_whether_one_may_is_asked_anew_each_time(
    board: Board, student: Tab, school: School
) -> None:
    publish(student, f"board:{board.pk}", stroke=LINE)
    assert student.hear()["op"] == "published"
    # No bell rings, and no heartbeat has come: the action itself looks.
    Enrolment.objects.filter(student=school.user(STUDENT)).delete()
    publish(student, f"board:{board.pk}", stroke=LINE)
    assert student.hear()["code"] == "not_found"
    assert Stroke.objects.count() == 1


def test_somebody_who_draws_is_waited_for(board: Board, student: Tab) -> None:
    with broker() as redis, redis.pubsub(ignore_subscribe_messages=True) as work:
        work.subscribe(AT_WORK)
        wait_for(lambda: redis.pubsub_numsub(AT_WORK)[0][1] > 0, seconds=5)
        publish(student, f"board:{board.pk}", stroke=LINE)
        assert student.hear()["op"] == "published"
        wait_for(lambda: work.get_message(timeout=0.1) is not None, seconds=5)


class TestARoomOfFamilies:
    """An open socket of a guardian whose child leaves the class."""

    @pytest.fixture(autouse=True)
    def _quick_heartbeat(self, settings: Any) -> None:
        settings.LIVE_HEARTBEAT = 0.1

    @pytest.fixture
    def families(self, boards: Boards) -> Room:
        return boards.rooms.open(RoomAudience.FAMILIES)

    def test_it_is_lost_with_its_boards(
        self, boards: Boards, families: Room, server: SocketServer, school: School
    ) -> None:
        board, parent = boards.open(families), school.user(PARENT)
        streams = [f"room:{families.pk}", f"board:{board.pk}"]
        with server.tab(cookie_of(parent)) as tab:
            for stream in streams:
                tab.say(op="subscribe", stream=stream, after=None, ref=stream)
                assert tab.hear()["op"] == "subscribed"
            at_the_door(parent)
            boards.draw(board, by="teacher")
            assert tab.hear("entry", "error")["op"] == "entry"

            enrolment = Enrolment.objects.get(student__email=STUDENT)
            end_enrolment(enrolment_id=enrolment.pk, by=school.actor(ADMIN))
            lost = [tab.hear("error") for _ in streams]
            assert {each["code"] for each in lost} == {"not_allowed"}
            assert {each["ref"] for each in lost} == set(streams)
            assert draw(board, TEACHER).status_code == 201
            publish(tab, f"board:{board.pk}", stroke=LINE)
            assert tab.hear()["code"] == "not_found"  # and no entry came before

    def test_it_stays_with_another_child_in_the_class(
        self, boards: Boards, families: Room, server: SocketServer, school: School
    ) -> None:
        board, parent = boards.open(families), school.user(PARENT)
        other = school.user("student2@oakwood.example")
        parent.wards.create(centre_id=board.centre_id, student=other)
        with server.tab(cookie_of(parent)) as tab:
            assert tab.subscribe(stream=f"board:{board.pk}", after=0)["op"] == "subscribed"
            enrolment = Enrolment.objects.get(student__email=STUDENT)
            end_enrolment(enrolment_id=enrolment.pk, by=school.actor(ADMIN))
            assert tab.hear("head", "error")["op"] == "head"
            boards.draw(board, by="teacher")
            assert tab.hear("entry", "error")["op"] == "entry"
