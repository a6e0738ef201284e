"""delivery's routes: how sending stands, and letting it go on."""

import math
from datetime import UTC, datetime
from typing import Literal

from pydantic import Field

from chalicelib.core.clock import rfc3339
from chalicelib.core.endpoints import Model
from chalicelib.core.errors import Conflict
from chalicelib.core.fields import Reason
from chalicelib.core.http import Call, Routes
from chalicelib.core.staff import ADMINS, VIEWERS
from chalicelib.delivery import sending
from chalicelib.delivery.halts import Halt
from chalicelib.delivery.in_words import in_words
from chalicelib.delivery.protection import BOUNCES, COMPLAINTS, Tally

routes = Routes("sending", tag="Sending")

LaneState = Literal["open", "yields", "halted", "held"]


class LaneView(Model):
    """How one lane stands on a channel.

    `open`; `yields` to an alert; `halted` as the provider asks, until it is tried again; or `held` because
    too much came back, until somebody lets it go on.
    """

    lane: str
    state: LaneState
    reason: str | None = Field(description="A code: the provider's own, or `bounces`, `complaints`.")
    explanation: str | None = Field(description="The same in words.")
    since: str | None = Field(description="Of `held`.")
    until: str | None = Field(description="Of `halted` and `yields`.")


class ChannelView(Model):
    """A channel: what its provider takes, null where it could not be asked, and its lanes."""

    channel: str
    per_second: float | None
    quota_used: float | None = Field(description="The part of the day's quota that is used up, 0 to 1.")
    lanes: list[LaneView]


class TodayView(Model):
    """This day's mails (UTC) but those of mode `test`, and who bounced for good or complained about them."""

    sent: int
    bounces: int
    complaints: int
    bounce_rate: float
    complaint_rate: float


class SendingView(Model):
    """How sending stands for the whole account."""

    channels: list[ChannelView]
    today: TodayView


class Release(Model):
    """What may go on, and why."""

    channel: Literal["email", "sms"]
    reason: Reason


@routes.staff("GET", "/v1/sending", roles=VIEWERS, returns=SendingView)
def show_sending(call: Call) -> SendingView:
    """Shows what is halted or held, and why, the provider's limits, and what came back today."""
    return _view(call)


@routes.staff("POST", "/v1/sending/resume", roles=ADMINS, body=Release, returns=SendingView, also=(Conflict,))
def resume_sending(call: Call) -> SendingView:
    """Lets the campaigns go on that were held because too much came back; the reason stands in the audit."""
    sending.resume(call.body.channel, now=call.now, wiring=call.wiring)
    return _view(call)


def _view(call: Call) -> SendingView:
    found = sending.sending(now=call.now, wiring=call.wiring)
    channels = [
        ChannelView(
            channel=one.name,
            per_second=one.limits.per_second if one.limits else None,
            quota_used=one.limits.quota_used if one.limits else None,
            lanes=[_lane(lane, halt, now=call.now.timestamp()) for lane, halt in one.lanes],
        )
        for one in found.channels
    ]
    return SendingView(channels=channels, today=_today(found.today))


def _lane(lane: str, halt: Halt, *, now: float) -> LaneView:
    state, reason, until = _state(halt, now=now)
    return LaneView(
        lane=lane,
        state=state,
        reason=reason or None,
        explanation=in_words(reason),
        since=halt.held_at or None,
        until=rfc3339(datetime.fromtimestamp(math.ceil(until), UTC)) if until else None,
    )


def _state(halt: Halt, *, now: float) -> tuple[LaneState, str, float]:
    """State, reason and end (epoch seconds; 0: none that is known) of what stands longest in the way."""
    if halt.held:
        return "held", halt.held, 0.0
    if halt.until > now:
        return "halted", halt.reason, halt.until
    if halt.yields > now:
        return "yields", "", halt.yields
    return "open", "", 0.0


def _today(tally: Tally) -> TodayView:
    bounces, complaints, of = tally.total(BOUNCES), tally.total(COMPLAINTS), max(1, tally.sent)
    return TodayView(
        sent=tally.sent,
        bounces=bounces,
        complaints=complaints,
        bounce_rate=round(bounces / of, 5),
        complaint_rate=round(complaints / of, 5),
    )
