"""Weekly caps: at most so many newsletters of a department to one person on one channel in seven days.

What a person got is read from the deliveries of the department's own plans, side by side with the audience:
no request for any one person, and none at all where there is no cap. A plan is entered in its department's
list whenever it begins to send: launched, extended, let go on, or with a further pass before it.

A delivery counts from the end of the pass that made it: nobody is written to too early. And so that two plans
cannot both be the last that a person may get, the department's plans go out one after the other on a channel:
one waits while an older one walks its audience, and while another's messages are on their way.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from chalicelib.core.clock import epoch, parse_rfc3339
from chalicelib.core.dynamo import Item, marshal, query
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.beside import Beside
from chalicelib.delivery.choose import NEWSLETTER
from chalicelib.delivery.chunk import root_of
from chalicelib.delivery.deliveries import deliveries
from chalicelib.delivery.passes import HOLD
from chalicelib.delivery.plan import CHANNEL_CHUNKS, SENDING, PlanHead, PlanState, Wave
from chalicelib.delivery.plans import plans
from chalicelib.delivery.progress import OUTCOMES, total

WEEK = timedelta(days=7)
LISTED = WEEK + HOLD
"""A plan's next pass begins within so long after it was entered, and what people got counts a week more."""

MOST = 40
"""Plans of a department that are counted, the newest first."""

STREAM_PAGE = 200
"""Deliveries read at once of each of them."""


class Stint(NamedTuple):
    """What a plan made on a channel in one go: chunks below `end`, sent by `ended_at` (epoch seconds)."""

    end: int
    ended_at: float


class Other(NamedTuple):
    """Another plan of the department, as it stands on a channel."""

    plan_id: str
    stints: Sequence[Stint]
    walking: bool
    waiting: int


def stints(waves: Sequence[Wave], state: PlanState, *, now: float) -> list[Stint]:
    """What the waves of a channel made, in order. Pure. What is still under way ends now."""
    found = []
    for wave in waves:
        found += [Stint(one.chunks, one.ended_at) for one in wave.passes]
        ended_at = wave.paced_until if wave is not waves[-1] else _closed_at(state, now)
        found.append(Stint(wave.next_chunk, ended_at))
    return found


def _closed_at(state: PlanState, now: float) -> float:
    return parse_rfc3339(state.closed_at).timestamp() if state.closed_at else now


def sent_at(chunk: int, of: Sequence[Stint]) -> float:
    """When a chunk was sent at the latest, by its number on the channel (epoch seconds). Pure."""
    place = bisect_right(of, chunk, key=lambda stint: stint.end)
    return of[min(place, len(of) - 1)].ended_at


def free_at(times: Sequence[float], cap: int, *, now: float) -> float:
    """When somebody who got something at these times may get more (epoch seconds); 0.0: now. Pure."""
    week = WEEK.total_seconds()
    counted = sorted(at for at in times if at + week > now)
    return counted[-cap] + week if len(counted) >= cap else 0.0


def waits(plan_id: str, others: Sequence[Other]) -> bool:
    """Whether a plan must wait for another of its department on a channel. Pure."""
    return any(one.waiting or (one.walking and one.plan_id < plan_id) for one in others)


def entering(head: PlanHead, *, now: datetime, wiring: Wiring) -> list[Item]:
    """Enters a plan in its department's list, or anew, for a transaction; nothing for what no cap counts."""
    if head.mode != "live" or head.scope != NEWSLETTER or not head.department:
        return []
    entry = {
        "plan_id": _list(head.department),
        "part": head.plan_id,
        "entered_at": epoch(now),
        "expires_at": epoch(now + LISTED),
    }
    return [plans(wiring).put(marshal(entry))]


def listed(department: str, *, wiring: Wiring) -> list[str]:
    """The plans of a department's list, the newest first: those that entered it in the last weeks."""
    items = query(
        wiring.dynamodb,
        TableName=wiring.settings.table("plans"),
        KeyConditionExpression="plan_id = :list",
        ExpressionAttributeValues=marshal({":list": _list(department)}),
    )
    return sorted((item["part"]["S"] for item in items), reverse=True)[:MOST]


def _list(department: str) -> str:
    return f"department#{department}"


class Others:
    """The other plans of departments, as they stand. What is closed does not change, and is kept."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._closed: dict[tuple[str, int, str], Other] = {}

    def of(self, head: PlanHead, channel: str, *, now: datetime) -> list[Other]:
        """Those that may have sent to somebody on a channel in the week before now, the newest first."""
        entries = self._entries(head.department, since=epoch(now - LISTED))
        newest = sorted(((at, one) for at, one in entries if one != head.plan_id), reverse=True)[:MOST]
        found = (self._other(plan_id, at, channel, now=now.timestamp()) for at, plan_id in newest)
        return [one for one in found if one.stints]

    def _entries(self, department: str, *, since: int) -> Iterator[tuple[int, str]]:
        items = query(
            self._wiring.dynamodb,
            TableName=self._wiring.settings.table("plans"),
            KeyConditionExpression="plan_id = :list",
            FilterExpression="entered_at > :since",
            ExpressionAttributeValues=marshal({":list": _list(department), ":since": since}),
            ConsistentRead=True,
        )
        for item in items:
            yield int(item["entered_at"]["N"]), item["part"]["S"]

    def _other(self, plan_id: str, entered_at: int, channel: str, *, now: float) -> Other:
        kept = self._closed.get((plan_id, entered_at, channel))
        if kept is not None:
            return kept
        state = plans(self._wiring).state(plan_id, fresh=True)
        every, counts = plans(self._wiring).waves_and_counts(plan_id)
        waves = [wave for wave in every if wave.channel == channel]
        settled = sum(total(counts, f"{channel}|{name}") for name in OUTCOMES)
        waiting = sum(wave.planned for wave in waves) - settled if state.status == SENDING else 0
        walking = state.status == SENDING and any(_walks(wave, now) for wave in waves)
        found = Other(plan_id, stints(waves, state, now=now), walking, waiting)
        if state.closed_at:
            if len(self._closed) > 500:
                self._closed.clear()
            self._closed[plan_id, entered_at, channel] = found
        return found


def _walks(wave: Wave, now: float) -> bool:
    return not wave.done and not (wave.resting and wave.begins_at > now)


class Caps:
    """When each person of an audience may get another newsletter; asked in ascending order of their ids."""

    def __init__(
        self, head: PlanHead, channel: str, others: Sequence[Other], *, now: datetime, wiring: Wiring
    ):
        since = (now - WEEK).timestamp()
        self._cap = head.weekly_cap
        self._now = now.timestamp()
        self._sent = [
            Beside(_Sent(one, channel, wiring).read) for one in others if one.stints[-1].ended_at > since
        ]

    def free_at(self, subscriber_id: str) -> float:
        """When a person may get another (epoch seconds); 0.0: now."""
        times = [at for sent in self._sent if (at := sent.of(subscriber_id)) is not None]
        return free_at(times, self._cap, now=self._now)


class _Sent:
    """Who got something of another plan on a channel, and when at the latest."""

    def __init__(self, other: Other, channel: str, wiring: Wiring) -> None:
        self._other = other
        self._channel = channel
        self._wiring = wiring

    def read(self, shard: int, start: str) -> Iterator[tuple[str, float]]:
        """The people of a shard, from a subscriber id on."""
        rows = deliveries(self._wiring).of_shard(
            self._other.plan_id,
            shard,
            after=start,
            fields=("subscriber_channel", "chunk", "failed_at"),
            consistent=True,
            page=STREAM_PAGE,
        )
        for item in rows:
            subscriber_id, _, channel = item["subscriber_channel"]["S"].partition("#")
            if channel == self._channel and "failed_at" not in item:
                chunk = root_of(item["chunk"]["S"]) % CHANNEL_CHUNKS
                yield subscriber_id, sent_at(chunk, self._other.stints)


@lru_cache(maxsize=8)
def others(wiring: Wiring) -> Others:
    """The other plans as this process knows them."""
    return Others(wiring)
