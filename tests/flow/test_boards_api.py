"""Boards over HTTP: whose they are, who opens and clears them, and what a closed room means."""

from datetime import timedelta
from typing import Final

import pytest

from core import clock
from core.audit.models import AuditEntry
from core.boards import models
from core.boards.actions import clear_board, remove_stroke
from core.boards.models import MOST_BOARDS, Board, Stroke
from core.classes.models import Enrolment, SchoolClass
from core.events.models import EventRecord
from core.live.entries import read
from core.rooms.actions import close_room, reopen_room
from core.rooms.models import RoomAudience
from tests.flow.boards import LINE, Boards, draw, entries, seen
from tests.flow.conftest import School
from tests.flow.people import STUDENT, TEACHER, assert_problem, client_of, ids, post

STAFF: Final = "staff@oakwood.example"
PEOPLE: Final = ("student1", "parent1", "teacher", "staff", "head", "admin")


@pytest.fixture
def boards(school: School) -> Boards:
    return Boards(school)


@pytest.fixture
def board(boards: Boards) -> Board:
    return boards.open()


@pytest.mark.parametrize(
    ("audience", "readers", "keepers"),
    [
        (RoomAudience.CLASS, {"student1", "teacher"}, {"teacher"}),
        (RoomAudience.FAMILIES, {"parent1", "teacher"}, {"teacher"}),
        (RoomAudience.STAFF, {"teacher"}, set()),
        (RoomAudience.CENTRE, {"student1", "parent1", "teacher"}, set()),
    ],
)
def test_whoever_reads_the_room_draws_and_who_keeps_its_order_clears(
    boards: Boards, audience: RoomAudience, readers: set[str], keepers: set[str]
) -> None:
    office = {"staff", "head", "admin"}
    room = boards.rooms.open(audience)
    for who in PEOPLE:
        client = client_of(boards.rooms.email(who))
        board = boards.open(room, by="staff")
        drawn = post(client, f"/api/boards/{board.pk}/strokes", LINE)
        if who not in readers | office:
            assert_problem(drawn, 404)
            assert_problem(client.get(f"/api/boards/{board.pk}"), 404)
            assert_problem(client.get(f"/api/rooms/{room.pk}/boards"), 404)
            assert_problem(post(client, f"/api/rooms/{room.pk}/boards", {"name": "Mine"}), 404)
            continue
        assert drawn.status_code == 201, who
        told = client.get(f"/api/boards/{board.pk}").json()
        assert [each["author"]["name"] for each in told["strokes"]] == [
            boards.school.user(boards.rooms.email(who)).name
        ]
        assert (told["may_draw"], told["keeps_order"]) == (True, who in keepers | office)
        cleared = post(client, f"/api/boards/{board.pk}/clear")
        assert cleared.status_code == (204 if who in keepers | office else 403), who
        opened = post(client, f"/api/rooms/{room.pk}/boards", {"name": "Mine"})
        assert (opened.status_code, opened.json()["strokes"]) == (201, [])
        assert ids(client.get(f"/api/rooms/{room.pk}/boards"))[0] == opened.json()["id"]


def test_who_leaves_the_class_draws_on_its_boards_no_more(board: Board, school: School) -> None:
    assert draw(board).status_code == 201
    Enrolment.objects.filter(student=school.user(STUDENT)).update(until=clock.now().date())
    assert_problem(draw(board), 404)


def test_another_centres_board_is_not_there_and_asking_is_written_down(
    board: Board, boards: Boards
) -> None:
    drawn = boards.draw(board)
    stranger = client_of("admin@riverside.example")
    path = f"/api/boards/{board.pk}"
    assert_problem(stranger.get(path), 404)
    assert_problem(post(stranger, f"{path}/strokes", LINE), 404)
    assert_problem(post(stranger, f"{path}/clear"), 404)
    assert_problem(stranger.delete(f"{path}/strokes/{drawn.pk}"), 404)
    refused = AuditEntry.objects.filter(what="centre.refused")
    assert set(refused.values_list("subject", flat=True)) == {f"board:{board.pk}"}


def test_a_board_is_opened_and_its_room_hears_of_it(boards: Boards) -> None:
    room = boards.rooms.open(RoomAudience.CLASS)
    answer = post(client_of(STUDENT), f"/api/rooms/{room.pk}/boards", {"name": " Fractions "})
    told = answer.json()
    assert answer.status_code == 201
    assert (told["name"], told["room_id"]) == ("Fractions", str(room.pk))
    assert (told["strokes"], told["seq"]) == ([], 0)
    assert told["stream"] == f"board:{told['id']}"
    (entry,) = read(f"room:{room.pk}", 0, 10)
    assert (entry.type, entry.data) == ("board", {"id": told["id"], "name": "Fractions"})
    assert EventRecord.objects.get(kind="BoardOpened").subject == f"board:{told['id']}"


@pytest.mark.parametrize("name", ["", "  ", "two\nlines", "x" * 101, 7, None])
def test_a_board_that_cannot_be_is_refused(boards: Boards, name: object) -> None:
    room = boards.rooms.open(RoomAudience.CLASS)
    assert_problem(post(client_of(STUDENT), f"/api/rooms/{room.pk}/boards", {"name": name}), 422)
    assert not Board.objects.exists()


def test_a_room_has_so_many_boards_and_no_more(boards: Boards) -> None:
    room = boards.rooms.open(RoomAudience.CLASS)
    path = f"/api/rooms/{room.pk}/boards"
    student = client_of(STUDENT)
    answers = [post(student, path, {"name": str(number)}) for number in range(MOST_BOARDS + 1)]
    assert [each.status_code for each in answers] == [201] * MOST_BOARDS + [409]
    first = student.get(f"{path}?limit=15").json()
    rest = student.get(f"{path}?limit=15&cursor={first['next']}").json()
    newest_first = [each["name"] for each in first["items"] + rest["items"]]
    assert newest_first == [str(number) for number in reversed(range(MOST_BOARDS))]
    assert rest["next"] is None


def test_a_board_is_cleared_for_all_and_drawn_on_anew(board: Board, boards: Boards) -> None:
    for who in ("student1", "student2"):
        boards.draw(board, by=who)
    teacher = client_of(TEACHER)
    assert post(teacher, f"/api/boards/{board.pk}/clear").status_code == 204
    assert post(teacher, f"/api/boards/{board.pk}/clear").status_code == 204  # stays so
    assert (seen(board)["strokes"], seen(board)["seq"]) == ([], 3)
    assert [each.type for each in entries(board)] == ["stroke", "stroke", "cleared"]
    assert AuditEntry.objects.get(what="board.cleared").detail == {"strokes": 2}
    assert draw(board).json()["seq"] == 4


@pytest.mark.parametrize("how", ["closed", "archived"])
def test_boards_of_a_closed_room_are_looked_at_and_not_drawn_on(
    board: Board, boards: Boards, school: School, how: str
) -> None:
    drawn = boards.draw(board)
    if how == "closed":
        close_room(room_id=board.room_id, by=school.actor(STAFF))
    else:
        SchoolClass.objects.filter(name="7A").update(archived_at=clock.now())
    assert_problem(draw(board), 409)
    assert_problem(post(client_of(TEACHER), f"/api/boards/{board.pk}/clear"), 409)
    path = f"/api/rooms/{board.room_id}/boards"
    assert_problem(post(client_of(TEACHER), path, {"name": "More"}), 409)
    told = seen(board)
    assert (told["may_draw"], len(told["strokes"])) == (False, 1)
    assert draw(board, id=str(drawn.pk)).status_code == 201  # it was drawn in time
    # What should not be there goes all the same.
    removed = client_of(TEACHER).delete(f"/api/boards/{board.pk}/strokes/{drawn.pk}")
    assert removed.status_code == 204
    assert seen(board)["strokes"] == []


def test_a_room_that_is_open_again_is_drawn_in_again(board: Board, school: School) -> None:
    close_room(room_id=board.room_id, by=school.actor(STAFF))
    reopen_room(room_id=board.room_id, by=school.actor(STAFF))
    assert draw(board).status_code == 201


@pytest.mark.parametrize(("what", "most"), [("MOST_STROKES", 3), ("MOST_POINTS", 7)])
def test_a_full_board_says_to_clear_it(
    board: Board, boards: Boards, monkeypatch: pytest.MonkeyPatch, what: str, most: int
) -> None:
    assert (models.MOST_STROKES, models.MOST_POINTS) == (5_000, 250_000)
    monkeypatch.setattr(f"core.boards.actions.{what}", most)
    drawn = [boards.draw(board) for _ in range(3)]  # of two points each
    assert "clear it" in assert_problem(draw(board), 409)["detail"]
    assert draw(board, id=str(drawn[0].pk)).status_code == 201
    client_of(STUDENT).delete(f"/api/boards/{board.pk}/strokes/{drawn[0].pk}")
    assert draw(board).status_code == 201
    assert_problem(draw(board), 409)
    post(client_of(TEACHER), f"/api/boards/{board.pk}/clear")
    assert [draw(board).status_code for _ in range(4)] == [201] * 3 + [409]


def test_what_is_counted_is_what_is_there(board: Board, boards: Boards, school: School) -> None:
    drawn = [boards.draw(board, points=[[1, 1]] * many) for many in (1, 5, 7)]
    remove_stroke(board_id=board.pk, stroke_id=drawn[1].pk, by=school.actor(STUDENT))
    now = Board.objects.get(pk=board.pk)
    assert (now.stroke_count, now.point_count) == (2, 8)


def test_what_was_removed_is_forgotten_in_the_end(
    board: Board, boards: Boards, school: School
) -> None:
    teacher = school.actor(TEACHER)
    for _ in range(2):
        boards.draw(board)
        clear_board(board_id=board.pk, by=teacher)
    assert Stroke.objects.count() == 2
    Stroke.objects.update(removed_at=clock.now() - timedelta(days=2))
    boards.draw(board)
    clear_board(board_id=board.pk, by=teacher)
    assert Stroke.objects.count() == 1
