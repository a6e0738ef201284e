"""Everybody in an area and nobody else: by the engine, by its count, by its plan, and by plain arithmetic."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from chalicelib.alerts import areas, audience
from chalicelib.core.ids import SHARDS, random_id
from chalicelib.core.settings import settings
from chalicelib.core.wiring import wiring
from chalicelib.delivery.audience import compiled
from chalicelib.delivery.counting import Tally, walk
from chalicelib.delivery.daylight import Daylight
from chalicelib.delivery.launch import launch
from chalicelib.delivery.reading import TableReading
from chalicelib.delivery.streams import members
from chalicelib.subscribers.model import EVERYONE
from infra.platform.platform import Platform
from tests.bench.people import row
from tests.core import rays
from tests.core.rays import star, wrapped
from tests.delivery.engine import addressed, outcome, settle, spec

TOPIC = "flood"
BOSTON, TAVEUNI = (42.36, -71.06), (-16.85, 180.0)
"""A city, and an island that the 180th meridian crosses."""


@dataclass(frozen=True)
class Resident:
    """Somebody with a mail address; `places` are latitudes and longitudes."""

    number: int
    places: tuple[tuple[float, float], ...]
    opted_in: bool
    subscribed: bool

    def rows(self) -> Iterator[dict[str, Any]]:
        """What stands of them in the table `subscriptions`."""
        more: dict[str, Any] = {}
        if self.places:
            told = [f"place{n}:{latitude},{longitude}" for n, (latitude, longitude) in enumerate(self.places)]
            more["places"] = {"SS": told}
        if self.opted_in:
            more["life_safety"] = {"BOOL": True}
        for topic in (EVERYONE, *([TOPIC] if self.subscribed else [])):
            yield row(self.number, ["en"], topic=topic) | more

    @property
    def address(self) -> str:
        """As `row` makes it."""
        return str(row(self.number, ["en"])["email"]["S"])

    @property
    def id(self) -> str:
        """As `row` makes it."""
        return str(row(self.number, ["en"])["subscriber_id"]["S"])


def residents(count: int, random: Random) -> list[Resident]:
    """People around both places; some have two homes, some told none."""
    made = []
    for number in range(count):
        centre = random.choice([BOSTON, TAVEUNI])
        homes = tuple(
            (round(centre[0] + random.gauss(0, 0.2), 5), round(wrapped(centre[1] + random.gauss(0, 0.2)), 5))
            for _ in range(random.choice([0, 1, 1, 1, 1, 2]))
        )
        made.append(Resident(number, homes, random.random() < 0.06, random.random() < 0.05))
    return made


def write(people: list[Resident]) -> None:
    """Straight into the table: 10,000 sign-ups would be minutes."""
    rows = [one for resident in people for one in resident.rows()]
    table = settings().table("subscriptions")
    for start in range(0, len(rows), 25):
        batch = [{"PutRequest": {"Item": one}} for one in rows[start : start + 25]]
        wiring().dynamodb.batch_write_item(RequestItems={table: batch})


def zone(random: Random, centre: tuple[float, float]) -> list[rays.Ring]:
    """A polygon of 300 corners with two holes."""
    outer = star(random, centre, 300, least=0.12, most=0.3)
    holes = [(centre[0], centre[1] + shift) for shift in (0.04, -0.04)]
    return [outer, *(star(random, (y, wrapped(x)), 12, least=0.015, most=0.03) for y, x in holes)]


def expected(people: list[Resident], rings: list[rays.Ring], *, without_place: bool) -> list[Resident]:
    """By plain arithmetic on each resident."""
    return [
        one
        for one in people
        if (one.opted_in or one.subscribed)
        and (any(rays.inside(rings, *place) for place in one.places) or (without_place and not one.places))
    ]


def counted(expression: Any) -> Tally:
    """As a preview counts."""
    tally = Tally("seed")
    light = Daylight((8, 21), datetime(2026, 11, 22, 12, tzinfo=UTC))
    world = TableReading(wiring())
    walk(
        tally, expression, channels=("email",), scope="emergency", light=light, reading=world,
        enough=lambda _: False,
    )  # fmt: skip
    return tally


@pytest.mark.parametrize("count", [10_000, pytest.param(100_000, marks=pytest.mark.soak)])
def test_a_polygon_of_300_corners_and_two_holes_reaches_whoever_arithmetic_says(
    platform: Platform, count: int
) -> None:
    random = Random(6)
    people = residents(count, random)
    write(people)
    for centre, without_place in ((BOSTON, False), (TAVEUNI, True)):
        rings = zone(random, centre)
        given = [{"description": "Here", **rays.geojson(rings)}]
        assert areas.errors(given) == []
        area = areas.resolved(given, areas.Known())
        expression = audience.expression(area, topics=(TOPIC,), without_place=without_place)
        there = expected(people, rings, without_place=without_place)
        assert len(there) > count / 100
        found = [
            one.subscriber_id
            for shard in range(SHARDS)
            for one in members(compiled(expression), TableReading(wiring()), shard=shard, after=None)
        ]
        assert len(found) == len(there)
        assert set(found) == {one.id for one in there}
        tally = counted(expression)
        assert tally.matched == tally.people == len(there)
        alert = replace(spec(audience=dict(expression), lane="urgent"), scope="emergency", kind="alert")
        plan = launch(alert, plan_id=random_id(), now=wiring().clock(), wiring=wiring())
        before = addressed(platform)
        settle(platform)
        assert outcome(plan).planned == tally.people
        assert addressed(platform) - before == Counter({one.address: 1 for one in there})
