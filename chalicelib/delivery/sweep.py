"""The sweep: every minute, settles what was left. It alone moves a claim that ran out.

ready, due and no message   its message is sent again
a wave that stood still     its expander is woken
a claim that ran out        settled as one in doubt, once the lane's grace is over too (`doubt.py`)
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.chunk import CLAIMED, OPEN_BUCKETS, READY, look_at, message_of
from chalicelib.delivery.chunks import chunks
from chalicelib.delivery.doubt import sent_again, settle_in_doubt
from chalicelib.delivery.lanes import LANES, Lane
from chalicelib.delivery.posts.sweep import look_after as look_after_posts
from chalicelib.delivery.pulses import Pulse, pulses
from chalicelib.delivery.watch import watch

WATCHED_AFTER = timedelta(seconds=45)
"""Most plans of the service lane are over before."""


class SweepFailed(Exception):
    """Some chunks or waves could not be looked after; the argument says how many."""


def sweep(*, wiring: Wiring) -> dict[str, int]:
    """One round over all lanes; answers how many chunks were sent again, settled, and how many waves woken.

    What fails for one chunk or wave keeps it from no other. Raises SweepFailed at the end of such a round,
    for the alarm; the next round tries again.
    """
    now = wiring.clock()
    done = Counter({"resent": 0, "settled": 0, "woken": 0, "stuck": 0, "read": 0, "failed": 0})
    for lane in LANES.values():
        for bucket in range(OPEN_BUCKETS):
            for state in chunks(wiring).unattended(lane.name, bucket, now=now):
                _count(done, partial(_attend, state, lane, now=now, wiring=wiring))
        for pulse, walking in pulses(wiring).unattended(lane.name, now=now):
            _count(done, partial(_wake, pulse, lane, walking=walking, now=now, wiring=wiring))
        for plan_id in pulses(wiring).plans(lane.name, made_before=now - WATCHED_AFTER):
            _count(done, partial(watch, plan_id, lane, now=now, wiring=wiring))
    look_after_posts(partial(_count, done), now=now, wiring=wiring)
    if any(done.values()):
        logger.info("swept", **done)
    if done["failed"]:
        raise SweepFailed(done["failed"])
    return dict(done)


def _count(done: Counter[str], attend: Callable[[], str]) -> None:
    try:
        what = attend()
    except Exception as error:  # noqa: BLE001 - the others must not wait for this one
        logger.failure("sweep-failed", error)
        what = "failed"
    if what:
        done[what] += 1


def _attend(state: Mapping[str, Any], lane: Lane, *, now: datetime, wiring: Wiring) -> str:
    """Looks after one open chunk; answers what was done, empty if somebody was faster."""
    plan_id, key, was = state["plan_id"], state["seq"], state["due_at"]
    if state["state"] == READY:
        look = chunks(wiring).look_again(plan_id, key, was=was, due_at=look_at(now.timestamp()))
        if look is None:
            return ""
        wiring.queues.send(lane.deliver_queue, message_of(plan_id, key, look=look))
        return "resent"
    chunk = chunks(wiring).read(plan_id, key)
    if chunk is None or chunk.state != CLAIMED:
        return ""
    if chunk.lease_until + lane.grace_for(chunk.channel, wiring.settings) > now.timestamp():
        return ""
    again = sent_again(chunk)
    return "settled" if settle_in_doubt(chunk, again=again, now=now, wiring=wiring) else ""


def _wake(pulse: Pulse, lane: Lane, *, walking: bool, now: datetime, wiring: Wiring) -> str:
    following = pulses(wiring).take(pulse, walking=walking, until=now.timestamp())
    if following is None:
        return ""
    wiring.queues.send(lane.expand_queue, following.message())
    return "woken"
