"""TABLE: centres, their terms and holidays."""

from typing import Final

from core.permissions.rule import ADMINS, ANYONE, MEMBER, OPERATOR, Rule

RULES: Final[dict[str, Rule]] = {
    # the API
    "GET api/centre": MEMBER,
    "PATCH api/centre": ADMINS,
    "GET api/ops/centres": OPERATOR,
    "POST api/ops/centres": OPERATOR,
    "PATCH api/ops/centres/<int:centre_id>": OPERATOR,
    "GET api/terms": MEMBER,
    "POST api/terms": ADMINS,
    "PATCH api/terms/<int:term_id>": ADMINS,
    "DELETE api/terms/<int:term_id>": ADMINS,
    "GET api/holidays": MEMBER,
    "POST api/holidays": ADMINS,
    "PATCH api/holidays/<int:closed_day_id>": ADMINS,
    "DELETE api/holidays/<int:closed_day_id>": ADMINS,
    # pages
    "GET centre.css": ANYONE,
    "GET centre-settings": ADMINS,
    "POST centre-settings": ADMINS,
    "GET ops/centres": OPERATOR,
    "GET ops/centres/new": OPERATOR,
    "POST ops/centres/new": OPERATOR,
    "GET ops/centres/<int:centre_id>": OPERATOR,
    "POST ops/centres/<int:centre_id>": OPERATOR,
    "POST ops/centres/<int:centre_id>/admins": OPERATOR,
    "GET calendar": MEMBER,
    "GET calendar/terms/new": ADMINS,
    "POST calendar/terms/new": ADMINS,
    "GET calendar/terms/<int:term_id>": ADMINS,
    "POST calendar/terms/<int:term_id>": ADMINS,
    "POST calendar/terms/<int:term_id>/remove": ADMINS,
    "GET calendar/holidays/new": ADMINS,
    "POST calendar/holidays/new": ADMINS,
    "GET calendar/holidays/<int:closed_day_id>": ADMINS,
    "POST calendar/holidays/<int:closed_day_id>": ADMINS,
    "POST calendar/holidays/<int:closed_day_id>/remove": ADMINS,
}
