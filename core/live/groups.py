"""Channels groups in bulk: a thousand streams in one round trip, where Channels takes two for each.

Keys and members are Channels' own, so `group_send` reaches the same members.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

CHUNK: Final = 1_000  # groups in one script: about 1 ms of Redis' time
STAY: Final = 30  # seconds for which a join holds; hubs join anew at each heartbeat

# Redis' own clock, so that the hosts' clocks need not agree.
JOIN: Final = """
local now = redis.call('TIME')[1]
for _, group in ipairs(KEYS) do
    redis.call('ZADD', group, now, ARGV[1])
    redis.call('EXPIRE', group, ARGV[2])
end
"""

MEMBERS: Final = """
local oldest = redis.call('TIME')[1] - ARGV[1]
local found = {}
for place, group in ipairs(KEYS) do
    for _, channel in ipairs(redis.call('ZRANGEBYSCORE', group, oldest, '+inf')) do
        found[#found + 1] = place
        found[#found + 1] = channel
    end
end
return found
"""


def group_of(stream: str) -> str:
    """The name of a stream's group, in the characters that Channels allows."""
    return "live." + stream.replace(":", ".")


def chunks(streams: Iterable[str]) -> Iterator[list[str]]:
    """The streams in portions that one script takes."""
    waiting = iter(streams)
    while chunk := list(islice(waiting, CHUNK)):
        yield chunk


async def join(layer: Any, streams: Iterable[str], channel: str) -> None:
    """Make the channel a member of each stream's group for the next STAY seconds."""
    for chunk in chunks(streams):
        keys = [_key(layer, stream) for stream in chunk]
        await layer.connection(0).eval(JOIN, len(keys), *keys, channel, STAY)


async def members(layer: Any, streams: list[str]) -> dict[str, list[str]]:
    """For each channel that watches any of up to CHUNK streams, which of them it watches."""
    keys = [_key(layer, stream) for stream in streams]
    found = await layer.connection(0).eval(MEMBERS, len(keys), *keys, STAY)
    watched = defaultdict(list)
    for place, channel in zip(found[::2], found[1::2], strict=True):
        watched[channel.decode()].append(streams[place - 1])
    return dict(watched)


def _key(layer: Any, stream: str) -> str:
    return f"{layer.prefix}:group:{group_of(stream)}"
