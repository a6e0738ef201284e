"""The minute's look: what people did decides the next batch, once; at the end topics have a past."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.core.dynamo import marshal
from chalicelib.core.ids import shard_of, sharded
from chalicelib.delivery.allocations import allocations
from chalicelib.delivery.facts import facts
from chalicelib.delivery.plans import plans
from chalicelib.engagement.variants import allocate as minute
from chalicelib.engagement.variants.allocate import AllocationFailed, allocate, prior
from chalicelib.engagement.variants.thompson import Seen, prior_of
from infra.platform.platform import Platform
from tests.delivery.engine import person, settle, world
from tests.delivery.night import campaign
from tests.delivery.varied import HOURS, few, varied, versions

MORNING = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
PEOPLE = 48


@pytest.fixture(scope="module")
def running() -> Iterator[Platform]:
    with few(600, 200, 200), Platform(frozen=MORNING) as platform:
        for number in range(PEOPLE):
            person(number)
        kept = platform.world.dynamodb.kept()
        platform.people = kept  # type: ignore[attr-defined]
        yield platform


@pytest.fixture
def platform(running: Platform) -> Platform:
    running.reset()
    running.world.dynamodb.put_back(running.people)  # type: ignore[attr-defined]
    return running


def run(*, left: float = 300) -> int:
    return allocate(left=lambda: left, wiring=world())


def clicked(plan_id: str, variant: str) -> int:
    """Whoever got a variant by now follows its link."""
    number = 0
    for subscriber_id, versions_of in versions(plan_id).items():
        if ("email", variant) in versions_of:
            number += 1
            world().dynamodb.update_item(
                TableName=world().settings.table("deliveries"),
                Key=marshal(
                    {
                        "plan_shard": sharded(plan_id, shard_of(subscriber_id)),
                        "subscriber_channel": f"{subscriber_id}#email",
                    }
                ),
                UpdateExpression="SET clicked_at = :at",
                ExpressionAttributeValues=marshal({":at": "2026-11-23T15:00:00.000Z"}),
            )
    return number


def begun(platform: Platform) -> str:
    plan_id = campaign(varied())
    settle(platform)
    return plan_id


def test_what_people_follow_gets_the_most_of_the_next_batch(platform: Platform) -> None:
    plan_id = begun(platform)
    assert clicked(plan_id, "short")
    assert run() == 0  # not due
    platform.clock.advance(HOURS * 3600 - 240)
    assert run() == 1
    assert run() == 0  # noted
    look, decided = allocations(world()).standing(plan_id)
    assert (look["look"], decided[1]["how"]) == (1, "thompson")
    assert max(decided[1]["shares"], key=decided[1]["shares"].get) == "short"
    assert sum(decided[1]["shares"].values()) == pytest.approx(1)
    sent = sum(one.variant != "" for s in range(64) for one in facts(plan_id, s, wiring=world()))
    assert sum(one["messages"] for one in look["seen"].values()) == sent


def test_messages_that_just_left_do_not_count_yet(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_id = begun(platform)
    monkeypatch.setattr(minute, "mature_before", lambda _head, *, now: now - HOURS * 7200)
    platform.clock.advance(HOURS * 3600 - 240)
    assert run() == 1
    look, decided = allocations(world()).standing(plan_id)
    assert look["seen"] == {}
    assert decided[1]["shares"] == pytest.approx(dict.fromkeys(("default", "short", "warm"), 1 / 3))


def test_a_look_that_was_cut_short_is_done_again_and_decides_the_same(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_id = begun(platform)
    platform.clock.advance(HOURS * 3600 - 240)

    def fails(*_: Any, **__: Any) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr(minute, "written", fails)
        with pytest.raises(AllocationFailed):
            run()
    first = allocations(world()).standing(plan_id)
    assert (first[0]["look"], set(first[1])) == (0, {1})
    assert run() == 0  # it is leased
    clicked(plan_id, "warm")
    platform.clock.advance(minute.LEASE_S)
    assert run() == 1
    assert allocations(world()).standing(plan_id)[1] == first[1]


def test_without_time_nothing_is_begun(platform: Platform) -> None:
    begun(platform)
    platform.clock.advance(HOURS * 3600)
    assert run(left=10) == 0


def test_after_the_last_look_topics_have_a_past_counted_once(platform: Platform) -> None:
    plan_id = begun(platform)
    head = plans(world()).head(plan_id)
    assert prior(head, wiring=world()) == prior_of(Seen(0, 0))
    people, number = len(versions(plan_id)), clicked(plan_id, "warm")
    looks = 0
    for hours in (2 * HOURS, 0, HOURS, 24, 1, 24):
        platform.clock.advance(hours * 3600)
        looks += run()
    assert looks == 4
    assert allocations(world()).past(["roads"]) == (people, number)
    assert prior(head, wiring=world()) == prior_of(Seen(people, number))
    look, _ = allocations(world()).standing(plan_id)
    assert "due_at" not in look
    assert sum(one["messages"] for one in look["seen"].values()) == people


def test_an_exercise_teaches_topics_nothing(platform: Platform) -> None:
    plan_id = campaign(varied(mode="test"))
    settle(platform)
    for _ in range(6):
        platform.clock.advance(24 * 3600)
        run()
    assert "due_at" not in allocations(world()).standing(plan_id)[0]
    assert allocations(world()).past(["roads"]) == (0, 0)
