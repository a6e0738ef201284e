"""What a plan is: head, state and waves, and how they stand as items of the table `plans`. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from chalicelib.core.dynamo import Item, marshal, unmarshal
from chalicelib.core.ids import SHARDS

COUNT_SLOTS = 8
TOO_OLD = "too-old"
CHANNEL_CHUNKS = 1_000_000
"""Numbers of chunks that each channel has to itself: four fit the 22 bits that an SMS link keeps."""

SENDING, PAUSED, HALTED, CANCELLED, SENT = "sending", "paused", "halted", "cancelled", "sent"


@dataclass(frozen=True)
class PlanHead:
    """What a plan never changes.

    `number` is the short number that SMS links carry (0: none); wave n walks the audience for channel n
    modulo their number. From `send_until` on (epoch seconds; 0: never) the content is too old to send. Texts
    leave from the agency's number `origination` (empty: any). With `daylight`, it waits for the hours in
    which its people want newsletters; `weekly_cap` (0: none) is how many of its department's newsletters one
    person may get on a channel in seven days. `digest` is what a plan of that kind has beside: its `moment`
    (RFC 3339), the `usual` hour of digests with its turns, and the `departments` whose news there may be in
    it. `ladder`: channels of which one is tried after the other (`ladder.Rung`, as objects). `bands`, by
    channel: filters of the audience that its wave walks one after the other. `most`: how many people it may
    reach (0: any number). With a `best_hour` (`best_hour.document`), each person is held until their hour.
    Hosts of `goal_sites` may say what came of a click. `variants`: where its words have some, their `names`,
    the `languages` of each channel that has them, the sizes of the `batches` in thousandths, and that one
    opens `every_s` seconds.
    """

    plan_id: str
    kind: str
    reference: str
    mode: str
    lane: str
    scope: str
    audience: dict[str, Any]
    channels: list[str]
    languages: dict[str, list[str]]
    default_language: str
    links: list[str]
    topics: list[str]
    sender_name: str
    list_id: str
    tracked: bool
    rereads: bool
    number: int
    created_at: str
    expires_at: int
    send_until: int = 0
    department: str = ""
    origination: str = ""
    daylight: bool = False
    weekly_cap: int = 0
    digest: dict[str, Any] = field(default_factory=dict)
    ladder: list[dict[str, Any]] = field(default_factory=list)
    bands: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    most: int = 0
    best_hour: dict[str, Any] = field(default_factory=dict)
    goal_sites: list[str] = field(default_factory=list)
    variants: dict[str, Any] = field(default_factory=dict)

    def too_old(self, now: float) -> bool:
        """Whether the content is too old to send at a moment (epoch seconds)."""
        return bool(self.send_until) and now >= self.send_until

    def parts(self, channel: str) -> int:
        """How many times a wave of a channel walks, a band at a time; once where there are none."""
        return max(1, len(self.bands.get(channel, ())))

    def walking(self, wave: "Wave") -> dict[str, Any]:
        """The expression that a wave walks at present: the audience, or a band of it."""
        bands = self.bands.get(wave.channel)
        return {"all": [self.audience, bands[wave.band]]} if bands else self.audience


@dataclass(frozen=True)
class PlanState:
    """How a plan stands, and why; `waves` rises as it is extended.

    `put_off`: when a worker last left somebody to a later pass (epoch seconds).
    """

    status: str
    reason: str = ""
    closed_at: str = ""
    waves: int = 0
    put_off: float = 0.0


class Pass(NamedTuple):
    """One pass of a wave that is over, its moments in epoch seconds.

    `chunks` is the number of the channel's chunks when it ended; `planned` and `held` are its own counts.
    """

    begun_at: float
    ended_at: float
    chunks: int
    planned: int
    held: dict[str, int]


@dataclass
class Wave:
    """The audience walked for one channel: where it is, what waits, what it counted.

    It walks so many `bands`, one after the other, and is in the one with the number `band`; open chunks are
    closed at a band's end, so that chunks are in the order of the bands.

    `partial` holds the recipients (id, address, name, and 1 where they count for `most`) of each rendition's
    open chunk, `since` when the first of them was read (epoch seconds); those from the subscriber id `again`
    on are read again by the next step. `next_chunk` counts on over all waves of a channel. A wave that
    extends the plan passes over whoever has a delivery of a chunk before `firsts`, the numbers of each
    channel at which it began. `reached` has a bit for each shard in which somebody was found to write to.

    Who must not be written to yet is *held*, counted by reason; once all others are settled, a further pass
    begins when one of them may be (`passes.py`). `passes` are those before the present one, which begins at
    `begins_at` (0.0: when the plan was made), with `before` messages planned; `opens_at` is when the first of
    those that it held may be written to. From `hold_until` on nobody is held: they expire, counted in
    `let_go`.
    """

    number: int
    channel: str
    shard: int = 0
    after: str = ""
    done: bool = False
    next_chunk: int = 0
    paced_until: float = 0.0
    planned: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    partial: dict[str, list[list[Any]]] = field(default_factory=dict)
    since: dict[str, float] = field(default_factory=dict)
    firsts: list[int] = field(default_factory=list)
    reached: int = 0
    again: str = ""
    hold_until: float = 0.0
    held: dict[str, int] = field(default_factory=dict)
    let_go: dict[str, int] = field(default_factory=dict)
    opens_at: float = 0.0
    begins_at: float = 0.0
    before: int = 0
    passes: list[Pass] = field(default_factory=list)
    band: int = 0
    bands: int = 1

    @property
    def resting(self) -> bool:
        """Whether its next pass has not begun."""
        return bool(self.passes) and (self.band, self.shard, self.after, self.done) == (0, 0, "", False)

    @property
    def over(self) -> bool:
        """Whether the audience was walked to its end, and nobody is held."""
        return self.done and not self.opens_at

    @property
    def part(self) -> str:
        """The wave's sort key."""
        return f"wave#{self.number:02d}"

    @property
    def walked(self) -> float:
        """The share of the audience that was walked, 0 to 1: subscribers' ids are spread evenly.

        How many people a band holds is not known before: they count alike.
        """
        if self.done:
            return 1.0
        within = int(self.after[:8], 16) / 2**32 if self.after else 0.0
        return (self.band + max(within, self.shard / SHARDS)) / self.bands

    def end_band(self) -> None:
        """Goes on to the next band, or is done."""
        if self.band + 1 < self.bands:
            self.band, self.shard, self.after = self.band + 1, 0, ""
        else:
            self.done = True


def wave_item(plan_id: str, wave: Wave, *, expires_at: int) -> Item:
    """A wave as an item."""
    partial = json.dumps(wave.partial, separators=(",", ":"), ensure_ascii=False)
    values = {**vars(wave), "partial": partial, "passes": json.dumps(wave.passes)}
    return marshal({"plan_id": plan_id, "part": wave.part, **values, "expires_at": expires_at})


def wave_of(item: Mapping[str, Any]) -> Wave:
    """The wave that an item holds."""
    plain = unmarshal(item)
    plain["partial"] = json.loads(plain["partial"])
    plain["passes"] = [Pass(*one) for one in json.loads(plain.get("passes", "[]"))]
    return Wave(**{name: plain[name] for name in Wave.__dataclass_fields__ if name in plain})


def chunk_counts(root: int) -> str:
    """The sort key of the counts to which the outcomes of a root chunk, and of its descendants, are added."""
    return f"counts#{root % COUNT_SLOTS}"


def moved_counts(shard: int) -> str:
    """The sort key of the counts in which later reports move the deliveries of a shard."""
    return f"counts#moved#{shard % COUNT_SLOTS}"


def rendition_part(channel: str, language: str, variant: str) -> str:
    """The sort key of a rendition; also the key of the partial chunks that it fills."""
    return f"rendition#{channel}#{language}#{variant}"
