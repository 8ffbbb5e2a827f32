"""Uploading files, reading what is known of them, and getting their content."""

import hashlib
import stat
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from core.events.models import EventRecord
from core.files.attachments import attach_files
from core.files.models import File
from core.files.storage import path_of
from tests.flow.conftest import School
from tests.flow.people import PARENT, STRANGER, STUDENT, TEACHER, assert_problem, client_of
from tests.flow.uploads import PDF, URL, kept, on_disk, picture, upload

pytestmark = pytest.mark.usefixtures("media")


@pytest.fixture
def teacher(school: School) -> Client:
    return client_of(TEACHER)


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_an_upload_is_kept_as_it_was(teacher: Client) -> None:
    answer = upload(teacher, PDF, "Plan for Tuesday.PDF")

    assert answer.status_code == 201
    told = answer.json()
    assert told == {
        "id": str(File.objects.get().pk),
        "name": "Plan for Tuesday.PDF",
        "size": len(PDF),
        "media_type": "application/pdf",
        "sha256": hashlib.sha256(PDF).hexdigest(),
    }
    file = File.objects.get()
    path = path_of(file.storage_name)
    assert path.read_bytes() == PDF
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    first, second, name = file.storage_name.split("/")
    assert (first, second) == (name[:2], name[2:4])
    assert on_disk() == [file.storage_name]
    more = teacher.get(f"{URL}/{told['id']}").json()
    assert {**told, **{k: more[k] for k in ("purpose", "attached", "thumbnail")}} == {
        **told,
        "purpose": "attachment",
        "attached": False,
        "thumbnail": "none",
    }
    assert EventRecord.objects.filter(kind="FileUploaded").count() == 1


def test_the_same_content_twice_is_two_files(teacher: Client) -> None:
    first, second = upload(teacher, PDF).json(), upload(teacher, PDF).json()
    assert first["id"] != second["id"]
    assert first["sha256"] == second["sha256"]
    assert len(on_disk()) == 2


def test_a_client_with_its_own_csrf_token_uploads(school: School) -> None:
    browser = client_of(TEACHER, enforce_csrf_checks=True)
    assert_problem(upload(browser, PDF), 403)
    assert on_disk() == []
    token = browser.get("/api/csrf/").json()["csrf_token"]
    assert upload(browser, PDF, csrfmiddlewaretoken=token).status_code == 201


def test_who_is_not_signed_in_leaves_nothing(school: School) -> None:
    assert_problem(upload(Client(), PDF), 401)
    assert on_disk() == []


@pytest.mark.parametrize(
    ("fields", "loc"),
    [
        ({"content": b""}, "file"),
        ({"content": PDF, "purpose": "fun"}, "purpose"),
    ],
)
def test_what_no_upload_can_be(teacher: Client, fields: dict[str, Any], loc: str) -> None:
    found = assert_problem(upload(teacher, **fields), 422)
    assert [fault["loc"] for fault in found["errors"]] == [["body", loc]]
    assert on_disk() == []


def test_a_form_without_a_file(teacher: Client) -> None:
    for sent in ({}, {"file": "text"}):
        found = assert_problem(teacher.post(URL, sent), 422)
        assert [fault["loc"][-1] for fault in found["errors"]] == ["file"]


def test_a_broken_form_leaves_nothing(teacher: Client) -> None:
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n'
    head += b"Content-Transfer-Encoding: base64\r\n\r\n"
    sent = head + b"AAA!" * 100_000
    for headers in ({}, {"Idempotency-Key": "k"}):
        answer = teacher.generic(
            "POST", URL, sent, content_type="multipart/form-data; boundary=b", headers=headers
        )
        assert_problem(answer, 400)
        assert on_disk() == []


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\windows\\a.pdf", "a.pdf"),
        ("/abs/olute.pdf", "olute.pdf"),
        ("a\u202efdp.exe.pdf", "afdp.exe.pdf"),
        ("two\r\nlines\x00 \x1b[31m.pdf", "two lines [31m.pdf"),
        ("  spaced \t out .pdf", "spaced out .pdf"),
        ("x" * 500 + ".pdf", "x" * 196 + ".pdf"),
        ("résumé “x”.pdf", "résumé “x”.pdf"),
    ],
)
def test_names_are_one_plain_line(school: School, given: str, name: str) -> None:
    assert kept(school.actor(TEACHER), PDF, given).name == name


def test_a_path_in_the_name_goes_nowhere(teacher: Client) -> None:
    boundary = "b"
    part = 'Content-Disposition: form-data; name="file"; filename="../../../x/../evil\u202e.pdf"'
    sent = f"--b\r\n{part}\r\n\r\n".encode() + PDF + b"\r\n--b--\r\n"
    answer = teacher.generic("POST", URL, sent, f"multipart/form-data; boundary={boundary}")
    assert answer.json()["name"] == "evil.pdf"
    assert on_disk() == [File.objects.get().storage_name]


def test_too_large_is_413_and_leaves_nothing(teacher: Client, settings: Any) -> None:
    settings.LARGEST_FILE = 100_000
    assert upload(teacher, PDF + bytes(100_000 - len(PDF))).status_code == 201
    before = on_disk()
    for key in ({}, {"key": "k"}):
        answer = upload(teacher, PDF + bytes(100_001 - len(PDF)), **key)
        assert_problem(answer, 413)
        assert on_disk() == before


def test_an_avatar_is_small(teacher: Client) -> None:
    large = picture("JPEG") + bytes(11 * 2**20)
    found = assert_problem(upload(teacher, large, "me.jpg", purpose="avatar"), 413)
    assert found["detail"] == "A file may have up to 10 MB."


def test_what_waits_to_be_attached_is_bounded(teacher: Client) -> None:
    assert upload(teacher, PDF).status_code == 201
    File.objects.update(size=2**30)
    assert_problem(upload(teacher, PDF), 409)
    File.objects.update(attached=True)
    assert upload(teacher, PDF).status_code == 201


def test_a_failure_of_the_database_leaves_no_bytes(school: School) -> None:
    by = school.actor(TEACHER)
    gone = type(by)(user_id=10**9, name="", centre_id=by.centre_id, roles=by.roles)
    with pytest.raises(Exception, match="foreign key"):
        kept(gone)
    assert on_disk() == []


# The same key


def test_the_same_upload_again_is_answered_again(teacher: Client) -> None:
    first, second = (
        upload(teacher, PDF, key="k", csrfmiddlewaretoken=masked) for masked in ("a", "b")
    )
    assert first.status_code == second.status_code == 201
    assert first.content == second.content
    assert second.headers["Idempotent-Replay"] == "true"
    assert File.objects.count() == 1
    assert len(on_disk()) == 1


@pytest.mark.parametrize(
    "changed",
    [{"content": PDF + b" "}, {"name": "other.pdf"}, {"purpose": "attachment"}],
)
def test_another_upload_under_the_same_key_is_refused(
    teacher: Client, changed: dict[str, Any]
) -> None:
    upload(teacher, PDF, key="k")
    given: dict[str, Any] = {"content": PDF, "key": "k"} | changed
    assert_problem(upload(teacher, **given), 422)
    assert File.objects.count() == 1
    assert len(on_disk()) == 1


def test_a_refused_type_is_kept_under_its_key(teacher: Client) -> None:
    first, second = (upload(teacher, b"x", "a.exe", key="k") for _ in range(2))
    assert_problem(first, 415)
    assert first.content == second.content
    assert second.headers["Idempotent-Replay"] == "true"


# Content


def test_content_is_to_be_saved_and_runs_nothing(teacher: Client, school: School) -> None:
    file = kept(school.actor(TEACHER), PDF, "Übung; 1.pdf")
    answer = teacher.get(f"{URL}/{file.pk}/content")
    assert answer.status_code == 200
    assert body_of(answer) == PDF
    told = answer.headers
    assert told["Content-Type"] == "application/pdf"
    assert told["Content-Disposition"] == ("attachment; filename*=utf-8''%C3%9Cbung%3B%201.pdf")
    assert told["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert told["X-Content-Type-Options"] == "nosniff"
    assert told["Content-Length"] == str(len(PDF))
    assert told["ETag"] == f'"{file.sha256}"'
    assert told["Cache-Control"].startswith("private")
    assert told["Accept-Ranges"] == "bytes"


def test_what_the_browser_has_is_not_sent_again(teacher: Client, school: School) -> None:
    file = kept(school.actor(TEACHER))
    address = f"{URL}/{file.pk}/content"
    answer = teacher.get(address, headers={"If-None-Match": f'"{file.sha256}"'})
    assert answer.status_code == 304
    assert answer.content == b""
    assert answer.headers["ETag"] == f'"{file.sha256}"'


@pytest.mark.parametrize(
    ("asked", "sent", "content_range"),
    [
        ("bytes=0-3", PDF[:4], f"bytes 0-3/{len(PDF)}"),
        ("bytes=5-", PDF[5:], f"bytes 5-{len(PDF) - 1}/{len(PDF)}"),
        ("bytes=-6", PDF[-6:], f"bytes {len(PDF) - 6}-{len(PDF) - 1}/{len(PDF)}"),
        ("bytes=0-99999", PDF, f"bytes 0-{len(PDF) - 1}/{len(PDF)}"),
        ("bytes=-99999", PDF, f"bytes 0-{len(PDF) - 1}/{len(PDF)}"),
    ],
)
def test_parts(
    teacher: Client, school: School, asked: str, sent: bytes, content_range: str
) -> None:
    file = kept(school.actor(TEACHER))
    answer = teacher.get(f"{URL}/{file.pk}/content", headers={"Range": asked})
    assert answer.status_code == 206
    assert body_of(answer) == sent
    assert answer.headers["Content-Range"] == content_range
    assert answer.headers["Content-Length"] == str(len(sent))


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=3-1"},
        {"Range": "bytes=-"},
        {"Range": "lines=1-2"},
        {"Range": "bytes=0-1,4-5"},
        {"Range": "bytes=0-3", "If-Range": '"older"'},
    ],
)
def test_ranges_that_do_not_count(teacher: Client, school: School, headers: dict[str, str]) -> None:
    file = kept(school.actor(TEACHER))
    answer = teacher.get(f"{URL}/{file.pk}/content", headers=headers)
    assert answer.status_code == 200
    assert body_of(answer) == PDF


@pytest.mark.parametrize("asked", [f"bytes={len(PDF)}-", "bytes=99999-100000", "bytes=-0"])
def test_a_range_beyond_the_end(teacher: Client, school: School, asked: str) -> None:
    file = kept(school.actor(TEACHER))
    answer = teacher.get(f"{URL}/{file.pk}/content", headers={"Range": asked})
    assert_problem(answer, 416)
    assert answer.headers["Content-Range"] == f"bytes */{len(PDF)}"


def test_head_says_all_but_the_bytes(teacher: Client, school: School) -> None:
    file = kept(school.actor(TEACHER))
    for address in (f"{URL}/{file.pk}/content", f"{URL}/{file.pk}"):
        asked, got = teacher.head(address), teacher.get(address)
        assert asked.status_code == 200
        assert asked.content == b""
        for name in ("Content-Type", "Content-Length"):
            assert asked.headers[name] == got.headers[name]
        got.close()


def test_nginx_sends_the_bytes_where_it_can(teacher: Client, school: School, settings: Any) -> None:
    settings.X_ACCEL_REDIRECT = "/protected"
    file = kept(school.actor(TEACHER))
    answer = teacher.get(f"{URL}/{file.pk}/content")
    assert answer.status_code == 200
    assert answer.content == b""
    assert answer.headers["X-Accel-Redirect"] == f"/protected/{file.storage_name}"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="notes.pdf"'
    assert_problem(client_of(STUDENT).get(f"{URL}/{file.pk}/content"), 404)


@pytest.mark.parametrize("location", ["", "/protected"])
def test_missing_bytes_are_a_missing_file(
    teacher: Client, school: School, settings: Any, location: str
) -> None:
    settings.X_ACCEL_REDIRECT = location
    file = kept(school.actor(TEACHER))
    path_of(file.storage_name).unlink()
    assert_problem(teacher.get(f"{URL}/{file.pk}/content"), 404)


# Who may


def test_others_read_a_file_when_they_may_see_what_it_belongs_to(school: School) -> None:
    by = school.actor(TEACHER)
    draft, published = school.draft(), school.publish()
    hidden = kept(by, subject=f"homework:{draft.pk}")
    shown = kept(by, subject=f"homework:{published.pk}")
    alone = kept(by)
    for email in (STUDENT, PARENT):
        reader = client_of(email)
        for part in ("", "/content"):
            assert reader.get(f"{URL}/{shown.pk}{part}").status_code == 200
            assert_problem(reader.get(f"{URL}/{hidden.pk}{part}"), 404)
            assert_problem(reader.get(f"{URL}/{alone.pk}{part}"), 404)
        assert_problem(reader.delete(f"{URL}/{shown.pk}"), 404)


def test_a_thing_that_nobody_answers_for_is_seen_by_nobody(school: School) -> None:
    file = kept(school.actor(TEACHER), subject="mystery:1")
    assert_problem(client_of("admin@oakwood.example").get(f"{URL}/{file.pk}"), 404)


def test_another_centres_file_looks_like_a_missing_one(school: School) -> None:
    file = kept(school.actor(TEACHER), subject=f"homework:{school.publish().pk}")
    stranger = client_of(STRANGER)

    def told(method: str, pk: int, part: str) -> dict[str, Any]:
        answer = getattr(stranger, method)(f"{URL}/{pk}{part}")
        return {**assert_problem(answer, 404), "request_id": ""}

    for method, part in [("get", ""), ("get", "/content"), ("get", "/thumbnail"), ("delete", "")]:
        missing = told(method, 10**9, part)
        assert told(method, file.pk, part) == missing == told(method, 2**63, part)


def test_ones_own_file_is_removed_as_long_as_it_is_attached_to_nothing(
    teacher: Client, school: School, work_off: Any
) -> None:
    by = school.actor(TEACHER)
    alone, attached = kept(by), kept(by)
    attach_files([attached.pk], subject=f"homework:{school.draft().pk}", by=by)

    assert_problem(client_of("staff@oakwood.example").delete(f"{URL}/{alone.pk}"), 404)
    assert_problem(teacher.delete(f"{URL}/{attached.pk}"), 409)
    assert teacher.delete(f"{URL}/{alone.pk}").status_code == 204
    assert_problem(teacher.get(f"{URL}/{alone.pk}"), 404)
    assert len(on_disk()) == 2  # until the worker has heard of it
    work_off()
    assert on_disk() == [attached.storage_name]


def test_a_few_queries_each(
    teacher: Client, school: School, django_assert_max_num_queries: Any
) -> None:
    file = kept(school.actor(TEACHER), subject=f"homework:{school.publish().pk}")
    with django_assert_max_num_queries(5):
        teacher.get(f"{URL}/{file.pk}/content").close()
    with django_assert_max_num_queries(9):
        upload(teacher, PDF)


def test_media_is_where_the_stack_says() -> None:
    assert Path(settings.MEDIA_ROOT).name == "media"
