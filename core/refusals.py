"""The ways in which the portal says no. Whoever cannot do as asked raises one of these."""


class NotAllowedError(Exception):
    """The actor's roles do not allow this, in their own centre."""


class NotFoundError(Exception):
    """There is no such thing, as far as the actor may know."""


class NotSignedInError(Exception):
    """Who asks has not shown who they are, or not well enough."""


class TryLaterError(Exception):
    """It was tried too often; `seconds` says when to come again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Too many tries. Try again in {seconds} seconds.")
        self.seconds = seconds


class ConflictError(Exception):
    """The thing is not in a state in which this can be done."""


class TooLargeError(Exception):
    """More was sent than is taken."""


class WrongTypeError(Exception):
    """A file is not of a type that is taken, or not of the type that its name says."""


class InvalidError(Exception):
    """What was given for a field cannot be.

    `loc` names the field as clients send it, in the body unless `source` says "query"; `msg` tells
    a person what would be right.
    """

    def __init__(self, loc: str, msg: str, *, source: str = "body") -> None:
        super().__init__(msg)
        self.loc = loc
        self.msg = msg
        self.source = source
