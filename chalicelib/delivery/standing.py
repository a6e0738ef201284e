"""Whether a chunk may go: its plan is sending, and its lane not halted.

What was seen to hold is taken to hold for a while: of the plan for two seconds, of the lane, which alerts
halt, for half a second. After that nothing is read: the claim itself checks both, so that the usual chunk
costs no request for it, and none is claimed that was stopped before.
"""

from chalicelib.core.dynamo import Item
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.chunk import Chunk
from chalicelib.delivery.halts import halts
from chalicelib.delivery.plans import plans


class Stopped(Exception):
    """The plan is not sending, or its lane is halted; nothing was claimed."""


def checks(chunk: Chunk, *, wiring: Wiring) -> list[Item]:
    """The conditions for the claim; none while both are known to hold."""
    now, lane, channel = wiring.clock().timestamp(), chunk.lane, chunk.channel
    sending = plans(wiring).known_sending(chunk.plan_id)
    if sending and halts(wiring).known_quiet(lane, channel, now=now):
        return []
    return [plans(wiring).sending(chunk.plan_id), halts(wiring).quiet(lane, channel, now=now)]


def held(chunk: Chunk, *, wiring: Wiring) -> None:
    """A claim with both checks went through."""
    plans(wiring).saw_sending(chunk.plan_id)
    halts(wiring).saw_quiet(chunk.lane, chunk.channel)


def stopped(chunk: Chunk, *, wiring: Wiring) -> None:
    """A check did not hold: what the process had kept of plan and lane is read anew."""
    plans(wiring).state(chunk.plan_id, fresh=True)
    halts(wiring).forget(chunk.lane, chunk.channel)
