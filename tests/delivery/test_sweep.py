"""The sweep settles a run-out claim by what is known of each delivery, and nothing stops its round."""

import pytest

from chalicelib.delivery import sweep as module
from chalicelib.delivery.attempt import Attempt
from chalicelib.delivery.chunk import Chunk
from chalicelib.delivery.chunks import chunks
from chalicelib.delivery.deliver import claim
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.delivery.doubt import settle_in_doubt
from chalicelib.delivery.expand import expand
from chalicelib.delivery.flags import flag
from chalicelib.delivery.plans import plans
from chalicelib.delivery.settle import failed_after_sent, settled_sent
from chalicelib.delivery.sweep import SweepFailed, sweep
from infra.platform.platform import Platform
from tests.delivery.engine import outcome, person, plan, run, world

LEASE_AND_GRACE_S = 120 + 900


def ready(people: int = 1, *, first: int = 0) -> Chunk:
    """A chunk whose message was lost."""
    for number in range(first, first + people):
        person(number)
    plan_id = plan()
    expand({"plan": plan_id, "wave": 0, "beat": 0}, wiring=world())
    chunk = chunks(world()).read(plan_id, "00000000")
    assert chunk is not None
    return chunk


def claimed(platform: Platform, people: int = 1, *, first: int = 0) -> Chunk:
    """A chunk whose worker died after the claim, and whose messages are gone."""
    chunk = ready(people, first=first)
    attempt = Attempt(plans(world()).head(chunk.plan_id), chunk, "dead", lambda: 30.0, list(chunk.recipients))
    assert claim(attempt, wiring=world())
    platform.world.sqs.clear()
    found = chunks(world()).read(chunk.plan_id, chunk.key)
    assert found is not None
    return found


def refs(chunk: Chunk) -> list[DeliveryRef]:
    """Its deliveries."""
    return [DeliveryRef(chunk.plan_id, r.subscriber_id, chunk.channel) for r in chunk.recipients]


@pytest.mark.parametrize(("after_s", "settled"), [(LEASE_AND_GRACE_S - 30, 0), (LEASE_AND_GRACE_S + 1, 1)])
def test_a_claim_is_settled_once_lease_and_grace_are_over(
    platform: Platform, after_s: int, settled: int
) -> None:
    chunk = claimed(platform)
    platform.clock.advance(after_s)
    assert sweep(wiring=world())["settled"] == settled
    assert outcome(chunk.plan_id).unknown == settled


@pytest.mark.parametrize("name", ["sent", "delivered", "bounced", "complained"])
def test_what_proves_that_it_was_sent_settles_it_so(platform: Platform, name: str) -> None:
    chunk = claimed(platform, people=2)
    flag(refs(chunk)[0], name, at=platform.clock(), wiring=world())
    assert settle_in_doubt(chunk, again=False, now=platform.clock(), wiring=world())
    found = outcome(chunk.plan_id)
    assert (found.sent, found.unknown) == (1, 1)


def test_a_failure_before_the_settlement_is_counted_once(platform: Platform) -> None:
    chunk = claimed(platform)
    (ref,) = refs(chunk)
    assert failed_after_sent(ref, reason="rendering", at=platform.clock(), wiring=world())
    assert settle_in_doubt(chunk, again=False, now=platform.clock(), wiring=world())
    assert not failed_after_sent(ref, reason="rendering", at=platform.clock(), wiring=world())
    found = outcome(chunk.plan_id)
    assert (found.sent, found.failed, found.unknown) == (0, 1, 0)


def test_a_late_event_moves_unknown_to_sent_once(platform: Platform) -> None:
    chunk = claimed(platform)
    (ref,) = refs(chunk)
    assert settle_in_doubt(chunk, again=False, now=platform.clock(), wiring=world())
    assert not settle_in_doubt(chunk, again=False, now=platform.clock(), wiring=world())
    assert settled_sent(ref, at=platform.clock(), wiring=world())
    assert not settled_sent(ref, at=platform.clock(), wiring=world())
    found = outcome(chunk.plan_id)
    assert (found.sent, found.unknown, found.waiting) == (1, 0, 0)


def test_a_lost_message_is_sent_again_once_until_it_is_lost_again(platform: Platform) -> None:
    ready()
    platform.world.sqs.clear()
    platform.clock.advance(200)
    assert sweep(wiring=world())["resent"] == 1
    assert sweep(wiring=world())["resent"] == 0
    platform.clock.advance(200)
    assert sweep(wiring=world())["resent"] == 1


def test_what_fails_for_one_keeps_it_from_no_other(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = claimed(platform), claimed(platform, first=1)
    platform.clock.advance(LEASE_AND_GRACE_S + 60)
    settle = settle_in_doubt

    def failing(chunk: Chunk, **more: object) -> bool:
        if chunk.plan_id == bad.plan_id:
            raise ValueError
        return settle(chunk, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "settle_in_doubt", failing)
    with pytest.raises(SweepFailed):
        sweep(wiring=world())
    assert outcome(good.plan_id).waiting == 0
    assert outcome(bad.plan_id).waiting > 0
    monkeypatch.undo()
    run(platform, sweeps=2)
    assert outcome(bad.plan_id).status == "sent"
