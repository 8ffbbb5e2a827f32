"""Choosing files in a real browser: progress, removal, errors, and the form that waits for them."""

import os
from pathlib import Path
from typing import Final

import pytest
from django.template import engines
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import PHONE, SignIn, keep_picture
from tests.flow.uploads import EXE, PDF, picture

FORM: Final = """
<h1>Homework</h1>
<form class="card form" method="post" action="/notices/read" enctype="multipart/form-data">
  %s %s <input name="up_to" value="0" aria-label="up to"><button class="button">Send</button>
</form>
"""


@pytest.fixture
def page(sign_in: SignIn, tmp_path: Path) -> Page:
    """A page whose form has a picker; no page of the portal is needed for that."""
    page = sign_in("teacher@oakwood.example", viewport=PHONE)
    source = '{% from "files/picker.html" import picker %}{{ picker(most=3) }}'
    html = str(engines["jinja2"].from_string(source).render({}))
    token = '<input type="hidden" name="csrfmiddlewaretoken" value="">'
    page.evaluate(
        """html => {
            const { value } = document.querySelector("[name=csrfmiddlewaretoken]");
            document.getElementById("main").innerHTML = html;
            document.querySelector("main [name=csrfmiddlewaretoken]").value = value;
        }""",
        FORM % (token, html),
    )
    page.add_script_tag(url="/static/files.js", type="module")
    expect(page.locator("[data-ready]")).to_have_count(1)
    for name, content in {"a.pdf": PDF, "b.png": picture(), "evil.txt": EXE}.items():
        (tmp_path / name).write_bytes(content)
    return page


def choose(page: Page, folder: Path, *names: str) -> None:
    page.get_by_label("Files", exact=True).set_input_files([folder / name for name in names])


def test_files_go_up_at_once_and_stand_in_the_form(page: Page, tmp_path: Path) -> None:
    choose(page, tmp_path, "a.pdf", "b.png")
    rows = page.get_by_role("list", name="Chosen files").get_by_role("listitem")
    expect(rows).to_have_count(2)
    expect(page.locator("input[type=hidden][name=files]")).to_have_count(2)
    expect(page.get_by_role("progressbar")).to_have_count(0)
    keep_picture(page, "file-picker-phone")

    page.get_by_role("button", name="Remove a.pdf").press("Enter")
    expect(rows).to_have_count(1)
    expect(page.get_by_role("button", name="Remove b.png")).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="removed")).to_have_count(1)


def test_a_refused_file_says_why_and_holds_the_form(page: Page, tmp_path: Path) -> None:
    choose(page, tmp_path, "a.pdf")
    expect(page.locator("input[type=hidden][name=files]")).to_have_count(1)
    page.route("**/api/files", refuse)
    choose(page, tmp_path, "b.png")
    expect(page.get_by_role("alert")).to_contain_text("This type of file is not taken")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("button", name="Remove b.png")).to_be_focused()
    page.get_by_role("button", name="Remove b.png").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Send").click()


def test_the_form_waits_for_what_is_on_its_way(page: Page, tmp_path: Path) -> None:
    held: list[Route] = []
    page.route("**/api/files", lambda route: held.append(route))  # noqa: PLW0108 - a builtin will not do
    choose(page, tmp_path, "a.pdf")
    expect(page.get_by_role("progressbar")).to_have_count(1)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status").filter(has_text="as soon as")).to_have_count(1)
    with page.expect_request(lambda each: each.url.endswith("/notices/read")) as sent:
        held[0].continue_()
    body = sent.value.post_data_buffer or b""
    assert b'name="files"' in body
    assert b"%PDF" not in body


def test_no_more_than_so_many(page: Page, tmp_path: Path) -> None:
    for number in range(4):
        (tmp_path / f"{number}.pdf").write_bytes(PDF + os.urandom(4))
    choose(page, tmp_path, *(f"{number}.pdf" for number in range(4)))
    expect(page.get_by_role("listitem").filter(has_text=".pdf")).to_have_count(3)
    expect(page.get_by_role("status").filter(has_text="no more than 3")).to_have_count(1)


def refuse(route: Route) -> None:
    """As the server would."""
    route.fulfill(status=415, json={"errors": [], "detail": "Not taken."})
