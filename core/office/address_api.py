"""Another email address over HTTP."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from ninja import Router

from core.access import new_address
from core.access.caller import caller_of
from core.office.bodies import AddressGiven
from core.people.signed_in import signed_in

router = Router(tags=["people"])


@router.post(
    "me/email",
    response={202: None},
    operation_id="ask_for_address",
    summary="Change one's email address",
)
def ask_for_address(request: HttpRequest, given: AddressGiven) -> HttpResponse:
    """Mails a link to the new address, which applies it. It says the same for one that is taken.

    429 after five mails within an hour, and after too many wrong passwords.
    """
    new_address.ask_for_address(
        email=given.email,
        password=given.password,
        by=signed_in(request),
        caller=caller_of(request),
    )
    return HttpResponse(status=HTTPStatus.ACCEPTED)
