"""The provider's rate is shared alike between departments, then between the plans of each."""

from collections import Counter
from datetime import datetime
from itertools import pairwise

from chalicelib.delivery.control import cancel, pause, resume
from chalicelib.delivery.expand import expand
from chalicelib.delivery.pulses import pulses
from chalicelib.delivery.shares import shares
from infra.platform.platform import Platform
from tests.delivery.engine import outcome, person, plan, run, settle, world

HORIZON_S = 10 / 0.8
CALLS = 100


def sent_at(platform: Platform, plan_id: str) -> list[datetime]:
    """When each mail of a plan was taken."""
    return [letter.at for letter in platform.outbox.letters() if letter.tags["plan"] == plan_id]


def test_of_any_hundred_calls_two_equal_plans_have_about_half_each(platform: Platform) -> None:
    platform.account.max_send_rate = 1
    for number in range(90):
        person(number)
    both = [plan(), plan()]
    run(platform)
    calls = [letter.tags["plan"] for letter in platform.outbox.letters()]
    for first in range(len(calls) - CALLS + 1):
        share = Counter(calls[first : first + CALLS])
        assert all(40 <= share[plan_id] <= 60 for plan_id in both), (first, share)
    assert {outcome(plan_id).sent for plan_id in both} == {90}


def test_a_departments_few_mails_are_not_held_up_by_anothers_long_campaigns(platform: Platform) -> None:
    platform.account.max_send_rate = 2
    for number in range(60):
        person(number, topics=("roads", "parks") if number < 10 else ("roads",))
    alone = plan(audience={"topic": "parks"}, department="parks")
    settle(platform)
    long = [plan(department="roads") for _ in range(3)]
    settle(platform, within_s=15)
    start = world().clock()
    beside = plan(audience={"topic": "parks"}, department="parks")
    settle(platform, within_s=60)
    took = [max(sent_at(platform, one)) for one in (alone, beside)]
    assert outcome(beside).status == "sent"
    assert all(outcome(plan_id).status == "sending" for plan_id in long), "they were under way all along"
    began = min(sent_at(platform, alone))
    assert (took[1] - start).total_seconds() <= (took[0] - began).total_seconds() + HORIZON_S


def test_who_is_left_has_the_whole_rate_again(platform: Platform) -> None:
    platform.account.max_send_rate = 2
    for number in range(60):
        person(number)
    first, other = plan(department="roads"), plan(department="parks")
    settle(platform, within_s=20)
    cancel(other, wiring=world())
    settle(platform, within_s=30)
    shares(world()).forget("bulk", "email")
    settle(platform, within_s=20)
    mails = sent_at(platform, first)
    run(platform)
    gaps = [(after - before).total_seconds() for before, after in pairwise(sent_at(platform, first))]
    assert len(mails) > 20
    assert outcome(first).sent == 60
    assert sum(gaps[-10:]) <= 10


def test_who_rests_walks_no_more_and_who_goes_on_does(platform: Platform) -> None:
    platform.account.max_send_rate = 1
    for number in range(60):
        person(number)
    plan_id = plan(department="parks")
    assert shares(world()).walking("bulk", "email") == ["parks"]
    settle(platform, within_s=10)
    pause(plan_id, wiring=world())
    settle(platform, within_s=60)
    assert shares(world()).walking("bulk", "email") == []
    resume(plan_id, wiring=world())
    settle(platform, within_s=20)
    assert shares(world()).walking("bulk", "email") == ["parks"]
    run(platform)
    assert shares(world()).walking("bulk", "email") == []


def test_a_newcomer_is_known_with_the_next_step(platform: Platform) -> None:
    platform.account.max_send_rate = 1
    for number in range(40):
        person(number)
    first = plan()
    settle(platform, within_s=1)
    bulk = shares(world())
    other = plan(department="parks")
    assert bulk.of("bulk", "email", "roads") == 1, "kept, as another process would"
    pulse = pulses(world()).current(first, 0)
    assert pulse is not None
    platform.clock.advance(12)
    expand(pulse.message(), wiring=world())
    assert bulk.of("bulk", "email", "roads") == 0.5
    run(platform)
    assert (outcome(first).sent, outcome(other).sent) == (40, 40)
