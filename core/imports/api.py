"""Imports over HTTP."""

from http import HTTPStatus
from typing import Final

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import File, Query, Router, Status
from ninja.files import UploadedFile

from core.http.lists import Order, Page, Wanted, read_page
from core.http.problems import problem
from core.imports import actions, queries
from core.imports.bodies import ImportRowTold, ImportTold, RunGiven
from core.imports.models import ImportRow, PeopleImport, RowOutcome
from core.imports.reading import is_table
from core.imports.report import report_of
from core.people.acting import acting

router = Router(tags=["imports"])

LATEST_FIRST: Final = Order(PeopleImport, "-created_at", "-id")
AS_IN_THE_FILE: Final = Order(ImportRow, "number")
NO_TABLE: Final = "Only CSV and XLSX files can be imported."


class RowsWanted(Wanted):
    """Which rows are asked for."""

    outcome: RowOutcome | None = None


def read_upload(file: UploadedFile) -> bytes | None:
    """The bytes of an uploaded table; None for what is none, RequestDataTooBig for too many."""
    if (file.size or 0) > actions.LARGEST:
        raise RequestDataTooBig
    content = file.read()
    return content if not content or is_table(content) else None


@router.get("imports", response=Page[ImportTold], operation_id="list_imports", summary="Imports")
def list_imports(request: HttpRequest, wanted: Query[Wanted]) -> Page[ImportTold]:
    """The imports of the centre, the latest first."""
    page = read_page(queries.imports_of(acting(request)), LATEST_FIRST, wanted, lambda each: each)
    standings = queries.standings_of(page.items)
    return Page(
        items=[ImportTold.of(each, standings[each.pk]) for each in page.items], next=page.next
    )


@router.post(
    "imports",
    response={201: ImportTold},
    operation_id="upload_import",
    summary="Upload a file of people",
)
def upload_import(
    request: HttpRequest, file: File[UploadedFile]
) -> Status[ImportTold] | HttpResponse:
    """Has a CSV or XLSX file of up to 5 MB looked through; nothing is written before it is run."""
    content = read_upload(file)
    if content is None:
        return problem(request, HTTPStatus.UNSUPPORTED_MEDIA_TYPE, NO_TABLE)
    made = actions.upload_import(file_name=file.name or "", content=content, by=acting(request))
    return Status(201, _told(request, made.pk))


@router.get(
    "imports/{int:import_id}", response=ImportTold, operation_id="get_import", summary="An import"
)
def get_import(request: HttpRequest, import_id: int) -> ImportTold:
    """How an import stands; once it was looked through, how many rows would do what."""
    return _told(request, import_id)


@router.get(
    "imports/{int:import_id}/rows",
    response=Page[ImportRowTold],
    operation_id="list_import_rows",
    summary="Rows of an import",
)
def list_rows(
    request: HttpRequest, import_id: int, wanted: Query[RowsWanted]
) -> Page[ImportRowTold]:
    """What each row of the file would do, or did; or why it is refused."""
    found = queries.get_import(import_id, by=acting(request))
    rows = queries.rows_of(found, wanted.outcome.value if wanted.outcome else "")
    return read_page(rows, AS_IN_THE_FILE, wanted, ImportRowTold.of)


@router.post(
    "imports/{int:import_id}/run",
    response=ImportTold,
    operation_id="run_import",
    summary="Carry an import out",
)
def run_import(request: HttpRequest, import_id: int, given: RunGiven) -> ImportTold:
    """Starts the job that writes all rows but the refused. 409 before it was looked through.

    People who have an account elsewhere are always asked by mail, and never join unasked. A student
    who has left a class since is enrolled there again only with `moves`.
    """
    actions.start_import(
        import_id=import_id, invites=given.invite, moves=given.moves, by=acting(request)
    )
    return _told(request, import_id)


@router.get(
    "imports/{int:import_id}/report",
    operation_id="get_import_report",
    summary="Report of an import",
    openapi_extra={
        "responses": {
            200: {
                "description": "A CSV file",
                "content": {"text/csv": {"schema": {"type": "string"}}},
            }
        }
    },
)
def get_report(request: HttpRequest, import_id: int) -> StreamingHttpResponse:
    """All rows as a CSV file, each with its outcome and what is wrong with it.

    404 once they are gone, thirty days after the import ended.
    """
    return report_file(queries.get_import(import_id, by=acting(request)))


def report_file(found: PeopleImport) -> StreamingHttpResponse:
    """The report to be saved."""
    answer = StreamingHttpResponse(
        list(report_of(queries.rows_to_save(found))), content_type="text/csv; charset=utf-8"
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="import-{found.pk}.csv"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _told(request: HttpRequest, import_id: int) -> ImportTold:
    found = queries.get_import(import_id, by=acting(request))
    return ImportTold.of(found, queries.standing_of(found))
