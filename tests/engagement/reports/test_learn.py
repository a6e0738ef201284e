"""What a study keeps of a campaign against a count by hand over the facts."""

from collections import Counter
from typing import Any

from chalicelib.core.ids import SHARDS
from chalicelib.delivery.facts import Fact, facts
from chalicelib.delivery.studying import HOURS
from chalicelib.engagement.reports import keep
from chalicelib.engagement.reports.breakdown import PEOPLE, Place, summed
from chalicelib.engagement.reports.campaign import report
from chalicelib.engagement.reports.often import frequency
from chalicelib.engagement.reports.period_views import By, PeriodQuery, PeriodView
from chalicelib.engagement.reports.periods import report as report_period
from chalicelib.subscribers import areas, topics
from chalicelib.subscribers.model import Place as Position
from chalicelib.subscribers.model import Wishes
from infra.platform.platform import Platform
from tests.delivery.engine import person, plan, run, world
from tests.engagement.reading import click, look_at
from tests.engagement.reports.test_census import ELSEWHERE, SQUARE, THERE

PLACES: list[Position | None] = [THERE, ELSEWHERE, None]


def hours_pass(platform: Platform, hours: float) -> None:
    platform.clock.advance(hours * 3600)
    platform.fire("tick")
    run(platform)


def every(plan_id: str) -> list[Fact]:
    return [one for shard in range(SHARDS) for one in facts(plan_id, shard, wiring=world())]


def test_the_report_tells_what_the_facts_say_and_goes_on_when_people_without_leave_are_folded(
    platform: Platform,
) -> None:
    geometry = {"type": "Polygon", "coordinates": [SQUARE]}
    areas.put("old-town", kind="named", name={"en": "Old Town"}, geometry=geometry)
    now = world().clock()
    topics.create(topics.Topic("roads", {"en": "Roads"}, {}, "roads", "City", topics.OPEN), now=now)
    of: dict[str, tuple[str, str]] = {}
    for number in range(36):
        language = "es" if number % 2 else "en"
        place = PLACES[number % 3]
        wishes = Wishes(tracking=False) if number % 9 == 0 else Wishes()
        one = person(number, language=language, place=place, wishes=wishes)
        of[one.id] = (language, "old-town" if place == THERE else "none")
    hours_pass(platform, 2)
    plan()
    run(platform)
    platform.clock.advance(86_400)
    plan_id = plan()
    run(platform)
    readers = list(of)[:12]
    platform.clock.advance(600)
    for subscriber_id in readers:
        look_at(platform, plan_id, subscriber_id)
    platform.clock.advance(60)
    for subscriber_id in readers[:5]:
        click(platform, plan_id, subscriber_id)
    run(platform)
    before = every(plan_id)
    assert keep.latest(plan_id) is None
    assert report(plan_id, wiring=world()).reach is None
    for hours in HOURS:
        hours_pass(platform, hours)
    taken = keep.latest(plan_id)
    assert taken is not None
    assert (taken.hours, taken.sum.campaigns) == (72, 1)
    cells = taken.sum.breakdown.cells
    for name, number in (("opened", 12), ("clicked", 5)):
        by_hand = Counter(of[one] for one in readers[:number])
        for channel in ("email", PEOPLE):
            found = {
                (place.language, place.district): counts[name]
                for place, counts in cells.items()
                if place.channel == channel and counts[name]
            }
            assert found == by_hand, name
    everybody = summed(cells, by=("channel",))[Place("email", "", "")]
    assert everybody["sent"] == len(before) == 36
    assert sum(counts["people"] for counts in taken.sum.breakdown.loads.values()) == everybody["got"]
    assert set(taken.sum.breakdown.loads) == {1}, "each of them got one the day before"
    reached(plan_id, sum(of[one][0] == "es" for one in readers[:5]))
    in_a_period(plan_id)


def reached(plan_id: str, spanish: int) -> None:
    """The rows of the report."""
    view = report(plan_id, wiring=world())
    assert view.reach is not None
    assert view.reach.hours_after == 72
    rows = {(row.channel, row.language, row.district): row for row in view.reach.rows}
    assert rows[None, None, "old-town"].name == "Old Town"
    assert rows[None, None, "old-town"].sent == 12
    assert rows[None, "en", "old-town"].hidden, "six people"
    assert rows["email", "es", None].clicked == spanish


def over_weeks(**asked: Any) -> PeriodView:
    return report_period(PeriodQuery(**asked), now=world().clock(), wiring=world())


def in_a_period(plan_id: str) -> None:
    """The same over weeks: two campaigns, of which one was read."""
    counted = report(plan_id, wiring=world())
    found = over_weeks(by=By.DEPARTMENT, department="roads")
    (line,) = found.lines
    assert (line.campaigns, line.sent, line.opened, line.clicked) == (2, 72, counted.opened, counted.clicked)
    assert line.engagement is not None
    assert line.engagement.clicks.raw == counted.engagement.clicks.raw
    assert (line.minutes_to_first, line.open_rate is not None) == (15, True)
    places = over_weeks(by=By.PLACE)
    assert {one.key: one.sent for one in places.lines} == {"none": 48, "old-town": 24}
    advice = frequency("roads", back=4, now=world().clock().replace(month=12, day=15), wiring=world())
    assert (advice.verdict, [one.messages for one in advice.groups]) == ("not-enough-data", [36, 36])
