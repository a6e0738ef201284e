"""What follows a provider's answer."""

from dataclasses import replace

import pytest

from chalicelib.channels.base import Outcome, Retryable, State, Throttled
from chalicelib.delivery import again
from chalicelib.delivery.attempt import Attempt
from chalicelib.delivery.chunk import Chunk
from chalicelib.delivery.chunks import chunks
from chalicelib.delivery.expand import expand
from chalicelib.delivery.plans import plans
from infra.platform.platform import Platform
from tests.delivery.engine import person, plan, world


@pytest.fixture
def chunk(platform: Platform) -> Chunk:
    """A ready chunk of three."""
    for number in range(3):
        person(number)
    plan_id = plan()
    expand({"plan": plan_id, "wave": 0, "beat": 0}, wiring=world())
    found = chunks(world()).read(plan_id, "00000000")
    assert found is not None
    return found


def attempt_at(chunk: Chunk, people: int = 3) -> Attempt:
    return Attempt(
        plans(world()).head(chunk.plan_id), chunk, "mine", lambda: 30.0, list(chunk.recipients)[:people]
    )


@pytest.mark.parametrize(
    ("key", "seconds"), [("00000000", 5), ("00000000.r1", 10), ("00000000.r4", 80), ("00000000.r40", 300)]
)
def test_each_try_waits_twice_as_long_up_to_five_minutes(chunk: Chunk, key: str, seconds: int) -> None:
    assert again.backoff_s(replace(chunk, key=key)) == seconds


def test_a_request_refused_whole_is_halved_until_one_stands_alone_and_fails(chunk: Chunk) -> None:
    first, second, third = chunk.recipients
    halves = again.halves(attempt_at(chunk), "bad")
    assert halves == {"00000000.0": [first], "00000000.1": [second, third]}
    alone = attempt_at(chunk, 1)
    assert again.halves(alone, "bad") == {}
    assert alone.outcomes == {first.subscriber_id: Outcome(State.FAILED, reason="bad")}


def test_what_is_throttled_a_third_time_is_halved(chunk: Chunk) -> None:
    people = list(chunk.recipients)
    assert again.put_off(attempt_at(chunk), Throttled("slow")) == {"00000000.r1": people}
    third = replace(chunk, key="00000000.r2")
    assert again.put_off(attempt_at(third), Throttled("slow")).keys() == {"00000000.r2.0", "00000000.r2.1"}
    assert again.put_off(attempt_at(third), Retryable("busy")) == {"00000000.r3": people}


def test_those_put_off_move_to_a_child_and_the_others_stay(chunk: Chunk) -> None:
    attempt = attempt_at(chunk)
    states = (State.SENT, State.RETRY, State.UNKNOWN)
    attempt.outcomes = {
        one.subscriber_id: Outcome(state) for one, state in zip(attempt.people, states, strict=True)
    }
    assert again.tried_again(attempt) == {"00000000.r1": [attempt.people[1]]}
