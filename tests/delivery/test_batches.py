"""Batches: their sizes by how many people there are, the estimate of those, and when a plan is looked at."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.clock import parse_rfc3339
from chalicelib.delivery import batches
from chalicelib.delivery.batches import LEAD_S, estimated, look_at, mature_before, sizes
from chalicelib.delivery.plan import PlanHead
from chalicelib.delivery.plans import plans
from infra.platform.platform import Platform
from tests.delivery.engine import person, world
from tests.delivery.night import campaign
from tests.delivery.returns import HEAD
from tests.delivery.varied import varied

HOUR = 3600
AT = parse_rfc3339(HEAD.created_at).timestamp()


def head(*parts: int) -> PlanHead:
    return replace(
        HEAD, variants={"names": ["default", "short"], "batches": list(parts), "every_s": 2 * HOUR}
    )


@given(st.integers(0, 10**7), st.integers(2, 5))
def test_batches_are_the_whole_audience_and_small_ones_can_tell_something(people: int, variants: int) -> None:
    found = sizes(people, variants)
    assert sum(found) == 1000
    if len(found) > 1:
        assert people * min(found) / 1000 >= 0.99 * batches.EACH_AT_LEAST * variants


def test_few_wait_less() -> None:
    assert [sizes(people, 2) for people in (100, 600, 1_999, 2_000)] == [
        [1000],
        [333, 667],
        [333, 667],
        [100, 100, 100, 700],
    ]


def test_a_plan_is_looked_at_before_each_later_batch_when_the_last_is_mature_and_a_day_on() -> None:
    found = [look_at(head(100, 100, 100, 700), look) for look in range(6)]
    hours = [None if at is None else (at - AT) / HOUR for at in found]
    lead = LEAD_S / HOUR
    assert hours == [pytest.approx(2 - lead), pytest.approx(4 - lead), pytest.approx(6 - lead), 8, 32, None]
    assert [look_at(head(1000), look) for look in range(3)] == [AT + 2 * HOUR, AT + 26 * HOUR, None]


def test_with_the_best_hour_the_end_is_when_nobody_waits_for_theirs_any_more() -> None:
    best = replace(head(333, 667), best_hour={"longest_h": 24})
    found = [look_at(best, look) for look in range(4)]
    assert found == [AT + 2 * HOUR - LEAD_S, AT + 26 * HOUR, AT + 50 * HOUR, None]
    narrow = replace(head(333, 667), best_hour={"longest_h": 1})
    assert look_at(narrow, 1) == AT + 4 * HOUR


def test_messages_are_old_enough_after_half_a_batch() -> None:
    assert mature_before(head(1000), now=AT + 5 * HOUR) == AT + 4 * HOUR


@pytest.fixture(scope="module")
def crowd() -> Iterator[Platform]:
    """A hundred and eighty people, a third of whom read English."""
    chance = Random(5)
    with Platform() as platform:
        for number in range(180):
            one = f"{chance.getrandbits(128):032x}"
            person(number, language="en" if number % 3 == 0 else "es", subscriber_id=one)
        yield platform


def test_people_are_estimated_by_their_first_shards_and_counted_where_they_are_few(
    crowd: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = plans(world()).head(campaign(varied(languages=("en", "es"))))
    assert made.variants["languages"] == {"email": ["en"]}
    now = world().clock()
    assert estimated(made, now=now, wiring=world()) == 60
    monkeypatch.setattr(batches, "ENOUGH", 12)
    assert estimated(made, now=now, wiring=world()) == pytest.approx(60, rel=0.5)
    monkeypatch.setattr(batches, "READ_MOST", 60)
    assert estimated(made, now=now, wiring=world()) == pytest.approx(60, rel=0.5)
