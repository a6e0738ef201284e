"""The most people that a plan may reach: never more, and it halts for somebody to look."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.core.ids import time_ordered_id
from chalicelib.delivery.control import cancel, extend, resume
from chalicelib.delivery.ladder import Rung
from chalicelib.delivery.launch import launch
from chalicelib.delivery.most import counts_on
from chalicelib.delivery.plan import HALTED
from infra.platform.platform import Platform
from tests.delivery.engine import addressed, outcome, person, plan, run, spec, world
from tests.delivery.returns import HEAD

BOTH = ("email", "sms")


@pytest.mark.parametrize(
    ("ladder", "ways", "channel"),
    [
        ([], BOTH, "email"),
        ([], ("sms",), "sms"),
        ([Rung("sms", 60, "delivered"), Rung("email", 0, "sent")], BOTH, "sms"),
        ([Rung("email", 60, "delivered"), Rung("push", 0, "sent")], BOTH, "sms"),
        ([], (), ""),
    ],
)
def test_a_person_counts_on_the_channel_of_their_first_message(
    ladder: list[Rung], ways: tuple[str, ...], channel: str
) -> None:
    head = replace(HEAD, most=1, ladder=[rung._asdict() for rung in ladder])
    assert counts_on(head, ways) == channel
    assert counts_on(replace(head, most=0), ways) == ""


def launched(platform: Platform, most: int, **more: Any) -> str:
    """Thirty people: ten by mail, ten by text, ten by both."""
    for number in range(30):
        person(number, channels=(("email",), ("sms",), BOTH)[number % 3])
    now = world().clock()
    made = replace(spec(sms=True), most=most, **more)
    plan_id = launch(made, plan_id=time_ordered_id(now), now=now, wiring=world())
    run(platform)
    return plan_id


def test_so_many_are_reached(platform: Platform) -> None:
    plan_id = launched(platform, 30)
    assert (outcome(plan_id).status, outcome(plan_id).sent) == ("sent", 40)


def test_a_step_that_would_reach_more_halts_the_plan(platform: Platform) -> None:
    """Whoever came between the count and the walk; both channels together are counted."""
    plan_id = launched(platform, 29)
    found = outcome(plan_id)
    assert (found.status, found.reason) == (HALTED, "count-differs")
    reached = {int("".join(filter(str.isdigit, to))[-4:]) for to in addressed(platform)}
    assert len(reached) <= 29
    resume(plan_id, wiring=world())
    run(platform)
    assert outcome(plan_id).reason == "count-differs"
    cancel(plan_id, wiring=world())
    run(platform)
    assert outcome(plan_id).closed_at


def test_an_extension_counts_on(platform: Platform) -> None:
    plan_id = launched(platform, 32)
    for number in range(30, 33):
        person(number)
    assert extend(plan_id, now=world().clock(), wiring=world())
    run(platform)
    assert (outcome(plan_id).status, outcome(plan_id).sent) == (HALTED, 40)


def test_where_the_audience_depends_on_the_channel_each_has_the_bound(platform: Platform) -> None:
    person(1, channels=BOTH)
    first = plan(sms=True)
    run(platform)
    audience = {"deliveries": {"plan": first, "state": "sent", "channel": "same"}}
    now = world().clock()
    made = replace(spec(sms=True, audience=audience), most=1)
    plan_id = launch(made, plan_id=time_ordered_id(now), now=now, wiring=world())
    run(platform)
    assert (outcome(plan_id).status, outcome(plan_id).sent) == ("sent", 2)


def test_what_is_too_old_is_counted_as_expired_whatever_its_bound(platform: Platform) -> None:
    now = world().clock()
    plan_id = launched(platform, 1, send_until=int(now.timestamp()) - 1)
    assert (outcome(plan_id).status, outcome(plan_id).expired) == ("sent", 40)
