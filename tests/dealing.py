"""Which process runs which tests: a file in one, and all that use the running stack in the same."""

from typing import Any, Final

from xdist.scheduler import LoadFileScheduling

THE_STACK: Final = "the stack"
# To start a stack takes longer than what most of these ask of it.
ON_THE_STACK: Final = (
    "tests/browser/",
    "tests/flow/test_uploads.py",
    "tests/flow/test_watched_stack.py",
    "tests/flow/test_whole_way.py",
)
ON_THEIR_OWN: Final = "tests/browser/test_ops_journey.py"  # it has another stack, and mostly waits
# TABLE: what takes longest, so that no process is left alone with it at the end.
FIRST: Final = (
    THE_STACK,
    ON_THEIR_OWN,
    "tests/flow/test_permission_walk.py",
    "tests/flow/test_alive.py",
    "tests/flow/test_reports_stand_still.py",
    "tests/flow/test_query_counts.py",
)


class OneStack(LoadFileScheduling):  # type: ignore[misc]
    """Deals out files, the longest first; those on the stack as if they were one."""

    def _split_scope(self, nodeid: str) -> str:
        on_it = nodeid.startswith(ON_THE_STACK) and not nodeid.startswith(ON_THEIR_OWN)
        return THE_STACK if on_it else str(super()._split_scope(nodeid))

    def _assign_work_unit(self, node: Any) -> None:
        for scope in reversed(FIRST):
            if scope in self.workqueue:
                self.workqueue.move_to_end(scope, last=False)
        super()._assign_work_unit(node)
