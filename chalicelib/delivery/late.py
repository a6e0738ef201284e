"""Whom a plan was sent to before: an extending wave, or a wave's later pass, passes over them.

The deliveries of a plan's shard are sorted by subscriber, as the audience is, so both are read side by side,
in constant memory. Those that the extension itself made do not count: a person may get it on two channels.
A later pass goes by its own channel alone: on the other one, a person may have been held or not.
"""

from collections.abc import Iterator

from chalicelib.core.wiring import Wiring
from chalicelib.delivery.beside import Beside
from chalicelib.delivery.chunk import root_of
from chalicelib.delivery.deliveries import deliveries
from chalicelib.delivery.plan import CHANNEL_CHUNKS, Wave


def is_earlier(chunk: str, firsts: list[int]) -> bool:
    """Whether a chunk was made before its channel's number in `firsts`. Pure."""
    root = root_of(chunk)
    return bool(firsts) and root < firsts[root // CHANNEL_CHUNKS]


class Earlier:
    """Those with a delivery from before a wave or a pass; asked in ascending order of subscriber ids."""

    def __init__(self, plan_id: str, wave: Wave, *, wiring: Wiring) -> None:
        self._plan_id = plan_id
        self._firsts = wave.firsts
        self._channel = wave.channel if wave.passes else ""
        self._wiring = wiring
        self._those = Beside(self._read)

    def holds(self, subscriber_id: str) -> bool:
        """Whether the plan was sent to this person before the wave; no request for a first pass."""
        return bool(self._firsts or self._channel) and self._those.of(subscriber_id) is not None

    def _read(self, shard: int, start: str) -> Iterator[tuple[str, bool]]:
        rows = deliveries(self._wiring).of_shard(
            self._plan_id, shard, after=start, fields=("subscriber_channel", "chunk")
        )
        for item in rows:
            subscriber_id, _, channel = item["subscriber_channel"]["S"].partition("#")
            if channel == self._channel or is_earlier(item["chunk"]["S"], self._firsts):
                yield subscriber_id, True
