"""Counting by the engine's own rules: in steps as at once, equal to what is planned, with a fair sample."""

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.ids import SHARDS
from chalicelib.core.wiring import wiring
from chalicelib.delivery import counts
from chalicelib.delivery.counting import LANGUAGES, OTHER, SAMPLE, Tally, tally_of, walk
from chalicelib.delivery.daylight import Daylight
from chalicelib.delivery.reading import TableReading
from chalicelib.delivery.streams import Match
from chalicelib.subscribers.model import Place
from chalicelib.subscribers.streams import Row
from infra.platform.platform import Platform
from tests.delivery.engine import ROADS, outcome, person, plan, settle

BOTH = ("email", "sms")
LIGHT = Daylight((8, 21), datetime(2026, 11, 22, 12, tzinfo=UTC))
"""Noon in UTC, seven in the morning in New York."""


def counted(audience: dict[str, Any], *, step: int = 10**9) -> Tally:
    """Counts, as if each step were another worker's."""
    tally = Tally("seed")
    while not tally.done:
        tally = tally_of(json.loads(json.dumps(tally.document())))
        until = tally.matched + step

        def enough(so_far: Tally, until: int = until) -> bool:
            return so_far.matched >= until

        walk(
            tally,
            audience,
            channels=BOTH,
            scope="newsletter",
            light=LIGHT,
            reading=TableReading(wiring()),
            enough=enough,
        )
    return tally


def test_a_count_is_what_a_plan_plans(platform: Platform) -> None:
    for number in range(30):
        person(
            number,
            topics=("roads", "parks") if number % 3 else ("roads",),
            channels=BOTH if number % 2 else ("email",),
            language="es" if number % 5 == 0 else "en",
        )
    audience = {"except": [ROADS, {"topic": "parks"}]}
    for expression in (ROADS, audience, {"any": [audience, {"topic": "parks"}]}):
        found = counted(expression)
        assert counted(expression, step=1) == found
        planned = plan(audience=expression, languages=("en", "es"), sms=True)
        settle(platform)
        progress = outcome(planned)
        messages = {channel: sum(languages.values()) for channel, languages in found.messages.items()}
        assert {c: one.planned for c, one in progress.by_channel.items()} == messages
        assert dict(progress.skipped) == found.skipped
        assert sum(found.languages.values()) == found.people
        assert len(found.ids()) == min(SAMPLE, found.people)
        assert found.asleep == found.people


def match(number: int, language: str = "en") -> Match:
    subscriber_id = f"{number:032x}"
    row = Row(subscriber_id, "a@b.c", None, ("email",), "immediate", language, "UTC", "", ())
    return Match(subscriber_id, (row,), ("roads",))


@settings(deadline=None)
@given(st.permutations(list(range(60))))
def test_the_sample_does_not_depend_on_the_order(order: list[int]) -> None:
    tally, plain = Tally("s"), Tally("s")
    for number in order:
        tally.take(match(number), channels=BOTH, scope="newsletter", light=LIGHT)
    for number in range(60):
        plain.take(match(number), channels=BOTH, scope="newsletter", light=LIGHT)
    assert tally.sample == plain.sample
    assert len(set(tally.ids())) == SAMPLE


def test_each_has_the_same_chance_to_be_shown() -> None:
    shown: Counter[str] = Counter()
    for seed in range(300):
        tally = Tally(str(seed))
        for number in range(100):
            tally.take(match(number), channels=BOTH, scope="newsletter", light=LIGHT)
        shown.update(tally.ids())
    assert len(shown) == 100
    assert 30 < min(shown.values()) < max(shown.values()) < 100  # 60 each, within five deviations


def test_in_an_emergency_nobody_sleeps() -> None:
    tally = Tally("s")
    night = Daylight((8, 21), datetime(2026, 11, 22, 3, tzinfo=UTC))
    for scope in ("newsletter", "emergency"):
        tally.take(match(1), channels=BOTH, scope=scope, light=night)
    assert (tally.people, tally.asleep) == (2, 1)


def test_a_tally_stays_small() -> None:
    tally = Tally("s")
    for number in range(2_000):
        tally.take(match(number, language=f"x-{number}"), channels=BOTH, scope="newsletter", light=LIGHT)
    assert len(tally.languages) == LANGUAGES + 1
    assert tally.languages[OTHER] == 2_000 - LANGUAGES
    assert len(json.dumps(tally.document())) < 10_000


@pytest.mark.parametrize(
    ("shard", "after", "expected"),
    [(0, "", 0), (32, "", 0.5), (0, "01" + "0" * 30, 1 / 256), (SHARDS, "", 1)],
)
def test_progress(shard: int, after: str, expected: float) -> None:
    assert Tally("s", shard=shard, after=after).progress == expected


def test_people_without_a_place_are_counted_by_themselves(platform: Platform) -> None:
    for number in range(7):
        place = Place(42.36, -71.06) if number % 2 else None
        person(number, topics=(), life_safety=True, place=place, channels=("email", "sms"))
    placed = {"all": [{"life_safety": True}, {"placed": True}]}
    unplaced = {"all": [{"life_safety": True}, {"placed": False}]}
    for audience, beside, people in (
        (placed, unplaced, 3),
        ({"any": [placed, unplaced]}, None, 7),
    ):
        request = {
            "audience": audience,
            "channels": ["email"],
            "scope": "emergency",
            "apart": {"placed": False},
        }
        given_ = request | ({"beside": beside} if beside else {})
        found = counts.count(given_, queue="counts", by="x", now=wiring().clock(), wiring=wiring())
        assert (found.tally.people, found.tally.apart) == (people, 4)
        assert found.tally.messages == {"email": {"en": people}}
