"""Identifiers: random for people, time-ordered for what is listed by time, and shards."""

import secrets
from datetime import datetime

SHARDS = 64


def random_id() -> str:
    """32 hex characters, random: a subscriber's id. Its top 6 bits are the shard."""
    return secrets.token_hex(16)


def time_ordered_id(moment: datetime) -> str:
    """32 hex characters that sort by time, to the microsecond.

    48 bits of milliseconds, 12 of the microseconds within, 68 random: UUIDv7's layout with its increased
    clock precision (RFC 9562, section 6.2, method 3), without the version bits.
    """
    milliseconds, microseconds = divmod(int(moment.timestamp()) * 1_000_000 + moment.microsecond, 1000)
    return f"{milliseconds:012x}{microseconds:03x}{secrets.token_hex(9)[1:]}"


def shard_of(subscriber_id: str) -> int:
    """The shard, 0 to 63, of a subscriber id: its top 6 bits."""
    return int(subscriber_id[:2], 16) >> 2


def sharded(name: str, shard: int) -> str:
    """The partition key of one shard of a thing: `roads#07`."""
    return f"{name}#{shard:02d}"


def is_id(text: str) -> bool:
    """Whether text has the form of an id: 32 lower-case hex characters."""
    return len(text) == 32 and all(c in "0123456789abcdef" for c in text)
