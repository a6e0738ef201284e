"""Expanding: bounded steps, the provider's pace, and who shares it."""

import pytest

from chalicelib.delivery import step as module
from chalicelib.delivery.expand import expand
from chalicelib.delivery.plan import HALTED, SENDING
from chalicelib.delivery.plans import plans
from chalicelib.delivery.pulses import pulses
from chalicelib.delivery.shares import shares
from chalicelib.delivery.ways_out import channel_of
from infra.platform.platform import Platform
from tests.delivery.engine import outcome, person, plan, run, settle, world


def step(plan_id: str) -> None:
    """One step of the first wave, by its present beat."""
    pulse = pulses(world()).current(plan_id, 0)
    assert pulse is not None
    expand(pulse.message(), wiring=world())


def test_a_step_over_many_who_do_not_match_ends_and_goes_on(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STEP_PEOPLE", 5)
    for number in range(20):
        person(number, subscriber_id=f"{number * 12:02x}{number:030x}")
    plan_id = plan(audience={"all": [{"topic": "roads"}, {"topic": "parks"}]})
    step(plan_id)
    wave = plans(world()).wave(plan_id, 0)
    assert not wave.done
    assert 0 < wave.shard < 63
    run(platform)
    found = outcome(plan_id)
    assert (found.status, found.planned) == ("sent", 0)


@pytest.mark.parametrize(
    "audience", [{"topic": "nobody"}, {"except": [{"topic": "roads"}, {"topic": "roads"}]}]
)
def test_an_audience_of_nobody_closes(platform: Platform, audience: dict[str, object]) -> None:
    person(1)
    plan_id = plan(audience=audience)
    run(platform)
    found = outcome(plan_id)
    assert (found.status, found.planned) == ("sent", 0)
    assert found.closed_at


def test_a_provider_that_slows_down_gets_smaller_chunks(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STEP_PEOPLE", 30)
    for number in range(40):
        person(number, subscriber_id=f"{number:02x}{number:030x}")
    plan_id = plan()
    step(plan_id)
    assert sum(len(people) for people in plans(world()).wave(plan_id, 0).partial.values()) > 10
    platform.account.max_send_rate = 10
    channel_of.cache_clear()
    run(platform)
    found = outcome(plan_id)
    assert (found.status, found.sent) == ("sent", 40)
    assert plans(world()).wave(plan_id, 0).next_chunk == 4


def test_a_halted_plan_takes_no_share_of_the_rate(platform: Platform) -> None:
    person(1)
    plan_id = plan()
    assert shares(world()).walking("bulk", "email") == ["roads"]
    plans(world()).move(plan_id, to=HALTED, allowed=(SENDING,), reason="test")
    settle(platform, within_s=60)
    assert shares(world()).walking("bulk", "email") == []


def test_bulk_leaves_the_last_fifth_of_the_daily_quota(platform: Platform) -> None:
    platform.account.max_24h, platform.account.sent_24h = 100, 80
    person(1)
    plan_id = plan()
    settle(platform, within_s=600)
    assert outcome(plan_id).planned == 0
    platform.account.sent_24h = 0
    channel_of.cache_clear()
    run(platform)
    assert outcome(plan_id).sent == 1
