"""What keeps the embedded stack from running, told in one message."""


class ProblemError(Exception):
    """The stack cannot start here; nothing was started."""

    exit_code = 2


class ProgramFailedError(ProblemError):
    """A program of the stack did not come up; everything else is stopped again."""

    exit_code = 1
