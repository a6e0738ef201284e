"""The record of a chunk: one transaction, or nothing."""

from chalicelib.channels.base import Outcome, State
from chalicelib.delivery.attempt import Attempt
from chalicelib.delivery.child_keys import again_of
from chalicelib.delivery.chunk import READY, SETTLED, Chunk
from chalicelib.delivery.chunks import chunks
from chalicelib.delivery.deliver import claim
from chalicelib.delivery.expand import expand
from chalicelib.delivery.fates import family
from chalicelib.delivery.plans import plans
from chalicelib.delivery.record import record
from infra.platform.platform import Platform
from tests.delivery.engine import outcome, person, plan, world

SENT = Outcome(State.SENT, "m")


def claimed() -> Chunk:
    """A chunk of three, claimed by the attempt `mine`."""
    for number in range(3):
        person(number)
    plan_id = plan()
    expand({"plan": plan_id, "wave": 0, "beat": 0}, wiring=world())
    chunk = chunks(world()).read(plan_id, "00000000")
    assert chunk is not None
    attempt = Attempt(plans(world()).head(plan_id), chunk, "mine", lambda: 30.0, list(chunk.recipients))
    assert claim(attempt, wiring=world())
    return chunk


def test_outcomes_counts_and_children_come_together(platform: Platform) -> None:
    chunk = claimed()
    first, second, third = chunk.recipients
    outcomes = {first.subscriber_id: SENT, second.subscriber_id: Outcome(State.FAILED, reason="bad")}
    children = {again_of(chunk.key): [third]}
    assert record(chunk, outcomes, attempt="mine", wiring=world(), children=children, retry_s=5)
    kept = [one.outcome for one in family(chunk.plan_id, chunk.root, wiring=world())]
    assert kept == [SENT, Outcome(State.FAILED, reason="bad"), None]
    child = chunks(world()).read(chunk.plan_id, "00000000.r1")
    assert child is not None
    assert (child.state, child.parent, child.recipients) == (READY, chunk.key, (third,))
    found = outcome(chunk.plan_id)
    assert (found.sent, found.failed, found.waiting) == (1, 1, 1)


def test_who_does_not_hold_the_chunk_writes_nothing(platform: Platform) -> None:
    chunk = claimed()
    outcomes = {r.subscriber_id: SENT for r in chunk.recipients}
    assert not record(chunk, outcomes, attempt="another", wiring=world())
    assert not record(chunk, outcomes, attempt="", wiring=world())
    assert {one.outcome for one in family(chunk.plan_id, chunk.root, wiring=world())} == {None}
    assert outcome(chunk.plan_id).sent == 0


def test_a_second_record_changes_nothing(platform: Platform) -> None:
    chunk = claimed()
    outcomes = {r.subscriber_id: SENT for r in chunk.recipients}
    assert record(chunk, outcomes, attempt="mine", wiring=world())
    assert not record(chunk, outcomes, attempt="mine", wiring=world())
    settled = chunks(world()).read(chunk.plan_id, chunk.key)
    assert settled is not None
    assert settled.state == SETTLED
    assert outcome(chunk.plan_id).sent == 3
