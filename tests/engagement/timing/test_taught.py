"""From a campaign at the best hour to what it taught: over the whole platform, for three days."""

from dataclasses import replace

import pytest

from chalicelib.core.wiring import Wiring
from chalicelib.delivery import cohorts
from chalicelib.delivery.best_hour import FLAT, BestHour, arm, day_of
from chalicelib.engagement import study
from chalicelib.engagement.timing import report
from chalicelib.subscribers.habits import habits_of
from chalicelib.subscribers.model import Wishes
from infra.platform.platform import Platform
from tests.delivery.engine import person, run, spec, world
from tests.delivery.night import campaign, evening, letters_to, pass_hours
from tests.engagement.reading import look_at

APPLE = "Mozilla/5.0"
"""What Apple's proxy calls itself."""

MADE = replace(spec(), daylight=True, best_hour=BestHour((8, 21), 24, FLAT))


def days_pass(platform: Platform, days: int) -> None:
    for _ in range(days * 2):
        platform.clock.advance(12 * 3600)
        platform.fire("tick")
        run(platform)


def test_a_campaign_teaches_hours_cohorts_and_arms() -> None:
    with evening() as platform:
        readers = [person(n, subscriber_id=f"{n:032x}") for n in range(6)]
        shy = person(7, subscriber_id=f"{7:032x}", wishes=Wishes(tracking=False))
        plan_id = campaign(MADE)
        pass_hours(platform, 25)
        for one in (*readers[:3], shy):
            look_at(platform, plan_id, one.id)
        look_at(platform, plan_id, readers[5].id, **{"user-agent": APPLE})
        platform.clock.advance(120)
        run(platform)
        days_pass(platform, 4)
        found = habits_of(world().dynamodb, [one.id for one in (*readers, shy)])
        assert set(found) == {one.id for one in readers}
        for number, one in enumerate(readers):
            (letter,) = letters_to(platform, one)
            local = (letter.at.hour - 5) % 24
            habit = found[one.id]
            assert habit.hours == {local: (1.0, float(number < 3))}
            assert habit.sent == {"email": day_of(letter.at)}
            assert bool(habit.opened) is (number < 3)
            assert habit.unread.get("email", 0) == int(number >= 3)
            assert habit.hidden == (habit.sent if number == 5 else {})
        together = cohorts.read("topic#roads", wiring=world()).hours
        assert sum(sent for sent, _ in together.values()) == 7
        assert sum(engaged for _, engaged in together.values()) == 4
        arms = study.documents(plan_id)["arms"]["arms"]
        assert sum(counts["people"] for counts in arms.values()) == 7
        assert set(arms) == {str(arm(one.id, MADE.reference)) for one in (*readers, shy)}
        told = report.of_plan(plan_id, wiring=world())
        assert told
        assert {one.verdict for one in told.comparisons} == {"not-enough-data"}
        assert "not enough data" in told.words[0]


@pytest.mark.parametrize("learning", [True, False])
def test_what_goes_to_all_at_once_has_no_arms_to_tell_of(platform: Platform, learning: bool) -> None:
    person(1)
    plan_id = campaign(spec())
    run(platform)
    wiring = Wiring(settings=replace(world().settings, habits=learning), clock=world().clock)
    assert report.of_plan(plan_id, wiring=wiring) is None
