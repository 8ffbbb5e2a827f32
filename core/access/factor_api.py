"""The second factor over HTTP."""

from django.http import HttpRequest
from django.views.decorators.cache import never_cache
from ninja import Router
from ninja.responses import Status

from core.access import identity, second_factor
from core.access.bodies import CodeGiven, RecoveryCodes, SecondFactorTold, SecretTold
from core.access.caller import caller_of
from core.access.entering import present_place
from core.people.acting import own_memberships
from core.people.signed_in import signed_in

router = Router(tags=["signing in"])
router.add_decorator(never_cache, mode="view")  # answers hold secrets


@router.get(
    "auth/second-factor",
    response=SecondFactorTold,
    operation_id="get_second_factor",
    summary="One's second factor",
)
def get_second_factor(request: HttpRequest) -> SecondFactorTold:
    """Whether signing in asks for a code, and whether this person's role asks for that."""
    user = signed_in(request)
    return SecondFactorTold(
        is_on=second_factor.is_on(user),
        is_required=second_factor.is_required(user, own_memberships(request)),
        recovery_codes_left=second_factor.count_recovery_codes(user),
    )


@router.post(
    "auth/second-factor",
    response={201: SecretTold},
    operation_id="begin_second_factor",
    summary="Begin with a second factor",
)
def begin_second_factor(request: HttpRequest) -> Status[SecretTold]:
    """Makes a secret for an authenticator app. It counts once it is confirmed with a code.

    409 while another counts: turn that off first.
    """
    device = second_factor.begin(by=signed_in(request))
    told = SecretTold(
        secret=second_factor.secret_of(device).replace(" ", ""),
        url=device.config_url,
        qr_svg=second_factor.picture_of(device),
    )
    return Status(201, told)


@router.post(
    "auth/second-factor/confirm",
    response=RecoveryCodes,
    operation_id="confirm_second_factor",
    summary="Confirm a second factor",
)
def confirm_second_factor(request: HttpRequest, given: CodeGiven) -> RecoveryCodes:
    """Turns it on, tells the recovery codes this once, and ends all other sign-ins.

    409 when none was begun, 422 for a wrong code.
    """
    user, keep = signed_in(request), present_place(request)
    codes = second_factor.confirm(by=user, code=given.code, keep=keep)
    return RecoveryCodes(recovery_codes=codes)


@router.post(
    "auth/second-factor/off",
    response=SecondFactorTold,
    operation_id="turn_off_second_factor",
    summary="Turn a second factor off",
)
def turn_off_second_factor(request: HttpRequest, given: CodeGiven) -> SecondFactorTold:
    """Signing in asks for no code any more. Takes one last code: 422 for a wrong one."""
    _check(request, given)
    second_factor.turn_off(by=signed_in(request))
    return get_second_factor(request)


@router.post(
    "auth/second-factor/recovery-codes",
    response=RecoveryCodes,
    operation_id="renew_recovery_codes",
    summary="New recovery codes",
)
def renew_recovery_codes(request: HttpRequest, given: CodeGiven) -> RecoveryCodes:
    """Replaces the recovery codes, and tells the new ones this once. Takes a code."""
    _check(request, given)
    return RecoveryCodes(recovery_codes=second_factor.renew_recovery_codes(by=signed_in(request)))


def _check(request: HttpRequest, given: CodeGiven) -> None:
    """Raises InvalidError for a wrong code, ConflictError where there is no second factor."""
    identity.confirm_code(user=signed_in(request), code=given.code, caller=caller_of(request))
