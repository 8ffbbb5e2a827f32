"""The benchmark's settings, with an event and a handler that does nothing with it."""

from tests.bench.settings import *  # noqa: F403

EVENT_SUBSCRIPTIONS = "tests.bench.sizes.subject.SUBSCRIPTIONS"
