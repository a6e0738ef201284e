"""Lanes: separate queues, functions, horizons and shares of the provider's rate. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.core.settings import Settings

URGENT = "urgent"
PROVING = frozenset({"email", "voice"})


def proves(channel: str, settings: Settings) -> bool:
    """Whether a channel's provider reports each message that it took. Else waiting proves nothing."""
    return channel in PROVING or (channel == "sms" and settings.sms_reports)


@dataclass(frozen=True)
class Lane:
    """One lane.

    `share` is the part of the provider's rate that it may use; `grace_s` how long a run-out claim waits for a
    `Send` event; `halt_s` how long it rests when the provider takes nothing. `resends` is how often somebody
    may be sent to again after a call of which it is not known whether it reached them; `overtakes` are the
    lanes that stand aside while it sends.
    """

    name: str
    share: float
    grace_s: int
    halt_s: int
    horizon_setting: str
    resends: int = 0
    overtakes: tuple[str, ...] = ()

    @property
    def expand_queue(self) -> str:
        """The queue of its expander."""
        return f"expand-{self.name}"

    @property
    def deliver_queue(self) -> str:
        """The queue of its workers."""
        return f"deliver-{self.name}"

    @property
    def posts_queue(self) -> str:
        """The queue of what accounts post of it: a lane that overtakes others has one of its own."""
        return f"posts-{self.name}" if self.overtakes else "posts"

    def grace_for(self, channel: str, settings: Settings) -> int:
        """Seconds for which a run-out claim waits on a channel."""
        return self.grace_s if proves(channel, settings) else 0

    def horizon_s(self, settings: Settings) -> float:
        """Seconds ahead of the provider that its people are read.

        The setting is in seconds of the provider's whole rate; at its share, the lane needs longer for that.
        """
        return float(getattr(settings, self.horizon_setting) / self.share)


LANES: Mapping[str, Lane] = {
    one.name: one
    for one in (
        Lane(
            URGENT,
            share=1.0,
            grace_s=180,
            halt_s=60,
            horizon_setting="urgent_horizon_s",
            resends=3,
            overtakes=("bulk",),
        ),
        Lane("service", share=1.0, grace_s=180, halt_s=900, horizon_setting="service_horizon_s"),
        Lane("bulk", share=0.8, grace_s=900, halt_s=900, horizon_setting="bulk_horizon_s"),
    )
}
"""In the order in which the sweep looks after them."""

LEASE_S = 120
"""How long a claim holds (four times the worker's time-out)."""
