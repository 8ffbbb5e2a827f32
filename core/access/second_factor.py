"""The second factor: an app that shows codes, and recovery codes for the day it is lost."""

import re
import secrets
from collections.abc import Iterable
from io import BytesIO
from typing import Final

import segno
from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from core.access import sign_outs
from core.access.entries import note
from core.isolation.scope import everywhere
from core.people.models import Membership, Role, User
from core.refusals import ConflictError, InvalidError

WRONG_CODE: Final = "The code is wrong, or was used before."
APP: Final = "authenticator app"
RECOVERY_CODES: Final = 10
# No letter that looks like another; 10 of them are 50 bits.
ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
APP_CODE: Final = re.compile(r"[0-9]{6}", re.ASCII)
GAPS: Final = re.compile(r"[\s-]+")


def is_on(user: User) -> bool:
    """Whether signing in asks them for a code."""
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def is_required(user: User, memberships: Iterable[Membership]) -> bool:
    """Whether they must have one: who runs or watches the system, and centre admins.

    As far as the settings say so.
    """
    return settings.REQUIRE_SECOND_FACTOR and (
        user.watches or any(Role.ADMIN in each.roles for each in memberships)
    )


def is_missing(user: User, memberships: Iterable[Membership]) -> bool:
    """Whether they must have one and do not; asks the database only about those who must."""
    return is_required(user, memberships) and not is_on(user)


def missing_among(users: list[User]) -> set[int]:
    """The ids of those who must have one and do not."""
    if not settings.REQUIRE_SECOND_FACTOR:
        return set()
    ids = [user.pk for user in users]
    with everywhere():
        admins = Membership.objects.filter(user_id__in=ids, roles__contains=[Role.ADMIN])
        must = set(admins.values_list("user_id", flat=True))
    must |= {user.pk for user in users if user.watches}
    have = TOTPDevice.objects.filter(user_id__in=must, confirmed=True)
    return must - set(have.values_list("user_id", flat=True))


def count_recovery_codes(user: User) -> int:
    """How many they have left."""
    return int(StaticToken.objects.filter(device__user=user).count())


@transaction.atomic
def begin(*, by: User) -> TOTPDevice:
    """A new secret for their app, which counts once they have confirmed it with a code.

    Raises ConflictError while another one counts.
    """
    User.objects.select_for_update().get(pk=by.pk)  # two at once would leave two secrets
    if is_on(by):
        raise ConflictError("A second factor is on already: turn it off first.")
    TOTPDevice.objects.filter(user=by, confirmed=False).delete()
    return TOTPDevice.objects.create(user=by, name=APP, confirmed=False)


def begun(user: User) -> TOTPDevice | None:
    """The secret that waits for its confirmation."""
    return TOTPDevice.objects.filter(user=user, confirmed=False).first()


@transaction.atomic
def confirm(*, by: User, code: str, keep: sign_outs.Kept) -> list[str]:
    """Have the secret count from now on, and return the recovery codes.

    Whoever signed in without a code must do so again. Raises InvalidError for a wrong code,
    ConflictError where none was begun.
    """
    device = TOTPDevice.objects.select_for_update().filter(user=by, confirmed=False).first()
    if device is None:
        raise ConflictError("Begin with a new secret first.")
    if not _is_from_app(device, plain(code)):
        raise InvalidError("code", WRONG_CODE)
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    codes = _write_recovery_codes(by)
    sign_outs.end_all(user=by, keep=keep)
    note("second_factor.on", user=by, by=by.pk)
    return codes


@transaction.atomic
def turn_off(*, by: User) -> None:
    """Sign-ins ask for no code any more. The caller has checked one. Raises ConflictError."""
    gone, _ = TOTPDevice.objects.filter(user=by, confirmed=True).delete()
    if not gone:
        raise ConflictError("There is no second factor to turn off.")
    StaticDevice.objects.filter(user=by).delete()
    note("second_factor.off", user=by, by=by.pk)


@transaction.atomic
def renew_recovery_codes(*, by: User) -> list[str]:
    """New recovery codes in place of the old ones. The caller has checked a code."""
    note("second_factor.codes_renewed", user=by, by=by.pk)
    return _write_recovery_codes(by)


@transaction.atomic
def use_code(*, user: User, code: str) -> bool:
    """Whether the code is right; each counts once, also when it comes twice at the same time."""
    given = plain(code)
    if not APP_CODE.fullmatch(given):
        return _use_recovery_code(user, given)
    devices = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True)
    return any(_is_from_app(device, given) for device in devices)


def _is_from_app(device: TOTPDevice, code: str) -> bool:
    return bool(APP_CODE.fullmatch(code)) and bool(device.verify_token(code))


def _use_recovery_code(user: User, code: str) -> bool:
    device = StaticDevice.objects.select_for_update().filter(user=user).first()
    return device is not None and bool(device.verify_token(_kept_form(user, code)))


def _write_recovery_codes(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery codes")
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(
        StaticToken(device=device, token=_kept_form(user, code)) for code in codes
    )
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _kept_form(user: User, code: str) -> str:
    """What the database has of a recovery code: a keyed hash, as long as its column is."""
    salt = f"core.access.recovery.{user.pk}"
    return salted_hmac(salt, code, algorithm="sha256").hexdigest()[:16]


def plain(code: str) -> str:
    """The code without the gaps that make it readable."""
    return GAPS.sub("", code).lower()


def picture_of(device: TOTPDevice) -> str:
    """The secret as a QR code: an SVG element without a style."""
    out = BytesIO()
    segno.make(device.config_url, error="m").save(
        out, kind="svg", xmldecl=False, svgns=True, scale=4, border=4, dark="#000", light="#fff"
    )
    return out.getvalue().decode()


def secret_of(device: TOTPDevice) -> str:
    """The secret for typing: the URL's, in groups of four."""
    secret = device.config_url.partition("secret=")[2].partition("&")[0]
    return " ".join(secret[begin : begin + 4] for begin in range(0, len(secret), 4))
