"""The report of a period against a count by hand over the facts of its campaigns."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.dynamo import marshal
from chalicelib.core.errors import InvalidFields
from chalicelib.engagement.reports import keep, periods
from chalicelib.engagement.reports.census import Census
from chalicelib.engagement.reports.period import Line, Told, growth_view, split, total_of, views, without_few
from chalicelib.engagement.reports.period_sheet import as_csv
from chalicelib.engagement.reports.period_views import By, PeriodQuery, PeriodView
from chalicelib.engagement.reports.sums import Sum, sum_of, week_of, weeks
from chalicelib.engagement.reports.tables import SumItem, packed
from chalicelib.subscribers import topics
from chalicelib.subscribers.areas import AreaItem
from chalicelib.subscribers.tables import TopicItem
from tests.delivery.returns import HEAD, NOW, World, world
from tests.engagement.reports.test_breakdown import PROVING, fact

TOLD = Told(PROVING, {"sms"})
MONDAY = date(2026, 11, 16)


def campaign(number: int, *, language: str = "en", district: str = "north") -> Sum:
    """A mail to ten people; so many of them opened, half of those followed a link."""
    found = Sum(1, Counter({"email#opened#human": number, "email#opened#raw": 9, "sms#units": 1}))
    found.figures.update({"sms#cost": 1_000, "email#clicked#human": number // 2})
    for one in range(10):
        opened = 3.0 if one < number else None
        clicked = 4.0 if one < number // 2 else None
        mail = fact(one, delivered=one != 9, opened=opened, clicked=clicked)
        found.breakdown.take([mail], language=language, district=district, proving=PROVING)
    return found


campaigns = st.lists(
    st.builds(
        campaign,
        st.integers(0, 8),
        language=st.sampled_from(["en", "es"]),
        district=st.sampled_from(["north", "none"]),
    ),
    max_size=5,
)


@settings(max_examples=40)
@given(campaigns)
def test_lines_by_language_and_place_add_up_to_the_whole(found: list[Sum]) -> None:
    total = total_of(found)
    for by in ("language", "place", "channel"):
        parts = split(total, by)
        lines = views((Line(key, key, one) for key, one in parts.items()), TOLD)
        assert sum(line.sent for line in lines) == 10 * len(found)
        opened = sum(one.figures["email#opened#human"] for one in found)
        assert sum(line.opened or 0 for line in lines) == opened
        if by == "channel" and found:
            (mail,) = (line for line in lines if line.key == "email")
            assert mail.engagement is not None
            assert mail.engagement.opened is not None
            assert mail.engagement.opened.raw == 9 * len(found)


@settings(max_examples=30)
@given(campaigns)
def test_a_sum_reads_again_as_it_was(found: list[Sum]) -> None:
    total = total_of(found)
    assert sum_of(total.document()).document() == total.document()
    for one in found:
        total.add(one, times=-1)
    assert total.document() == Sum().document()


def test_a_line_is_compared_with_all_others_and_says_so_if_they_are_too_few() -> None:
    few = views([Line("a", "a", campaign(8)), Line("b", "b", campaign(2))], TOLD)
    assert few[0].compared is not None
    assert few[0].compared.verdict == "not-enough-data"
    assert few[0].compared.needed is not None
    many = [total_of([campaign(one)] * 60) for one in (8, 2)]
    lines = views([Line("a", "a", many[0]), Line("b", "b", many[1])], TOLD)
    verdicts = [line.compared.verdict for line in lines if line.compared]
    assert verdicts == ["higher", "lower"]


def test_places_of_few_people_are_one_line_that_no_single_one_can_be_worked_out_of() -> None:
    lines = [
        Line("north", "North", campaign(8), None, 400, 390),
        Line("south", "South", campaign(2), None, 3, 3),
        Line("east", "East", campaign(4), None, 12, 11),
        Line("west", "West", Sum(), None, 40, 40),
    ]
    *others, few = without_few(lines)
    assert [one.key for one in others] == ["north", "west"]
    assert (few.key, few.listed, few.reachable) == ("few", 15, 14)
    assert few.sum.document() == total_of([campaign(2), campaign(4)]).document()
    assert without_few(others) == others


def test_growth_is_told_by_source_and_by_reason() -> None:
    counts = {"roads#added#import": 4, "parks#added#import": 1, "roads#ended#one-click": 2}
    found = growth_view(counts)
    assert (found.added, found.ended) == (5, 2)
    assert (found.by_source, found.by_reason) == ({"import": 5}, {"one-click": 2})


@pytest.mark.parametrize(
    ("given_", "first", "last"),
    [
        pytest.param({}, date(2026, 10, 26), date(2026, 11, 29), id="four weeks back"),
        pytest.param({"from": MONDAY, "to": MONDAY}, MONDAY, date(2026, 11, 22), id="one day is its week"),
        pytest.param({"to": date(2026, 11, 22)}, date(2026, 10, 26), date(2026, 11, 22), id="whole weeks"),
    ],
)
def test_periods_are_whole_weeks(given_: dict[str, Any], first: date, last: date) -> None:
    assert periods.period(PeriodQuery(**given_), today=date(2026, 11, 23)) == (first, last)


@pytest.mark.parametrize(
    "given_",
    [
        pytest.param({"from": MONDAY, "to": MONDAY - timedelta(days=1)}, id="backwards"),
        pytest.param({"from": MONDAY - timedelta(weeks=53), "to": MONDAY}, id="too long"),
    ],
)
def test_a_period_that_is_none_is_refused(given_: dict[str, Any]) -> None:
    with pytest.raises(InvalidFields) as refused:
        periods.period(PeriodQuery(**given_), today=MONDAY)
    assert [one.pointer for one in refused.value.errors] == ["from"]


def test_weeks_begin_on_monday_in_the_agencys_zone() -> None:
    assert week_of(NOW, time_zone="America/New_York") == MONDAY
    assert week_of(NOW.replace(day=23, hour=4), time_zone="America/New_York") == MONDAY
    assert week_of(NOW.replace(day=23, hour=6), time_zone="America/New_York") == MONDAY + timedelta(weeks=1)
    assert weeks(MONDAY, MONDAY + timedelta(days=13)) == [MONDAY, MONDAY + timedelta(weeks=1)]


@pytest.fixture(scope="module")
def stage() -> Iterator[World]:
    with world() as made:
        for model in (TopicItem, AreaItem):
            model.create_table(billing_mode="PAY_PER_REQUEST")
        for name, department in (("roads", "works"), ("parks", "leisure")):
            topic = topics.Topic(name, {"en": name.title()}, {}, department, "City", topics.OPEN)
            topics.create(topic, now=NOW)
        yield made


@pytest.fixture
def clear(stage: World) -> World:
    stage.clear()
    return stage


def kept(made: World, number: int, **of: Any) -> None:
    head = replace(HEAD, plan_id=f"{number:032x}", **{"department": "works", **of})
    keep.keep(head, campaign(number), hours=1, now=NOW, wiring=made.wiring)


def asked(made: World, by: By, **more: Any) -> PeriodView:
    return periods.report(PeriodQuery(by=by, **more), now=NOW, wiring=made.wiring)


def test_a_later_taking_takes_the_place_of_the_one_before(clear: World) -> None:
    head = replace(HEAD, department="works")
    for number, hours in ((2, 1), (6, 6), (6, 6), (8, 72)):
        keep.keep(head, campaign(number), hours=hours, now=NOW, wiring=clear.wiring)
    taken = keep.latest(head.plan_id)
    assert taken is not None
    assert (taken.hours, taken.sum.document()) == (72, campaign(8).document())
    ((name, found),) = keep.of_week(MONDAY, "department")
    assert (name, found.document()) == ("works", campaign(8).document())
    ((name, found),) = keep.of_week(MONDAY, "topic")
    assert (name, found.campaigns) == ("roads", 1)


def test_a_campaign_of_two_topics_counts_in_both_and_once_in_the_total(clear: World) -> None:
    kept(clear, 4, topics=["parks", "roads"])
    kept(clear, 6, topics=["roads"])
    kept(clear, 2, topics=["parks"], department="leisure")
    found = asked(clear, By.TOPIC)
    assert {line.key: (line.campaigns, line.opened) for line in found.lines} == {
        "parks": (2, 6),
        "roads": (2, 10),
    }
    assert (found.total.campaigns, found.total.sent, found.total.opened) == (3, 30, 12)
    assert (found.first_day, found.last_day) == ("2026-10-26", "2026-11-22")
    assert found.health is None
    works = asked(clear, By.DEPARTMENT, department="works")
    assert [(line.key, line.opened) for line in works.lines] == [("works", 10)]
    assert works.total.opened == 10
    by_week = asked(clear, By.WEEK)
    assert [(line.key, line.campaigns) for line in by_week.lines][-1] == ("2026-11-16", 3)
    assert sum(line.sent for line in by_week.lines) == 30


def test_growth_and_the_list_stand_beside(clear: World) -> None:
    kept(clear, 4)
    counted = Census(64, {("en", "none"): Counter({"people": 5, "on#email": 4, "unreachable": 1})})
    counted.topics.update({"roads": 4})
    counted.shut = {"email": Counter({"bounce": 1})}
    day = MONDAY.isoformat()
    SumItem("census", day, content=packed(counted.document()), version="1").save()
    growth = {"_all#added#import": 5, "roads#added#import": 4, "roads#ended#one-click": 1}
    item = {"month_slot": "2026-11#0", "day": day, **growth, "parks#added#page": 2}
    clear.wiring.dynamodb.put_item(TableName=clear.wiring.settings.table("growth"), Item=marshal(item))
    found = asked(clear, By.TOPIC)
    lines = {line.key: line for line in found.lines}
    assert lines["roads"].growth is not None
    assert (lines["roads"].growth.added, lines["roads"].growth.ended, lines["roads"].listed) == (4, 1, 4)
    assert lines["parks"].sent == 0, "one with growth alone has a line"
    assert found.total.growth is not None
    assert (found.total.growth.added, found.people.added, found.total.listed) == (6, 5, 5)
    assert found.health is not None
    assert (found.health.day, found.health.reachable["email"], found.health.unreachable) == (day, 4, 1)
    assert found.health.do_not_contact == {"email": {"bounce": 1}}
    english = asked(clear, By.LANGUAGE).lines[0]
    assert (english.key, english.listed, english.reachable, english.campaigns) == ("en", 5, 4, None)
    assert (english.growth, english.engagement, english.cost) == (None, None, None)
    rows = list(csv.DictReader(StringIO(as_csv(found))))
    assert [row["number"] for row in rows if row["kind"] == "ended" and row["key"] == "roads"] == ["1"]
    assert [row["sent"] for row in rows if row["kind"] == "total"] == ["10"]
    assert {row["kind"] for row in rows} >= {"line", "engagement", "added", "health", "do_not_contact"}
