"""How far a plan is: planned = sent + failed + unknown + cancelled + expired + waiting, always."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from chalicelib.core.clock import rfc3339
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.costs import cost_of, units_of
from chalicelib.delivery.passes import ended_at, next_at, on_hold
from chalicelib.delivery.plan import CANCELLED, Wave
from chalicelib.delivery.plans import plans

OUTCOMES = ("sent", "failed", "unknown", "cancelled", "expired")


@dataclass(frozen=True)
class ChannelProgress:
    """The messages of one channel; `expected`: how many it will be, by how far the audience was walked.

    `units` is what was handed over of what is paid for (parts of texts, minutes of calls), and `cost` what
    that costs by the settings (`delivery.costs`).
    """

    planned: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0
    cancelled: int = 0
    expired: int = 0
    expected: int = 0
    units: int = 0
    cost: int = 0

    @property
    def handled(self) -> int:
        """What the provider answered, or may have taken."""
        return self.sent + self.failed + self.unknown

    @property
    def waiting(self) -> int:
        """Planned, and not settled yet."""
        return self.planned - self.sent - self.failed - self.unknown - self.cancelled - self.expired


@dataclass(frozen=True)
class PassProgress:
    """One pass over the audience: its channel, when it began (RFC 3339), its own messages."""

    channel: str
    begun_at: str
    planned: int
    held: Mapping[str, int]


@dataclass(frozen=True)
class Progress:
    """A plan's status and counts of messages.

    `skipped` counts people who were never planned, by reason, as the first wave met them; `expected` is how
    many messages it will be, estimated while the audience is still being walked. `held` are messages that
    wait for a later pass, by reason, of which the first begins at `next_pass_at`; `let_go` are those among
    the expired that were held too long. `passed_at` is when the pass before each wave's present one ended
    (epoch seconds; 0.0: none), of the wave where that is the longest ago.
    """

    status: str
    reason: str
    mode: str
    planned: int
    sent: int
    failed: int
    unknown: int
    cancelled: int
    expired: int
    waiting: int
    expected: int
    skipped: Mapping[str, int] = field(default_factory=dict)
    by_channel: Mapping[str, ChannelProgress] = field(default_factory=dict)
    held: Mapping[str, int] = field(default_factory=dict)
    let_go: Mapping[str, int] = field(default_factory=dict)
    next_pass_at: str = ""
    passed_at: float = 0.0
    passes: Sequence[PassProgress] = ()
    expanded: bool = False
    waves: int = 0
    started_at: str = ""
    closed_at: str = ""


def progress(plan_id: str, *, wiring: Wiring) -> Progress:
    """The present counts, read consistently. Raises NotFound."""
    head = plans(wiring).head(plan_id)
    state = plans(wiring).state(plan_id, fresh=True)  # first: once it is cancelled, nothing more is planned
    waves, counts = plans(wiring).waves_and_counts(plan_id)
    by_channel = {
        channel: ChannelProgress(
            planned=sum(wave.planned for wave in waves if wave.channel == channel),
            expected=sum(expected(wave) for wave in waves if wave.channel == channel),
            units=total(counts, units_of(channel)),
            cost=total(counts, cost_of(channel)),
            **{name: total(counts, f"{channel}|{name}") for name in OUTCOMES},
        )
        for channel in head.channels
    }
    sums = {
        name: sum(getattr(one, name) for one in by_channel.values())
        for name in ("planned", "expected", *OUTCOMES, "waiting")
    }
    return Progress(
        status=state.status,
        reason=state.reason,
        mode=head.mode,
        skipped=waves[0].skipped if waves else {},
        by_channel=by_channel,
        **({} if state.closed_at or state.status == CANCELLED else _holding(waves)),
        passes=[one for wave in waves for one in _passes(wave, launched_at=head.created_at)],
        let_go=_sums(wave.let_go for wave in waves),
        passed_at=min((ended_at(wave) for wave in waves[-len(head.channels) :]), default=0.0),
        expanded=all(wave.over for wave in waves),
        waves=len(waves),
        started_at=head.created_at,
        closed_at=state.closed_at,
        **sums,
    )


def _holding(waves: Sequence[Wave]) -> dict[str, Any]:
    """What waves hold, and when the next pass begins."""
    at = min(filter(None, map(next_at, waves)), default=0.0)
    return {
        "held": _sums(map(on_hold, waves)),
        "next_pass_at": _moment(at),
    }


def _passes(wave: Wave, *, launched_at: str) -> Iterator[PassProgress]:
    """A wave's passes, the present one last; one that has not begun is none yet."""
    for one in wave.passes:
        yield PassProgress(wave.channel, _moment(one.begun_at) or launched_at, one.planned, one.held)
    if not wave.resting:
        begun_at = _moment(wave.begins_at) or launched_at
        yield PassProgress(wave.channel, begun_at, wave.planned - wave.before, wave.held)


def _moment(at: float) -> str:
    return rfc3339(datetime.fromtimestamp(at, UTC)) if at else ""


def _sums(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Counts by name, added up; what is zero is left out."""
    return dict(sum(map(Counter, counts), Counter()))


def expected(wave: Wave) -> int:
    """How many a wave will have planned at its end, by how far it has come. Pure.

    Who is held counts as one to be planned.
    """
    found = wave.planned - wave.before + sum(len(people) for people in wave.partial.values())
    found += sum(on_hold(wave).values())
    return wave.before + (round(found / wave.walked) if wave.walked else found)


def settled_channels(waves: Sequence[Wave], counts: Sequence[Mapping[str, object]]) -> set[str]:
    """The channels on which nobody waits: walked to the end, nobody held, every message settled. Pure."""
    found = set()
    for channel in {wave.channel for wave in waves}:
        own = [wave for wave in waves if wave.channel == channel]
        settled = sum(total(counts, f"{channel}|{name}") for name in OUTCOMES)
        if all(wave.over for wave in own) and settled == sum(wave.planned for wave in own):
            found.add(channel)
    return found


def total(counts: Iterable[Mapping[str, object]], name: str) -> int:
    """The sum of one count over its shards."""
    return sum(int(str(shard.get(name, 0))) for shard in counts)


def links(plan_id: str, *, wiring: Wiring) -> list[str]:
    """The plan's tracked links, by number."""
    return plans(wiring).head(plan_id).links
