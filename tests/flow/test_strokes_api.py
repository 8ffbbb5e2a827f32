"""Lines on a board: what is one, who takes it away, and that each is drawn exactly once."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final
from uuid import uuid4

import pytest
from django.db import connection

from core.audit.models import AuditEntry
from core.boards.actions import clear_board, remove_stroke
from core.boards.models import LONGEST, Board, Stroke
from core.events.models import EventRecord
from core.isolation.scope import everywhere
from core.live.entries import read
from core.people.actor import Actor
from core.refusals import NotFoundError
from tests.flow.boards import LINE, Boards, draw, entries, replayed, seen
from tests.flow.conftest import School
from tests.flow.people import JSON, STUDENT, TEACHER, assert_problem, client_of, post

ANOTHER: Final = "student2@oakwood.example"


@pytest.fixture
def boards(school: School) -> Boards:
    return Boards(school)


@pytest.fixture
def board(boards: Boards) -> Board:
    return boards.open()


def test_a_line_is_told_as_an_entry_tells_it(board: Board) -> None:
    own = str(uuid4())
    told = draw(board, id=own, colour="blue", width=24, points=[[0, 0], [1600, 900]]).json()
    assert told == {
        "id": own,
        "seq": 1,
        "author": told["author"],
        "points": [[0, 0], [1600, 900]],
        "colour": "blue",
        "width": 24,
    }
    (entry,) = entries(board)
    assert {**entry.data, "seq": entry.seq} == told
    assert seen(board, TEACHER)["strokes"] == [told]


@pytest.mark.parametrize(
    "line",
    [
        {"points": []},
        {"points": [[1, 1]] * (LONGEST + 1)},
        {"points": [[0.5, 1]]},
        {"points": [[1.0, 1]]},
        {"points": [[-1, 1]]},
        {"points": [[1601, 1]]},
        {"points": [[1, 901]]},
        {"points": [[1]]},
        {"points": [[1, 1, 1]]},
        {"points": [1, 1]},
        {"points": [["1", 1]]},
        {"points": [[True, 1]]},
        {"points": [[None, 1]]},
        {"points": [[[1], 1]]},
        {"points": [{"x": 1, "y": 1}]},
        {"points": "M0 0"},
        {"points": None},
        {"points": [[10**30, 1]]},
        {"points": [[[[[[[[]]]]]]]] * 400},
        {"colour": "pink"},
        {"colour": "#ff0000"},
        {"colour": "red;"},
        {"width": 1},
        {"width": 25},
        {"width": 2.5},
        {"width": "6"},
        {"id": "mine"},
        {"id": 7},
        {"opacity": 1},
    ],
)
def test_what_is_no_line_is_refused(board: Board, line: dict[str, Any]) -> None:
    problem = assert_problem(draw(board, **line), 422)
    assert 1 <= len(problem["errors"]) <= 3
    assert (Stroke.objects.count(), entries(board)) == (0, [])


@pytest.mark.parametrize(
    "points",
    ["[[NaN, 1]]", "[[1e999, 1]]", "[[Infinity, 1]]", f"[[{'9' * 5000}, 1]]", "[" * 50_000],
)
def test_what_is_no_number_is_refused_too(board: Board, points: str) -> None:
    body = f'{{"colour": "red", "width": 6, "points": {points}}}'
    path = f"/api/boards/{board.pk}/strokes"
    answer = client_of(STUDENT).post(path, body, content_type=JSON)
    assert_problem(answer, answer.status_code)
    assert answer.status_code in (400, 422)
    assert not Stroke.objects.exists()


def test_the_longest_line_and_a_dot_are_taken(board: Board) -> None:
    assert draw(board, points=[[1600, 900]] * LONGEST).status_code == 201
    assert draw(board, points=[[0, 0]], width=2).status_code == 201


def test_the_same_line_sent_again_is_drawn_once(board: Board) -> None:
    own = str(uuid4())
    first = draw(board, id=own)
    again = draw(board, id=own.upper(), colour="green")  # whatever else it says by then
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert (Stroke.objects.count(), len(entries(board))) == (1, 1)
    assert EventRecord.objects.filter(kind="StrokeDrawn").count() == 1


def test_the_same_line_from_many_threads_at_once_is_drawn_once(
    board: Board, boards: Boards
) -> None:
    own = uuid4()
    drawn: list[Stroke] = []

    def send() -> None:
        with everywhere():
            drawn.append(boards.draw(board, stroke_id=own))
        connection.close()

    in_threads([send] * 5)
    assert [each.seq for each in drawn] == [1] * 5
    assert (Stroke.objects.count(), len(entries(board))) == (1, 1)


def test_an_id_that_is_anothers_is_refused(board: Board, boards: Boards) -> None:
    drawn = boards.draw(board)
    elsewhere = boards.open(board.room)
    strange = Boards(boards.school, "riverside")
    foreign = strange.draw(strange.open())
    for answer in (
        draw(board, ANOTHER, id=str(drawn.pk)),
        draw(elsewhere, id=str(drawn.pk)),
        draw(board, id=str(foreign.pk)),
    ):
        assert assert_problem(answer, 422)["errors"][0]["loc"] == ["body", "id"]
    assert (Stroke.objects.count(), len(entries(board)), entries(elsewhere)) == (2, 1, [])
    assert Board.objects.get(pk=board.pk).stroke_count == 1


def test_one_takes_back_ones_own_line_alone(board: Board, boards: Boards) -> None:
    kept, undone = boards.draw(board), boards.draw(board)
    path = f"/api/boards/{board.pk}/strokes"
    assert_problem(client_of(ANOTHER).delete(f"{path}/{undone.pk}"), 403)
    student = client_of(STUDENT)
    assert student.delete(f"{path}/{undone.pk}").status_code == 204
    assert [each["id"] for each in seen(board)["strokes"]] == [str(kept.pk)]
    assert entries(board)[-1].type == "stroke_removed"
    assert entries(board)[-1].data == {"id": str(undone.pk)}
    assert_problem(student.delete(f"{path}/{undone.pk}"), 404)
    assert_problem(student.delete(f"{path}/{uuid4()}"), 404)
    assert_problem(draw(board, id=str(undone.pk)), 409)  # a late copy does not bring it back
    assert not AuditEntry.objects.filter(what="stroke.removed").exists()
    assert Stroke.objects.get(pk=undone.pk).points == []


def test_who_keeps_order_takes_away_what_others_drew_and_it_is_written_down(
    board: Board, boards: Boards
) -> None:
    nonsense = boards.draw(board)
    answer = client_of(TEACHER).delete(f"/api/boards/{board.pk}/strokes/{nonsense.pk}")
    assert answer.status_code == 204
    noted = AuditEntry.objects.get(what="stroke.removed")
    assert noted.subject == f"board:{board.pk}"
    assert noted.detail == {"stroke": str(nonsense.pk), "author": str(nonsense.author_id)}


def test_a_line_is_found_on_its_own_board_alone(board: Board, boards: Boards) -> None:
    drawn, other = boards.draw(board), boards.open(board.room)
    answer = client_of(TEACHER).delete(f"/api/boards/{other.pk}/strokes/{drawn.pk}")
    assert_problem(answer, 404)
    assert len(seen(board)["strokes"]) == 1


def test_who_comes_late_misses_nothing_that_is_drawn_meanwhile(
    board: Board, boards: Boards
) -> None:
    boards.draw(board)
    told = seen(board)
    later = boards.draw(board, by="student2")  # between the reading and the subscription
    following = read(f"board:{board.pk}", told["seq"], 100)
    assert [each.data["id"] for each in following] == [str(later.pk)]


def test_the_state_is_one_moment_however_many_draw(board: Board, boards: Boards) -> None:
    over = threading.Event()
    found: list[dict[str, Any]] = []

    def look() -> None:
        with everywhere():
            client = client_of(TEACHER)
            while not over.is_set():
                found.append(client.get(f"/api/boards/{board.pk}").json())
        connection.close()

    looking = threading.Thread(target=look)
    looking.start()
    in_threads([work(boards, board, who) for who in ("student1", "student2", "student3")])
    over.set()
    looking.join()

    told = entries(board)
    at_the_end = [each["id"] for each in seen(board)["strokes"]]
    assert len(found) > 5
    assert len({each["seq"] for each in found}) > 5  # it did look while they drew
    for each in found:
        rest = [entry for entry in told if entry.seq > each["seq"]]
        assert replayed(each["strokes"], rest) == at_the_end


def work(boards: Boards, board: Board, who: str) -> Callable[[], None]:
    """Draws much; one has the board cleared in between, one takes every third line back."""

    def run() -> None:
        with everywhere():
            own, staff = (boards.school.actor(boards.rooms.email(each)) for each in (who, "staff"))
            for number in range(30):
                drawn = boards.draw(board, by=who)
                if number == 20 and who == "student1":
                    clear_board(board_id=board.pk, by=staff)
                elif number % 3 == 2 and who == "student2":
                    take_back(drawn, own)
        connection.close()

    return run


def take_back(drawn: Stroke, by: Actor) -> None:
    """Unless the board has just been cleared."""
    with suppress(NotFoundError):
        remove_stroke(board_id=drawn.board_id, stroke_id=drawn.pk, by=by)


def in_threads(works: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=each) for each in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_key_keeps_a_line_without_an_id_from_being_drawn_twice(board: Board) -> None:
    student = client_of(STUDENT)
    path = f"/api/boards/{board.pk}/strokes"
    first, again = (post(student, path, LINE, idempotency_key="k") for _ in range(2))
    assert again.content == first.content
    assert Stroke.objects.count() == 1
