"""How sending stands for the whole account: lanes, the provider's limits, what came back today.

And letting the campaigns go on that self-protection holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.channels.base import Limits
from chalicelib.core.errors import Conflict
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.halts import Halt, halts
from chalicelib.delivery.lanes import LANES
from chalicelib.delivery.launch import wake
from chalicelib.delivery.plans import plans
from chalicelib.delivery.protect import HELD_LANE
from chalicelib.delivery.protection import Tally
from chalicelib.delivery.pulses import pulses
from chalicelib.delivery.tallies import account_on, tallies
from chalicelib.delivery.ways_out import CHANNELS, channel_of


@dataclass(frozen=True)
class ChannelStanding:
    """One channel: the provider's limits (None where it could not be asked), and each lane's halt."""

    name: str
    limits: Limits | None
    lanes: Sequence[tuple[str, Halt]]


@dataclass(frozen=True)
class Sending:
    """All channels, and the tally of this day (UTC)."""

    channels: Sequence[ChannelStanding]
    today: Tally


def sending(*, now: datetime, wiring: Wiring) -> Sending:
    """The present standing, read consistently; the limits may be a minute old."""
    channels = [
        ChannelStanding(
            channel,
            limits_of(channel, wiring=wiring),
            [(lane, halts(wiring).read(lane, channel)) for lane in LANES],
        )
        for channel in CHANNELS
    ]
    today, _ = tallies(wiring).read(account_on(now))
    return Sending(channels, today)


def holds(lane: str, channels: Sequence[str], *, wiring: Wiring) -> bool:
    """Whether self-protection holds one of these channels of a lane."""
    return any(halts(wiring).read(lane, channel).held for channel in channels)


def limits_of(channel: str, *, wiring: Wiring) -> Limits | None:
    """The provider's limits; that it cannot be asked keeps nobody from seeing the rest."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return channel_of(channel, mode="live", wiring=wiring).limits()
    except (BotoCoreError, ClientError) as error:
        logger.failure("limits-unknown", error, channel=channel)
        return None


def resume(channel: str, *, now: datetime, wiring: Wiring) -> None:
    """Lets campaigns on a channel go on that self-protection holds, and wakes each at once.

    What had come back until then is not held against the account any more. Raises Conflict where nothing is
    held.
    """
    if not halts(wiring).read(HELD_LANE, channel).held:
        raise Conflict("Nothing is held on this channel.", code="not-held")
    tallies(wiring).begin_anew(account_on(now))
    halts(wiring).release(HELD_LANE, channel)
    logger.info("account-released", lane=HELD_LANE, channel=channel)
    for plan_id in pulses(wiring).plans(HELD_LANE, made_before=now):
        wake(plans(wiring).head(plan_id), delay_s=0, wiring=wiring)
