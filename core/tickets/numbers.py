"""Giving numbers to tickets: small, per centre, and none left out."""

from typing import Final

from django.db import connection

# The centre's row stays locked until the transaction ends: what is rolled back gives its number
# back, and the next in line takes it.
NEXT: Final = """
INSERT INTO tickets_ticketcounter AS counter (centre_id, last) VALUES (%s, 1)
ON CONFLICT (centre_id) DO UPDATE SET last = counter.last + 1
RETURNING last
"""


def next_number(centre_id: int) -> int:
    """The centre's next number, taken in the present transaction."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT, [centre_id])
        (number,) = cursor.fetchone()
    return int(number)
