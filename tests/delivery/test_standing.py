"""A chunk that goes without a look claims only while its plan is sending and its lane is not halted."""

from typing import Any

import pytest

from chalicelib.delivery import standing
from chalicelib.delivery.chunks import chunks
from chalicelib.delivery.expand import expand
from chalicelib.delivery.halts import halts
from chalicelib.delivery.plans import plans
from infra.platform.platform import Platform
from tests.delivery import engine


def _pause(plan: str) -> None:
    plans(engine.world()).move(plan, to="paused", allowed=("sending",))


def _cancel(plan: str) -> None:
    plans(engine.world()).move(plan, to="cancelled", allowed=("sending",))


def _halt(_plan: str) -> None:
    halts(engine.world()).halt("bulk", "email", reason="quota")
    halts(engine.world()).forget("bulk", "email")


STOPS = [
    pytest.param(_pause, 0, id="paused"),
    pytest.param(_cancel, 1, id="cancelled"),
    pytest.param(_halt, 0, id="lane halted"),
]


@pytest.mark.parametrize(("stop", "cancelled"), STOPS)
def test_nothing_leaves_that_was_stopped_before_its_claim(
    platform: Platform, stop: Any, cancelled: int
) -> None:
    engine.person(1)
    plan = engine.plan()
    expand({"plan": plan, "wave": 0, "beat": 0}, wiring=engine.world())
    stop(plan)
    platform.drain_once()
    found = engine.outcome(plan)
    assert (found.sent, found.cancelled, found.waiting) == (0, cancelled, 1 - cancelled)
    assert not engine.addressed(platform)


def test_a_paused_chunk_goes_once_the_plan_does(platform: Platform) -> None:
    engine.person(1)
    plan = engine.plan()
    expand({"plan": plan, "wave": 0, "beat": 0}, wiring=engine.world())
    _pause(plan)
    platform.drain_once()
    plans(engine.world()).move(plan, to="sending", allowed=("paused",))
    engine.run(platform, sweeps=1)
    assert engine.outcome(plan).sent == 1
    assert list(engine.addressed(platform).values()) == [1]


def test_what_was_seen_to_hold_is_not_checked_again_at_once(platform: Platform) -> None:
    engine.person(1)
    plan = engine.plan()
    expand({"plan": plan, "wave": 0, "beat": 0}, wiring=engine.world())
    chunk = chunks(engine.world()).read(plan, "00000000")
    assert chunk is not None
    assert len(standing.checks(chunk, wiring=engine.world())) == 2
    platform.drain_once()
    assert standing.checks(chunk, wiring=engine.world()) == []
    _pause(plan)
    assert len(standing.checks(chunk, wiring=engine.world())) == 2
