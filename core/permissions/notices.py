"""TABLE: what people are told, and want to be."""

from typing import Final

from core.permissions.rule import ADMINS, ANYONE, OFFICE, SIGNED_IN, Rule

RULES: Final[dict[str, Rule]] = {
    # the API
    "GET api/notices": SIGNED_IN,
    "POST api/notices/read": SIGNED_IN,
    "GET api/notice-preferences": SIGNED_IN,
    "PUT api/notice-preferences": SIGNED_IN,
    "GET api/notices/unread": SIGNED_IN,
    "POST api/notices/<int:notice_id>/read": SIGNED_IN,
    "POST api/notices/<int:notice_id>/unread": SIGNED_IN,
    "GET api/notice-preferences/digest": SIGNED_IN,
    "PUT api/notice-preferences/digest": SIGNED_IN,
    "GET api/quiet-hours": ADMINS,
    "PUT api/quiet-hours": ADMINS,
    "POST api/quiet-hours/bypass": OFFICE,
    # pages
    "GET notices": SIGNED_IN,
    "POST notices/read": SIGNED_IN,
    "POST notices/<int:notice_id>/mark": SIGNED_IN,
    "GET preferences": SIGNED_IN,
    "POST preferences": SIGNED_IN,
    "GET quiet-hours": ADMINS,
    "POST quiet-hours": ADMINS,
    "GET unsubscribe/<str:token>": ANYONE,
    "POST unsubscribe/<str:token>": ANYONE,
    "POST unsubscribe/<str:token>/undo": ANYONE,
}
