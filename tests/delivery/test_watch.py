"""A plan that cannot close says why, once it has stood still for longer than a lost claim takes."""

import logging
from typing import Any

import pytest

from chalicelib.delivery.control import pause
from chalicelib.delivery.halts import halts
from chalicelib.delivery.lanes import LANES
from chalicelib.delivery.plan import chunk_counts
from chalicelib.delivery.plans import plans
from chalicelib.delivery.watch import bound_s
from infra.aws.faults import refuse
from infra.platform.platform import Platform
from tests.delivery.engine import outcome, person, plan, run, settle, world


def minutes(platform: Platform, count: int) -> None:
    for _ in range(count):
        platform.clock.advance(60)
        platform.fire("sweep")
        settle(platform, within_s=1)


def stuck(caplog: pytest.LogCaptureFixture) -> list[Any]:
    import json

    lines = [json.loads(one.getMessage()) for one in caplog.records if "plan-stuck" in one.getMessage()]
    return [(one["plan"], one["why"]) for one in lines]


def test_counts_that_do_not_add_up_are_told(platform: Platform, caplog: pytest.LogCaptureFixture) -> None:
    person(1)
    plan_id = plan()
    run(platform)
    person(2)
    broken = plan()
    head = plans(world()).head(broken)
    operation = plans(world()).add(broken, chunk_counts(0), {"email|sent": -1}, expires_at=head.expires_at)
    world().dynamodb.transact_write_items(TransactItems=[operation])
    caplog.set_level(logging.WARNING)
    minutes(platform, bound_s(LANES["bulk"]) // 60 + 3)
    assert (broken, "counts-do-not-add-up") in stuck(caplog)
    assert plan_id not in {one for one, _ in stuck(caplog)}


def test_a_lane_that_stays_halted_is_told(platform: Platform, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(3):
        person(number)
    plan_id = plan()
    caplog.set_level(logging.WARNING)
    for _ in range(bound_s(LANES["bulk"]) // 600 + 2):
        halts(world()).halt("bulk", "email", reason="test")
        minutes(platform, 10)
    whys = {why for one, why in stuck(caplog) if one == plan_id}
    assert any("lane-halted:email" in why and "audience-not-read" in why for why in whys)


def test_one_that_stands_aside_for_an_alert_is_not_stuck(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    person(1)
    plan_id = plan()
    caplog.set_level(logging.WARNING)
    for _ in range(bound_s(LANES["bulk"]) // 600 + 2):
        halts(world()).stand_aside("bulk", "email", until=platform.clock().timestamp() + 700)
        minutes(platform, 10)
    assert outcome(plan_id).sent == 0
    assert stuck(caplog) == []


def test_what_somebody_paused_or_goes_on_is_not_stuck(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    person(1)
    plan_id = plan()
    assert pause(plan_id, wiring=world())
    platform.faults.add("sesv2", "SendBulkEmail", refuse("TooManyRequestsException"))
    caplog.set_level(logging.WARNING)
    minutes(platform, bound_s(LANES["bulk"]) // 60 + 3)
    assert outcome(plan_id).status == "paused"
    assert stuck(caplog) == []
