"""Who has an item in which digest, on which channel; and a thousand people's fortnight without any table."""

import random
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache

import pytest

from chalicelib.core.clock import rfc3339
from chalicelib.delivery.choose import Skip, choose
from chalicelib.delivery.digests.due import Slot, Table, asked_for, due
from chalicelib.delivery.digests.items import Item
from chalicelib.delivery.nodes import Written
from chalicelib.delivery.reading import match_of
from chalicelib.subscribers import held, rules
from chalicelib.subscribers.model import DIGEST, Person, Place, Provenance, Wishes
from chalicelib.subscribers.streams import Row, row_of
from tests.delivery.digests.fortnight import AUTUMN, CADENCES, DAYS, REST_DAYS, SPRING, ZONES
from tests.delivery.digests.reading import (
    MONDAY,
    SATURDAY,
    SUNDAY,
    USUAL,
    digest,
    item,
    reader,
    sections,
    subscription,
)

AREA = {"area": {"circle": {"latitude": 42.36, "longitude": -71.06, "radius_km": 5}}}
SENT = Written("plan-x", "any")


def test_items_come_by_the_topics_that_bring_them() -> None:
    ana = reader(roads="daily", parks="daily", water="daily")
    both = item("both", SUNDAY, "roads", "parks")
    found = digest(ana, item("a"), item("b", SUNDAY, "parks"), both, item("none", SUNDAY, "snow"))
    assert sections(found) == {("parks",): ("b",), ("parks", "roads"): ("both",), ("roads",): ("a",)}


def test_nothing_new_is_no_digest() -> None:
    assert digest(reader(roads="daily")) is None
    assert digest(reader(roads="daily"), item("old", "2026-11-22T12:00:00.000Z")) is None
    assert digest(reader(roads="immediate"), item("x")) is None


def test_the_earliest_digest_of_several_topics_has_an_item() -> None:
    ana = reader(roads="daily", parks="weekly")
    both = item("both", SATURDAY, "roads", "parks")
    assert sections(digest(ana, both, moment="2026-11-22T13:00:00.000Z"))
    assert digest(ana, both) is None
    assert sections(digest(reader(parks="weekly"), both)) == {("parks",): ("both",)}


def test_who_got_it_at_once_by_another_topic_gets_it_by_no_digest() -> None:
    both = item("x", SUNDAY, "roads", "parks")
    assert digest(reader(roads="daily", parks="immediate"), both) is None
    assert both.asks == (SENT,)
    left = reader(roads="daily")
    assert digest(left, both, has={SENT}) is None
    assert sections(digest(left, both)) == {("roads",): ("x",)}
    assert item("x").asks == ()


def test_a_topic_that_could_not_bring_it_keeps_nothing_back() -> None:
    ana = reader(sms=True, roads="daily", parks=subscription("immediate", on="sms"))
    both = item("x", SUNDAY, "roads", "parks", channels=("email",))
    assert sections(digest(ana, both)) == {("roads",): ("x",)}


def test_who_came_later_was_not_due_it() -> None:
    assert digest(reader(roads=subscription("daily", since="2026-11-22T15:00:00.001Z")), item("x")) is None
    assert sections(digest(reader(roads=subscription("daily", since=SUNDAY)), item("x")))


def test_what_was_in_force_at_the_items_instant_decides() -> None:
    after, before = "2026-11-22T15:00:00.001Z", SUNDAY
    assert digest(reader(roads=subscription("daily", (after, "immediate"))), item("x")) is None
    assert sections(digest(reader(roads=subscription("daily", (before, "immediate"))), item("x")))
    assert sections(digest(reader(roads=subscription("immediate", (after, "daily"))), item("x")))


def test_the_audience_decides_by_what_the_person_is_now() -> None:
    near = item("x", SUNDAY, audience={"all": [{"topic": "roads"}, AREA]})
    assert digest(reader(roads="daily"), near) is None
    here = replace(reader(roads="daily"), places={"home": Place(42.36, -71.06)})
    assert sections(digest(here, near)) == {("roads",): ("x",)}
    without = item("x", SUNDAY, audience={"except": [{"topic": "roads"}, {"topic": "parks"}]})
    assert digest(reader(roads="daily", parks="weekly"), without) is None
    assert sections(digest(reader(roads="daily", water="weekly"), without))


def test_an_item_only_for_lists_or_everyone_is_nobodys_digest() -> None:
    ana = reader({"list:press": "immediate"}, roads="daily")
    for audience in ({"list": "press"}, AREA):
        assert digest(ana, item("x", SUNDAY, audience=audience)) is None


def test_what_is_too_old_by_then_is_left_out() -> None:
    assert digest(reader(roads="daily"), item("x", until=MONDAY)) is None
    assert sections(digest(reader(roads="daily"), item("x", until="2026-11-23T13:00:00.001Z")))


def test_texts_are_for_who_gets_a_topic_by_nothing_else() -> None:
    both = replace(subscription("daily"), channels=("email", "sms"))
    ana = reader(sms=True, roads=both, parks=subscription("daily", on="sms"))
    found = digest(ana, item("a"), item("b", SUNDAY, "parks"), item("c", SUNDAY, channels=("sms",)))
    assert sections(found) == {("roads",): ("a",)}
    assert sections(found, "sms") == {("parks",): ("b",), ("roads",): ("c",)}


@pytest.mark.parametrize(
    ("changes", "skip"),
    [
        ({"blocks": {"email:newsletter": "bounce"}}, Skip.DO_NOT_CONTACT),
        ({"wishes": Wishes(paused_until="2026-11-24")}, Skip.PAUSED),
    ],
)
def test_who_must_not_be_written_to_is_skipped(changes: dict[str, object], skip: Skip) -> None:
    found = digest(replace(reader(roads="daily"), **changes), item("x"))  # type: ignore[arg-type]
    assert found is not None
    assert (found.choice.skip, found.sections) == (skip, {})


def test_the_same_sections_are_composed_once() -> None:
    one = digest(reader(roads="daily", water="weekly"), item("a"), item("b"))
    two = digest(replace(reader(roads="daily"), id="b" * 32, language="es"), item("a"), item("b"))
    other = digest(reader(roads="daily"), item("a"))
    assert one is not None
    assert two is not None
    assert other is not None
    assert one.choice.variants == two.choice.variants != other.choice.variants


# A fortnight ------------------------------------------------------------------------------------------------


class People:
    """People who change their minds, decided for by the engine's own rules, at each quarter of an hour."""

    def __init__(self, seed: int, number: int) -> None:
        self.rng = random.Random(seed)
        self.people = [self._person(n) for n in range(number)]
        self.rows: dict[str, Row | None] = {one.id: row_of(one, DIGEST) for one in self.people}

    def _person(self, number: int) -> Person:
        made = reader({topic: self.rng.choice(CADENCES) for topic in self.rng.sample(("a", "b", "c"), 2)})
        return replace(made, id=f"{number:032x}", time_zone=self.rng.choice(ZONES))

    def change_until(self, minute: float, changes: list[float], start: datetime) -> None:
        """All changes until a minute, in order."""
        while changes and changes[0] <= minute:
            self.change(changes.pop(0), start)

    def change(self, at: float, start: datetime) -> None:
        """Somebody changes one thing or two."""
        place = self.rng.randrange(len(self.people))
        before = after = self.people[place]
        if self.rng.random() < 0.8:
            topic = self.rng.choice(sorted(before.topics))
            cadence = self.rng.choice(CADENCES)
            after = rules.subscribed(after, topic, ("email",), source="test", at="", cadence=cadence)
        if self.rng.random() < 0.3:
            after = replace(after, time_zone=self.rng.choice(ZONES))
        if self.rng.random() < 0.3:
            after = replace(after, wishes=Wishes(digest_hour=self.rng.choice((None, 0, 1, 2, 3, 18))))
        moment = start + timedelta(minutes=at)
        made = rules.change(
            before, after, provenance=Provenance("test", "system", moment), digest=lambda c, a: f"{c}#{a}"
        )
        if made and made.after:
            self.people[place] = made.after
            self.rows[made.after.id] = row_of(made.after, DIGEST)


@pytest.mark.parametrize(
    ("start", "number"),
    [
        pytest.param(AUTUMN, 10, id="autumn"),
        pytest.param(AUTUMN, 1000, id="autumn, a thousand", marks=pytest.mark.soak),
        pytest.param(SPRING, 1000, id="spring, a thousand", marks=pytest.mark.soak),
    ],
)
def test_each_item_is_due_once_to_each_in_a_fortnight(
    start: datetime, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, came = People(3, number), Counter[tuple[str, str]]()
    monkeypatch.setattr(held, "read", lru_cache(maxsize=None)(held.read))
    rng = world.rng
    items: list[Item] = []
    published = sorted(rng.randrange(DAYS * 1440) for _ in range(24))
    changes = sorted(rng.uniform(0, DAYS * 1440) for _ in range(4 * number))
    for minute in range(0, (DAYS + REST_DAYS) * 1440, 15):
        for at in [one for one in published if minute - 15 <= one < minute]:
            world.change_until(at, changes, start)
            moment = start + timedelta(minutes=at)
            new = item(f"i{len(items)}", rfc3339(moment), rng.choice("abc"), channels=("email",))
            items.append(new)
            for one in world.people:
                match = match_of(new.audience, one)
                if match:
                    found = choose(
                        match.rows,
                        match.topics,
                        channels=("email",),
                        scope="newsletter",
                        at=moment,
                        instant=new.instant,
                    )
                    came[one.id, new.id] += not found.skip
        world.change_until(minute, changes, start)
        slot = rfc3339(start + timedelta(minutes=minute))
        table = Table.of(Slot(slot, USUAL), [one for one in items if one.instant < slot])
        for row in filter(None, world.rows.values()):
            candidates = asked_for(table, row)
            its = due(table, row, candidates, scope="newsletter", at=start) if candidates else None
            for section in sections(its).values():
                came.update((row.subscriber_id, one) for one in section)
    wanted = {
        (one.id, new.id) for one in world.people for new in items if set(new.topics) & one.topics.keys()
    }
    assert came.keys() >= wanted
    assert {key: count for key, count in came.items() if count != (key in wanted)} == {}
