"""What operators ask for: which dead letters, and what to do with them."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictBool, StrictInt, StringConstraints

from core.http.bodies import STORABLE, Given, Moment

MOST = 10_000  # letters at a time


Text = Annotated[str, StringConstraints(max_length=300), STORABLE]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), STORABLE]
Limit = Annotated[StrictInt, Field(ge=1, le=MOST, description="how many letters at most")]


class LetterFilter(Given):
    """Which dead letters are meant: those that fit all that is given."""

    group: Annotated[Text | None, Field(description="`id` of a group")] = None
    handler: Text | None = None
    cause: Annotated[Text | None, Field(description="as the groups tell it")] = None
    centre: Annotated[Text | None, Field(description="id of a centre")] = None
    event_id: UUID | None = None
    died_after: Moment | None = None
    died_before: Moment | None = None


class RedriveOrder(Given):
    """Dead letters to run again, the oldest first."""

    filter: LetterFilter = LetterFilter()
    dry_run: Annotated[StrictBool, Field(description="only count")] = False
    limit: Limit = 1000
    canary: Annotated[
        StrictBool, Field(description="one alone first; the others follow if it ends well")
    ] = True
    include_unknown: Annotated[
        StrictBool,
        Field(description="also confidential mails that may have arrived: they may come twice"),
    ] = False
    reason: Reason = ""


class DiscardOrder(Given):
    """Dead letters to give up for good."""

    filter: LetterFilter = LetterFilter()
    dry_run: Annotated[StrictBool, Field(description="only count")] = False
    limit: Limit = 1000
    reason: Annotated[Reason, Field(min_length=1)]


class PauseOrder(Given):
    """Why a queue is to rest."""

    reason: Reason = ""
