"""What the tests of quiet hours have in common: an evening in New York, and time that passes with sweeps."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.core.ids import time_ordered_id
from chalicelib.delivery.daylight import awake
from chalicelib.delivery.launch import PlanSpec, launch
from chalicelib.subscribers.model import Person
from infra.aws.outbox import Letter
from infra.platform.platform import Platform
from tests.delivery.engine import settle, spec, world

EVENING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""Eight in the evening in New York, one in the night in London, three in the afternoon in Honolulu."""

DAYLIGHT = {"DaylightFrom": "8", "DaylightTo": "21"}
SWEPT_EVERY_S = 1200


@contextmanager
def evening() -> Iterator[Platform]:
    """A platform at that moment, whose newsletters come from eight to nine."""
    with Platform(frozen=EVENING, parameters=DAYLIGHT) as platform:
        yield platform


def campaign(made: PlanSpec | None = None) -> str:
    """Launches a plan, one that waits for daylight unless another is given; its id."""
    now = world().clock()
    chosen = made or replace(spec(), daylight=True)
    return launch(chosen, plan_id=time_ordered_id(now), now=now, wiring=world())


def pass_hours(platform: Platform, hours: float) -> None:
    """Time passes, with a sweep every twenty minutes."""
    settle(platform)
    end = platform.clock() + timedelta(hours=hours)
    while platform.clock() < end:
        platform.clock.advance(min(SWEPT_EVERY_S, (end - platform.clock()).total_seconds()))
        platform.fire("sweep")
        settle(platform, within_s=SWEPT_EVERY_S / 2)


def letters_to(platform: Platform, person: Person) -> list[Letter]:
    """What somebody got, by mail or text."""
    own = {address.address for address in person.addresses.values()}
    return [letter for letter in platform.outbox.letters() if letter.to in own]


def in_hours(letter: Letter, person: Person, usual: tuple[int, int] = (8, 21)) -> bool:
    """Whether a letter came in the hours of whoever got it."""
    return awake(person.wishes.hours or usual, letter.at.astimezone(ZoneInfo(person.time_zone)))
