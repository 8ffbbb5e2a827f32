"""TABLE: the help desk; that others' are not there for who is no staff: core/tickets/queries.py."""

from typing import Final

from core.permissions.rule import ADMINS, MEMBER, OFFICE, Rule

RULES: Final[dict[str, Rule]] = {
    # the API
    "GET api/tickets": MEMBER,
    "POST api/tickets": MEMBER,
    "GET api/tickets/<int:ticket_id>": MEMBER,
    "PATCH api/tickets/<int:ticket_id>": OFFICE,
    "GET api/tickets/<int:ticket_id>/comments": MEMBER,
    "POST api/tickets/<int:ticket_id>/comments": MEMBER,
    "GET api/tickets/<int:ticket_id>/history": MEMBER,
    "POST api/tickets/<int:ticket_id>/assign": OFFICE,
    "POST api/tickets/<int:ticket_id>/resolve": MEMBER,
    "POST api/tickets/<int:ticket_id>/reopen": MEMBER,
    "GET api/ticket-assignees": OFFICE,
    "GET api/ticket-categories": MEMBER,
    "POST api/ticket-categories": ADMINS,
    "PATCH api/ticket-categories/<int:category_id>": ADMINS,
    # pages
    "GET tickets": MEMBER,
    "GET tickets/new": MEMBER,
    "POST tickets/new": MEMBER,
    "GET tickets/<int:ticket_id>": MEMBER,
    "POST tickets/<int:ticket_id>": MEMBER,
    "POST tickets/<int:ticket_id>/assign": OFFICE,
    "GET tickets/<int:ticket_id>/edit": OFFICE,
    "POST tickets/<int:ticket_id>/edit": OFFICE,
    "GET tickets/categories": ADMINS,
    "POST tickets/categories": ADMINS,
    "POST tickets/categories/<int:category_id>": ADMINS,
}
