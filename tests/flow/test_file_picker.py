"""The picker's markup, and what a page's view makes of the form it is sent with."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory

from core.files.attachments import files_of, set_files
from core.files.forms import picked_files, shown_again
from core.files.models import File
from core.http.uploads import close_unfinished
from core.people.actor import Actor
from core.refusals import InvalidError, TooLargeError, WrongTypeError
from tests.flow.conftest import School
from tests.flow.pages import INLINE, shown
from tests.flow.people import STRANGER, STUDENT, TEACHER, client_of
from tests.flow.uploads import EXE, PDF, kept, picture

pytestmark = pytest.mark.usefixtures("media")
Send = Callable[..., HttpRequest]
PICKER = '{% from "files/picker.html" import picker %}{{ picker(**given) }}'
LIST = '{% from "files/list.html" import file_list %}{{ file_list(files) }}'


@pytest.fixture
def teacher(school: School) -> Actor:
    return school.actor(TEACHER)


def rendered(source: str, **context: Any) -> str:
    html = str(engines["jinja2"].from_string(source).render(context))
    assert not INLINE.search(html)
    return html


@pytest.fixture
def sent() -> Iterator[Send]:
    """A form as a browser without scripts sends it, until the request is over."""
    requests: list[HttpRequest] = []

    def send(ids: list[object], *files: tuple[str, bytes]) -> HttpRequest:
        uploads = [SimpleUploadedFile(name, content) for name, content in files]
        form = {"title": "x", "files": [str(each) for each in ids], "uploads": uploads}
        requests.append(RequestFactory().post("/form", form))
        return requests[-1]

    yield send
    for request in requests:
        with suppress(Exception):
            request.FILES  # noqa: B018
        request.close()
        close_unfinished(request)


def test_the_picker_says_what_was_picked_and_what_is_wrong(teacher: Actor) -> None:
    file = kept(teacher, name="<b>&.pdf")
    html = rendered(PICKER, given={"files": [file], "error": "must be smaller"})
    for part in (
        f'name="files" value="{file.pk}" checked',
        "&lt;b&gt;&amp;.pdf",
        "must be smaller",
        'type="file" id="files-input" name="uploads" multiple',
        'aria-describedby="files-hint files-error"',
        "Up to 20 files of 100 MB each.",
    ):
        assert part in html


def test_the_list_links_and_shows(teacher: Actor) -> None:
    file, drawn = kept(teacher), kept(teacher, picture(), "a.png")
    drawn.thumbnail = "ready"
    html = rendered(LIST, files=[file, drawn])
    assert html.count("<img") == 1
    assert f'src="/files/{drawn.pk}/thumbnail"' in html
    assert f'href="/files/{file.pk}"' in html
    assert "<ul" not in rendered(LIST, files=[])


def test_a_form_without_the_script_brings_its_files_along(teacher: Actor, sent: Send) -> None:
    before = kept(teacher, name="before.pdf")
    ids = picked_files(sent([before.pk], ("a.pdf", PDF), ("b.png", picture())), by=teacher)
    set_files(ids, subject="homework:7", by=teacher)
    assert [file.name for file in files_of("homework:7")] == ["before.pdf", "a.pdf", "b.png"]


@pytest.mark.parametrize(
    ("files", "error"),
    [
        ([("a.txt", EXE)], WrongTypeError),
        ([("a.pdf", b"")], InvalidError),
    ],
)
def test_what_cannot_be_kept_is_the_forms_error(
    teacher: Actor, sent: Send, files: list[tuple[str, bytes]], error: type[Exception]
) -> None:
    with pytest.raises(error):
        picked_files(sent([], *files), by=teacher)


def test_a_page_says_that_a_file_is_too_large(teacher: Actor, settings: Any, sent: Send) -> None:
    settings.LARGEST_FILE = 1000
    with pytest.raises(TooLargeError):
        picked_files(sent([], ("a.pdf", PDF + bytes(1000))), by=teacher)
    form = {"up_to": "1", "uploads": SimpleUploadedFile("a.pdf", PDF + bytes(1000))}
    answer = client_of(TEACHER, enforce_csrf_checks=True).post("/notices/read", form)
    assert answer.status_code == 413
    assert "A file may have up to" in answer.content.decode()


def test_invented_ids_are_refused_and_not_shown_again(
    school: School, teacher: Actor, sent: Send
) -> None:
    theirs = kept(school.actor(STUDENT))
    mine = kept(teacher)
    for wrong in (theirs.pk, kept(school.actor(STRANGER)).pk, "x", -1, 10**30):
        request = sent([mine.pk, wrong])
        with pytest.raises(InvalidError):
            set_files(picked_files(request, by=teacher), subject="homework:7", by=teacher)
        assert shown_again(request, by=teacher) == [mine]


def test_links_of_pages_lead_to_files(school: School, teacher: Actor) -> None:
    file = kept(teacher)
    answer: Any = client_of(TEACHER).get(f"/files/{file.pk}")
    assert b"".join(answer.streaming_content) == PDF
    head = client_of(TEACHER).head(f"/files/{file.pk}")
    assert (head.content, head.headers["Content-Length"]) == (b"", str(len(PDF)))
    for email in (STUDENT, STRANGER):
        missing = client_of(email).get(f"/files/{file.pk}")
        assert missing.status_code == 404
        assert missing.headers["Content-Type"].startswith("text/html")
    assert client_of(TEACHER).get(f"/files/{file.pk}/thumbnail").status_code == 404
    File.objects.update(thumbnail="ready")
    assert client_of(TEACHER).get(f"/files/{file.pk}/thumbnail").status_code == 404  # no bytes
    assert shown(client_of(TEACHER), "/")
