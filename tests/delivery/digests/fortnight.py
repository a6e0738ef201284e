"""A fortnight in 24 zones: items, changes of mind about how often and when, and whatever leaves the city."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.core.clock import epoch, rfc3339
from chalicelib.core.ids import time_ordered_id
from chalicelib.delivery import plan, step
from chalicelib.delivery.content import Words
from chalicelib.delivery.digests.compose import links_of
from chalicelib.delivery.digests.items import Article, Item, items
from chalicelib.delivery.launch import PlanSpec, launch
from chalicelib.delivery.render import Footer, Links, compile_email
from chalicelib.subscribers import people, rules
from chalicelib.subscribers.model import Address, Person, Subscription, Wishes
from infra.platform.platform import Platform
from tests.delivery.engine import world

AUTUMN = datetime(2026, 10, 20, tzinfo=UTC)
"""Europe winds its clocks back on the 25th, America on the 1st of November."""

SPRING = datetime(2027, 3, 10, tzinfo=UTC)
"""America winds them forward on the 14th; Europe on the 28th, while digests are still to come."""

ZONES = (
    "Pacific/Pago_Pago",
    "Pacific/Honolulu",
    "America/Anchorage",
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "America/Halifax",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Atlantic/Azores",
    "Europe/London",
    "Europe/Paris",
    "Europe/Helsinki",
    "Europe/Moscow",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Bangkok",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Chatham",
)
TOPICS = ("roads", "parks", "water")
CADENCES = ("immediate", "daily", "weekly")
DAYS, REST_DAYS = 14, 9
WEEKEND = datetime(2026, 10, 31, 18, tzinfo=UTC)
"""The night on which America winds its clocks back."""

SHARDS = 2
REAL_S = 600


@contextmanager
def stage(start: datetime) -> Iterator[Platform]:
    """A platform at that time, with an audience of few shards."""
    with pytest.MonkeyPatch.context() as patch, Platform(frozen=start) as platform:
        for module in (plan, step):
            patch.setattr(module, "SHARDS", SHARDS)
        platform.fire("tick")
        yield platform


class Fortnight:
    """So many people and items, drawn from a seed, over so many days and those in which items still wait."""

    def __init__(
        self,
        platform: Platform,
        seed: int,
        *,
        people: int,
        items: int,
        changes: int,
        days: float = DAYS,
        rest: float = REST_DAYS,
        cadences: Sequence[str] = CADENCES,
    ) -> None:
        self.platform = platform
        self.minutes = int((days + rest) * 24 * 60)
        self.cadences = cadences
        self.rng = random.Random(seed)
        self.items: list[str] = []
        self.due: set[tuple[str, str]] = set()
        self.people = [self._person(number) for number in range(people)]
        minutes = int(days * 24 * 60)
        events = [(self.rng.randrange(minutes), self.publish) for _ in range(items)]
        events += [(self.rng.randrange(minutes), self.change) for _ in range(changes)]
        self.events = sorted(events, key=lambda event: event[0])

    def play(self) -> None:
        """The fortnight, and as long as items may wait after it; the tick now and then fails to come."""
        start = self.platform.clock()
        for minute in range(0, self.minutes, 15):
            while self.events and self.events[0][0] < minute:
                at, act = self.events.pop(0)
                self._go_to(start + timedelta(minutes=at))
                act()
            self._go_to(start + timedelta(minutes=minute + 3))
            if self.rng.random() < 0.9 or minute % 1440 == 0:
                self.platform.fire("tick")
                self._settle(300)

    def _settle(self, within_s: float) -> None:
        with suppress(TimeoutError):  # a plan that cannot close yet looks again
            self.platform.settle(REAL_S, skip_s=within_s)

    def _go_to(self, moment: datetime) -> None:
        self.platform.clock.advance(max(0.0, (moment - self.platform.clock()).total_seconds()))

    def _person(self, number: int) -> str:
        now, rng = world().clock(), self.rng
        shard = number % SHARDS
        blank = people.blank(language="en", time_zone=rng.choice(ZONES), now=now)
        topics = {
            topic: Subscription(("email",), rng.choice(self.cadences), "test", rfc3339(now))
            for topic in rng.sample(TOPICS, rng.randint(1, 3))
        }
        made = replace(
            blank,
            id=f"{shard * 4:02x}{rng.getrandbits(120):030x}",
            addresses={"email": Address(f"{number}@city.example", rfc3339(now))},
            topics=topics,
            wishes=Wishes(digest_hour=rng.choice((None, rng.randrange(24)))),
        )
        people.create(made, source="test", wording=None, by="system", now=now, wiring=world())
        return made.id

    def publish(self) -> None:
        """An item for one topic or two: at once to some, and an item of digests."""
        now = world().clock()
        topics = self.rng.sample(TOPICS, self.rng.choice((1, 1, 2)))
        name, plan_id = f"Item-{len(self.items):04d}.", time_ordered_id(now)
        audience = {"any": [{"topic": topic} for topic in topics]}
        article = Article({"en": Words(subject=name, preheader="x", body="x")}, "en", {}, "https://a.example")
        links = tuple(links_of(article, settings=world().settings))
        forget = epoch(now + timedelta(days=30))
        item = Item(name, plan_id, rfc3339(now), audience, ("email",), links=links, expires_at=forget)
        items(world()).write(item, article)
        world().dynamodb.transact_write_items(TransactItems=[items(world()).adding(item)])
        mail = compile_email(
            article.content["en"],
            language="en",
            links=Links(),
            footer=Footer("", manage=True),
            settings=world().settings,
        )
        spec = PlanSpec(
            kind="campaign",
            reference=name,
            mode="live",
            lane="bulk",
            scope="newsletter",
            renditions=(mail,),
            default_language="en",
            audience=audience,
            instant=rfc3339(now),
        )
        launch(spec, plan_id=plan_id, now=now, wiring=world())
        self.items.append(name)
        present = [person for one in self.people for person in [people.get(one)]]
        self.due |= {(_to(one), name) for one in present if set(topics) & one.topics.keys()}
        if self.rng.random() < 0.7:
            self._settle(60)

    def change(self) -> None:
        """Somebody changes the cadence of a topic, the zone or the hour; or several of them at once."""

        def rule(before: Person) -> Person:
            after = before
            for topic in self.rng.sample(sorted(before.topics), self.rng.choice((0, 1, 1, 1))):
                cadence = self.rng.choice(self.cadences)
                after = rules.subscribed(after, topic, ("email",), source="test", at="", cadence=cadence)
            if self.rng.random() < 0.3:
                after = replace(after, time_zone=self.rng.choice(ZONES))
            if self.rng.random() < 0.3:
                after = replace(after, wishes=Wishes(digest_hour=self.rng.choice((None, 0, 2, 8, 18, 23))))
            return after

        people.change(
            self.rng.choice(self.people),
            rule,
            source="test",
            wording=None,
            by="subscriber",
            now=world().clock(),
            wiring=world(),
        )

    def came(self) -> Counter[tuple[str, str]]:
        """How often each item reached each address, at once or in a digest."""
        found: Counter[tuple[str, str]] = Counter()
        for letter in self.platform.outbox.letters():
            found.update((letter.to, name) for name in self.items if name in letter.html)
        return found

    @property
    def digests(self) -> int:
        """How many mails with several items, or of a section, came."""
        return sum("digest" in letter.text for letter in self.platform.outbox.letters())


def _to(person: Person) -> str:
    return person.addresses["email"].address
