"""How far a plan is: planned = sent + failed + unknown + cancelled + expired + waiting, always."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from chalicelib.core.wiring import Wiring
from chalicelib.delivery.plan import Wave
from chalicelib.delivery.plans import plans

OUTCOMES = ("sent", "failed", "unknown", "cancelled", "expired")


@dataclass(frozen=True)
class ChannelProgress:
    """The messages of one channel; `expected`: how many it will be, by how far the audience was walked."""

    planned: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0
    cancelled: int = 0
    expired: int = 0
    expected: int = 0

    @property
    def handled(self) -> int:
        """What the provider answered, or may have taken."""
        return self.sent + self.failed + self.unknown

    @property
    def waiting(self) -> int:
        """Planned, and not settled yet."""
        return self.planned - self.sent - self.failed - self.unknown - self.cancelled - self.expired


@dataclass(frozen=True)
class Progress:
    """A plan's status and counts of messages.

    `skipped` counts people who were never planned, by reason, as the first wave met them; `expected` is how
    many messages it will be, estimated while the audience is still being walked.
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
        expanded=all(wave.done for wave in waves),
        waves=len(waves),
        started_at=head.created_at,
        closed_at=state.closed_at,
        **sums,
    )


def expected(wave: Wave) -> int:
    """How many a wave will have planned at its end, by how far it has come. Pure."""
    found = wave.planned + sum(len(people) for people in wave.partial.values())
    return round(found / wave.walked) if wave.walked else found


def total(counts: Iterable[Mapping[str, object]], name: str) -> int:
    """The sum of one count over its shards."""
    return sum(int(str(shard.get(name, 0))) for shard in counts)


def links(plan_id: str, *, wiring: Wiring) -> list[str]:
    """The plan's tracked links, by number."""
    return plans(wiring).head(plan_id).links
