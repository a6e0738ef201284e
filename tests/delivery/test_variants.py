"""Variants in the engine: batches that open, shares that hold, and the same words for the same person."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.delivery.allocations import allocations
from chalicelib.delivery.control import extend
from chalicelib.delivery.plan import SENT
from chalicelib.delivery.plans import plans
from chalicelib.delivery.variants import HOLD_OUT, HOLD_OUT_SHARE, chosen, draw, even, place
from chalicelib.subscribers.model import Wishes
from infra.platform.platform import Platform
from tests.delivery.engine import addressed, outcome, person, settle, world
from tests.delivery.night import DAYLIGHT, campaign, pass_hours
from tests.delivery.varied import HOURS, NAMES, few, varied, versions

MORNING = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
"""Nine in the morning in New York."""


@pytest.fixture(scope="module")
def morning() -> Iterator[Platform]:
    with few(), Platform(frozen=MORNING, parameters=DAYLIGHT) as running:
        yield running


@pytest.fixture
def platform(morning: Platform) -> Platform:
    morning.reset()
    return morning


def batch_of(plan_id: str, subscriber_id: str) -> int:
    return place(draw(plan_id, subscriber_id).batch, plans(world()).head(plan_id).variants["batches"])


@given(st.uuids(), st.uuids())
def test_a_draw_is_the_same_whoever_asks(plan: object, person: object) -> None:
    found = draw(f"{plan}", f"{person}")
    assert found == draw(f"{plan}", f"{person}")
    assert all(0 <= number < 1 for number in found)


@given(st.floats(0, 1, exclude_max=True), st.lists(st.floats(0.001, 1), min_size=1, max_size=6))
def test_a_number_falls_into_one_part(number: float, shares: list[float]) -> None:
    found, total = place(number, shares), sum(shares)
    assert sum(shares[:found]) / total <= number + 1e-9
    assert number < sum(shares[: found + 1]) / total + 1e-9


def test_shares_come_out_as_they_were_decided_and_the_draws_do_not_hang_together() -> None:
    people = [draw("plan", f"{number:032x}") for number in range(20_000)]
    wanted = {"a": 0.6, "b": 0.3, "c": 0.1}
    kept = [one for one in people if one.held_out >= HOLD_OUT_SHARE and one.batch < 0.5]
    off = 4 * sqrt(0.25 / len(kept))
    assert len(kept) / len(people) == pytest.approx(0.45, abs=0.02)
    got = Counter(chosen(one.variant, wanted) for one in kept)
    assert {name: got[name] / len(kept) for name in wanted} == pytest.approx(wanted, abs=off)


def test_even_shares() -> None:
    assert even(["a", "b"]) == {"a": 0.5, "b": 0.5}


def test_batches_open_one_after_the_other_and_each_person_gets_one_message(platform: Platform) -> None:
    everybody = [person(n) for n in range(60)]
    plan_id = campaign(varied())
    head = plans(world()).head(plan_id)
    assert (head.variants["names"], head.variants["batches"]) == (list(NAMES), [100, 100, 100, 700])
    settle(platform)
    first = {one.id for one in everybody if batch_of(plan_id, one.id) == 0}
    assert set(versions(plan_id)) == first
    assert outcome(plan_id).held == {"variants": 60 - len(first)}
    allocations(world()).decide(head, 1, {"warm": 1.0}, how="thompson", at=0)
    allocations(world()).decide(head, 2, {"short": 1.0}, how="thompson", at=0)
    pass_hours(platform, 3 * HOURS + 1)
    found = versions(plan_id)
    assert (outcome(plan_id).status, outcome(plan_id).sent) == (SENT, 60)
    assert set(addressed(platform).values()) == {1}
    for one in everybody:
        batch, held_out = batch_of(plan_id, one.id), draw(plan_id, one.id).held_out < HOLD_OUT_SHARE
        ((_, variant),) = found[one.id]
        expected = {0: set(NAMES), 1: {"warm"}, 2: {"short"}, 3: set(NAMES)}
        assert variant in ({HOLD_OUT} if held_out else expected[batch])
    subjects = {letter.to: letter.subject for letter in platform.outbox.letters()}
    for one in everybody:
        ((_, variant),) = found[one.id]
        assert subjects[one.addresses["email"].address].startswith(f"{variant}: ")


def test_a_batch_for_which_nothing_was_decided_goes_evenly_after_a_grace(platform: Platform) -> None:
    for n in range(60):
        person(n)
    plan_id = campaign(varied())
    pass_hours(platform, HOURS + 0.1)
    head = plans(world()).head(plan_id)
    assert allocations(world()).of(plan_id, 1) is None
    assert {batch_of(plan_id, one) for one in versions(plan_id)} == {0}
    pass_hours(platform, 1)
    assert {batch_of(plan_id, one) for one in versions(plan_id)} == {0, 1}
    late = allocations(world()).decide(head, 1, {"warm": 1.0}, how="thompson", at=0)
    assert late == even(NAMES)  # too late: what was decided stands
    assert allocations(world()).standing(plan_id)[1][1]["how"] == "even"


def test_languages_and_channels_without_variants_wait_for_nobody(platform: Platform) -> None:
    for n in range(30):
        person(n, language="es" if n % 2 else "en", channels=("email", "sms"))
    plan_id = campaign(varied(languages=("en", "es"), sms=True))
    settle(platform)
    found = versions(plan_id)
    spanish = [one for one in found.values() if ("email", "") in one]
    assert len(spanish) == 15
    assert all(("sms", "") in one for one in found.values())
    assert outcome(plan_id).held["variants"] == 30 - 15 - sum(
        any(channel == "email" and variant for channel, variant in one) for one in found.values()
    )


def test_quiet_hours_and_batches_wait_for_the_later(platform: Platform) -> None:
    late = [person(n, wishes=Wishes(hours=(20, 21))) for n in range(20)]  # batches open from 9 to 15 o'clock
    early = [person(n, wishes=Wishes(hours=(9, 10))) for n in range(20, 40)]
    plan_id = campaign(replace(varied(), daylight=True))
    pass_hours(platform, 10)
    assert not {one.id for one in late} & set(versions(plan_id))
    first = {one.id for one in early if batch_of(plan_id, one.id) == 0}
    assert {one.id for one in early} & set(versions(plan_id)) == first
    pass_hours(platform, 1.5)
    assert {one.id for one in late} <= set(versions(plan_id))
    pass_hours(platform, 13)
    assert len(versions(plan_id)) == 40
    assert set(addressed(platform).values()) == {1}


def test_whoever_comes_later_gets_what_their_batch_gets(platform: Platform) -> None:
    for n in range(40):
        person(n)
    plan_id = campaign(varied())
    pass_hours(platform, 3 * HOURS + 2)
    assert outcome(plan_id).status == SENT
    before = versions(plan_id)
    for n in range(40, 60):
        person(n)
    extend(plan_id, now=world().clock(), wiring=world())
    settle(platform)
    found = versions(plan_id)
    assert len(found) == 60
    assert {one: found[one] for one in before} == before


def test_who_is_held_too_long_is_planned_with_the_plans_own_words_and_expires(platform: Platform) -> None:
    for n in range(20):
        person(n)
    until = int((MORNING + timedelta(hours=1)).timestamp())
    plan_id = campaign(replace(varied(), send_until=until))
    pass_hours(platform, 2)
    found = outcome(plan_id)
    assert (found.status, found.planned, found.expired) == (SENT, 20, 20 - found.sent)
    assert found.let_go.get("variants", 0) == found.expired
