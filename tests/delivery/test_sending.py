"""How sending stands, whatever the provider says, and whom a release wakes."""

import math

import pytest

from chalicelib.core.errors import Conflict
from chalicelib.delivery.halts import Halt, halts
from chalicelib.delivery.routes import LaneView, _lane
from chalicelib.delivery.sending import holds, resume, sending
from infra.aws.faults import refuse
from infra.platform.platform import Platform
from tests.delivery.engine import outcome, person, plan, run, settle, world

NOW = 1_800_000_000.0
SOON, LATER = NOW + 59.2, NOW + 300


@pytest.mark.parametrize(
    ("halt", "state", "reason", "until"),
    [
        (Halt(), "open", None, None),
        (Halt(until=NOW - 1, reason="quota", yields=NOW - 1), "open", None, None),
        (Halt(until=SOON, reason="quota"), "halted", "quota", "2027-01-15T08:01:00.000Z"),
        (Halt(yields=LATER), "yields", None, "2027-01-15T08:05:00.000Z"),
        (Halt(until=SOON, reason="quota", yields=LATER), "halted", "quota", "2027-01-15T08:01:00.000Z"),
        (Halt(until=SOON, reason="quota", held="bounces", held_at="x"), "held", "bounces", None),
    ],
    ids=["none", "over", "by the provider", "for an alert", "both", "held"],
)
def test_a_lane_shows_what_stands_in_its_way(
    halt: Halt, state: str, reason: str | None, until: str | None
) -> None:
    found: LaneView = _lane("bulk", halt, now=NOW)
    assert (found.state, found.reason, found.until, found.since) == (
        state,
        reason,
        until,
        halt.held_at or None,
    )
    assert (halt.end > NOW) == (state != "open")
    assert (halt.end == math.inf) == (state == "held")


def test_a_provider_that_does_not_answer_keeps_nobody_from_seeing_the_rest(platform: Platform) -> None:
    platform.faults.add("sesv2", "GetAccount", refuse("TooManyRequestsException", status=429))
    email, sms, *_ = sending(now=platform.clock(), wiring=world()).channels
    assert email.limits is None
    assert sms.limits is not None
    assert {lane for lane, _ in email.lanes} == {"urgent", "service", "bulk"}
    assert sending(now=platform.clock(), wiring=world()).channels[0].limits is not None


def test_a_release_wakes_what_waits_at_once(platform: Platform) -> None:
    person(1)
    halts(world()).hold("bulk", "email", reason="bounces", day="2020-01-01")
    assert holds("bulk", ["sms", "email"], wiring=world())
    assert not holds("bulk", ["sms"], wiring=world())
    plan_id = plan()
    settle(platform, within_s=10)
    assert outcome(plan_id).planned == 0
    with pytest.raises(Conflict):
        resume("sms", now=platform.clock(), wiring=world())
    before = platform.clock()
    resume("email", now=before, wiring=world())
    platform.drain_once()
    assert outcome(plan_id).planned == 1
    assert (platform.clock() - before).total_seconds() < 60
    run(platform)
    assert outcome(plan_id).sent == 1
