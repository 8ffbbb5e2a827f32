"""TABLE: signing in, and what is one's own: password, second factor, sessions, language, centre."""

from typing import Final

from core.permissions.rule import ANYONE, ENROLLING, SIGNED_IN, Rule

RULES: Final[dict[str, Rule]] = {
    # the API
    "GET api/csrf/": ANYONE,
    "POST api/auth/login": ANYONE,
    "POST api/auth/logout": ENROLLING,
    "GET api/me": ENROLLING,
    "POST api/auth/token": ANYONE,
    "POST api/auth/token/refresh": ANYONE,
    "POST api/auth/password": SIGNED_IN,
    "POST api/auth/password/forgotten": ANYONE,
    "POST api/auth/password/reset": ANYONE,
    "GET api/auth/sign-ins": SIGNED_IN,
    "DELETE api/auth/sign-ins/<str:sign_in_id>": SIGNED_IN,
    "POST api/auth/sign-out-everywhere": ENROLLING,
    "GET api/auth/second-factor": ENROLLING,
    "POST api/auth/second-factor": ENROLLING,
    "POST api/auth/second-factor/confirm": ENROLLING,
    "POST api/auth/second-factor/off": SIGNED_IN,
    "POST api/auth/second-factor/recovery-codes": SIGNED_IN,
    # pages
    "GET sign-in": ANYONE,
    "POST sign-in": ANYONE,
    "GET sign-in/code": ANYONE,
    "POST sign-in/code": ANYONE,
    "POST sign-out": ENROLLING,
    "GET password/forgotten": ANYONE,
    "POST password/forgotten": ANYONE,
    "GET password/new": ANYONE,
    "POST password/new": ANYONE,
    "GET account": SIGNED_IN,
    "GET account/password": SIGNED_IN,
    "POST account/password": SIGNED_IN,
    "GET account/second-factor": ENROLLING,
    "POST account/second-factor": ENROLLING,
    "POST account/second-factor/confirm": ENROLLING,
    "POST account/second-factor/off": SIGNED_IN,
    "POST account/second-factor/codes": SIGNED_IN,
    "POST account/sign-ins/<str:sign_in_id>/end": SIGNED_IN,
    "POST account/sign-out-everywhere": ENROLLING,
    "POST centre": SIGNED_IN,
    "POST language": ANYONE,
}
