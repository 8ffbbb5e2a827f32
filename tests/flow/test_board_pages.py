"""The pages of boards as a browser without scripts gets them: there to be seen, saved, cleared."""

import re
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.test import Client

from core.boards import shapes
from core.boards.models import Board, Colour, Stroke
from core.boards.palette import GROUND, PALETTE
from core.boards.shapes import path_of
from core.boards.state import COARSE, SKETCHED, sketches_of
from core.rooms.actions import close_room
from core.rooms.models import RoomAudience
from tests.flow.boards import Boards
from tests.flow.conftest import School
from tests.flow.pages import STAFF, checked, shown
from tests.flow.people import PARENT, STUDENT, TEACHER, client_of

TOOLS: Final = 'id="board-tools"'
SVG: Final = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def boards(school: School) -> Boards:
    return Boards(school)


@pytest.fixture
def board(boards: Boards) -> Board:
    return boards.open()


def test_an_empty_room_says_how_to_begin_and_a_board_is_opened(boards: Boards) -> None:
    room = boards.rooms.open(RoomAudience.CLASS)
    student = client_of(STUDENT)
    path = f"/rooms/{room.pk}/boards"
    html = shown(student, path)
    assert "No boards yet" in html
    assert f'data-stream="room:{room.pk}" data-stream-after="0"' in html
    answer = student.post(path, {"name": "  Water \n cycle "}, follow=True)
    board = Board.objects.get()
    assert board.name == "Water cycle"
    assert answer.redirect_chain == [(f"/boards/{board.pk}", 302)]
    html = shown(student, path)
    assert "Water cycle" in html
    assert "Nothing is drawn yet" in html


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_a_board_without_a_name_is_not_opened(boards: Boards, name: str) -> None:
    room = boards.rooms.open(RoomAudience.CLASS)
    answer = client_of(STUDENT).post(f"/rooms/{room.pk}/boards", {"name": name})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in checked(answer)
    assert not Board.objects.exists()


def test_a_room_that_has_enough_boards_says_so(
    boards: Boards, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.boards.actions.MOST_BOARDS", 1)
    board = boards.open()
    path = f"/rooms/{board.room_id}/boards"
    answer = client_of(STUDENT).post(path, {"name": "One more"})
    assert answer.status_code == 422
    assert "as many boards as it can" in checked(answer)


def test_boards_are_listed_with_small_pictures_of_what_is_on_them(
    board: Board, boards: Boards
) -> None:
    boards.open(board.room)
    boards.draw(board, points=[[1, 2], [3, 4]], colour="green", width=8)
    html = shown(client_of(STUDENT), f"/rooms/{board.room_id}/boards")
    assert html.count('<svg class="board-sketch') == 2
    assert '<path class="board-green" d="M1 2L3 4" stroke-width="8"/>' in html
    part = shown(
        client_of(STUDENT),
        f"/rooms/{board.room_id}/boards",
        hx_request="true",
        hx_target="boards-list",
    )
    assert part.lstrip().startswith("<ul")


def test_small_pictures_stay_small(board: Board, boards: Boards) -> None:
    first = boards.draw(board, points=[[number, number] for number in range(500)])
    coarse = sketches_of([board])[board.pk][0].points
    assert len(coarse) <= COARSE + 1
    assert (coarse[0], coarse[-1]) == ([0, 0], [499, 499])
    copies = [
        Stroke(
            centre_id=board.centre_id,
            board=board,
            seq=number,
            author_id=first.author_id,
            points=[[number, 1]],
            colour="ink",
            width=4,
            created_at=first.created_at,
        )
        for number in range(2, SKETCHED + 3)
    ]
    Stroke.objects.bulk_create(copies)
    newest = sketches_of([board])[board.pk]
    assert [each.points for each in newest] == [each.points for each in copies[-SKETCHED:]]


def test_a_board_is_there_without_any_script(board: Board, boards: Boards, school: School) -> None:
    drawn = boards.draw(board, points=[[1, 2], [3, 4]], colour="blue", width=8)
    dot = boards.draw(board, points=[[5, 6]], by="student2")
    html = shown(client_of(STUDENT), f"/boards/{board.pk}")
    for stroke, path in ((drawn, "M1 2L3 4"), (dot, "M5 6h0")):
        assert f'd="{path}"' in html
        assert f'data-id="{stroke.pk}" data-author="{stroke.author_id}"' in html
    assert f'data-stream="board:{board.pk}" data-stream-after="2"' in html
    assert f'data-me="{school.user(STUDENT).pk}"' in html
    assert "<noscript>" in html
    assert re.search(r'<form id="board-tools"[^>]* hidden>', html)  # the script shows it


def test_the_script_listens_before_news_can_come(board: Board) -> None:
    html = shown(client_of(STUDENT), f"/boards/{board.pk}")
    assert html.index("board.js") < html.index("live.js")


@pytest.mark.parametrize(("email", "keeps"), [(STUDENT, False), (TEACHER, True), (STAFF, True)])
def test_who_keeps_order_clears_it_after_a_question(
    board: Board, boards: Boards, email: str, *, keeps: bool
) -> None:
    boards.draw(board)
    client = client_of(email)
    path = f"/boards/{board.pk}"
    assert ('action="/boards/' in shown(client, path)) is keeps
    answer = client.post(f"{path}/clear", follow=True)
    assert answer.status_code == (200 if keeps else 403)
    assert Stroke.objects.filter(removed_at=None).exists() is not keeps
    if keeps:
        assert "The board is cleared." in checked(answer)


def test_a_board_is_not_cleared_without_the_token(board: Board, boards: Boards) -> None:
    boards.draw(board)
    client = client_of(TEACHER, enforce_csrf_checks=True)
    assert client.post(f"/boards/{board.pk}/clear").status_code == 403
    assert client.post(f"/rooms/{board.room_id}/boards", {"name": "One"}).status_code == 403
    assert Stroke.objects.filter(removed_at=None).exists()


def test_a_board_of_a_closed_room_is_looked_at_alone(
    board: Board, boards: Boards, school: School
) -> None:
    boards.draw(board)
    close_room(room_id=board.room_id, by=school.actor(STAFF))
    teacher = client_of(TEACHER)
    html = shown(teacher, f"/boards/{board.pk}")
    assert "can be looked at, and not drawn on" in html
    assert TOOLS not in html
    assert "/clear" not in html
    assert "board_pen.js" not in html
    assert 'class="board-red"' in html
    assert "picture.svg" in html
    listed = shown(teacher, f"/rooms/{board.room_id}/boards")
    assert 'name="name"' not in listed
    assert teacher.post(f"/boards/{board.pk}/clear").status_code == 409
    answer = teacher.post(f"/rooms/{board.room_id}/boards", {"name": "Late"})
    assert (answer.status_code, Board.objects.count()) == (422, 1)


def test_pages_of_others_boards_are_not_there(board: Board, boards: Boards) -> None:
    strange = Boards(boards.school, "riverside").open()
    for client, found in ((client_of(PARENT), board), (client_of(STUDENT), strange)):
        for path in (
            f"/boards/{found.pk}",
            f"/boards/{found.pk}/picture.svg",
            f"/rooms/{found.room_id}/boards",
        ):
            assert client.get(path).status_code == 404, path


def saved(client: Client, board: Board) -> Any:
    return client.get(f"/boards/{board.pk}/picture.svg")


def test_the_picture_is_saved_and_can_do_nothing(board: Board, boards: Boards) -> None:
    Board.objects.update(name='<script>"1/2" & Brüche')
    boards.draw(board, points=[[1, 2], [3, 4]], colour="red", width=8)
    answer = saved(client_of(STUDENT), board)
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=utf-8''")
    assert not re.search(r"[\r\n\"/<]", disposition.partition("''")[2])
    root = ET.fromstring(answer.content)  # noqa: S314 - our own
    assert root.findtext(f"{SVG}title") == '<script>"1/2" & Brüche'
    (path,) = root.iter(f"{SVG}path")
    assert path.attrib == {
        "d": "M1 2L3 4",
        "stroke": PALETTE[Colour.RED].light,
        "stroke-width": "8",
    }
    assert {each.tag for each in root.iter()} == {
        f"{SVG}{name}" for name in ("svg", "title", "rect", "g", "path")
    }


def test_the_picture_of_an_empty_board_is_one_too(board: Board) -> None:
    answer = saved(client_of(STUDENT), board)
    assert ET.fromstring(answer.content).tag == f"{SVG}svg"  # noqa: S314 - our own


def test_every_colour_can_be_told_from_the_ground_and_looks_as_the_table_says() -> None:
    styles = (Path(settings.STATICFILES_DIRS[0]) / "schoolbell.css").read_text()
    light, dark = (
        dict(re.findall(r"--board-(\w+): (#[0-9a-f]{6})", part))
        for part in styles[styles.index("/* Boards") :].split("prefers-color-scheme: dark", 1)
    )
    table = {"ground": GROUND, **{name.value: look for name, look in PALETTE.items()}}
    assert light == {name: look.light for name, look in table.items()}
    assert dark == {name: look.dark for name, look in table.items()}
    assert set(PALETTE) == set(Colour)
    for look in PALETTE.values():
        assert contrast(look.light, GROUND.light) >= 3
        assert contrast(look.dark, GROUND.dark) >= 3


def contrast(one: str, other: str) -> float:
    """As WCAG 2 reckons it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_path_goes_from_point_to_point() -> None:
    assert path_of([[1, 2]]) == "M1 2h0"
    assert path_of([[1, 2], [3, 4], [5, 6]]) == "M1 2L3 4L5 6"
    assert shapes.shapes_of([]) == []
