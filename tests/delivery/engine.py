"""What the engine's tests have in common: people, a plan, and what became of it.

The local AWS stands behind.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from chalicelib.core.dynamo import marshal
from chalicelib.core.ids import time_ordered_id
from chalicelib.core.settings import settings
from chalicelib.core.wiring import Wiring, wiring
from chalicelib.delivery import counters
from chalicelib.delivery.content import Words
from chalicelib.delivery.launch import PlanSpec, launch
from chalicelib.delivery.progress import Progress, progress
from chalicelib.delivery.render import Footer, Links, Rendition, compile_email, compile_sms
from chalicelib.subscribers import people
from chalicelib.subscribers.model import NO_WISHES, Address, Person, Place, Subscription, Wishes
from infra.platform.platform import Platform

ROADS = {"topic": "roads"}


def person(
    number: int,
    *,
    topics: Sequence[str] = ("roads",),
    channels: Sequence[str] = ("email",),
    language: str = "en",
    subscriber_id: str = "",
    zone: str = "America/New_York",
    wishes: Wishes = NO_WISHES,
    place: Place | None = None,
    life_safety: bool = False,
) -> Person:
    """A confirmed subscriber with both addresses (and a number for calls), written to the tables."""
    world = wiring()
    now = world.clock()
    blank = people.blank(language=language, time_zone=zone, now=now, name=f"Name {number}")
    subscription = Subscription(tuple(channels), "immediate", "test", blank.created_at)
    return people.create(
        replace(
            blank,
            id=subscriber_id or blank.id,
            addresses={
                "email": Address(f"person{number}@city.example", blank.created_at),
                "sms": Address(f"+1202555{number:04d}", blank.created_at),
            }
            | ({"voice": Address(f"+1303555{number:04d}", blank.created_at)} if "voice" in channels else {}),
            topics=dict.fromkeys(topics, subscription),
            wishes=wishes,
            places={"home": place} if place else {},
            life_safety=life_safety,
        ),
        source="test",
        wording=None,
        by="system",
        now=now,
        wiring=world,
    )


def renditions(
    *, languages: Sequence[str] = ("en",), sms: bool = False
) -> tuple[tuple[Rendition, ...], Links]:
    """A mail (and a text) in each language, with one tracked link."""
    links, made = Links(), []
    for language in languages:
        words = Words(
            subject=f"[{language}] Main Street, ((first_name))",
            preheader="From Monday",
            body="Closed. [Details](https://city.example/roads)",
            sms=f"[{language}] Main Street closed https://city.example/roads",
        )
        footer = Footer.newsletter(language, settings())
        made.append(compile_email(words, language=language, links=links, footer=footer, settings=settings()))
        if sms:
            made.append(compile_sms(words, language=language, links=links, settings=settings()))
    return tuple(made), links


def spec(
    *,
    audience: dict[str, Any] = ROADS,
    mode: str = "live",
    languages: Sequence[str] = ("en",),
    sms: bool = False,
    lane: str = "bulk",
    department: str = "roads",
) -> PlanSpec:
    """What a campaign would hand over; or, in another lane, an alert."""
    made, links = renditions(languages=languages, sms=sms)
    return PlanSpec(
        kind="campaign",
        reference="c",
        mode=mode,
        lane=lane,
        scope="newsletter",
        renditions=made,
        default_language="en",
        audience=audience,
        links=tuple(links.urls),
        list_id="roads.city.example",
        department=department,
    )


def plan(
    *,
    audience: dict[str, Any] = ROADS,
    mode: str = "live",
    languages: Sequence[str] = ("en",),
    sms: bool = False,
    lane: str = "bulk",
    department: str = "roads",
) -> str:
    """Launches a plan and answers its id; nothing has been sent yet."""
    now = world().clock()
    made = spec(audience=audience, mode=mode, languages=languages, sms=sms, lane=lane, department=department)
    return launch(made, plan_id=time_ordered_id(now), now=now, wiring=world())


def outcome(plan_id: str) -> Progress:
    """The plan's counts; the equation is checked by the way."""
    found = progress(plan_id, wiring=world())
    settled = found.sent + found.failed + found.unknown + found.cancelled + found.expired
    assert found.planned == settled + found.waiting
    assert min(found.sent, found.failed, found.unknown, found.cancelled, found.waiting) >= 0
    return found


def falsify(plan_id: str, subscriber_id: str, counter: str, amount: int) -> None:
    """Adds to a counter of a person's slot what nothing says."""
    world().dynamodb.update_item(
        TableName=world().settings.table("counters"),
        Key=marshal({"plan_slot": counters.slot_of(plan_id, subscriber_id), "counter": counter}),
        UpdateExpression="ADD amount :n",
        ExpressionAttributeValues=marshal({":n": amount}),
    )


def world() -> Wiring:
    """The wiring of this test."""
    return wiring()


def addressed(platform: Platform) -> Counter[str]:
    """How many messages each address got."""
    return Counter(letter.to for letter in platform.outbox.letters())


def run(platform: Platform, *, sweeps: int = 0, minutes_between: float = 20) -> None:
    """Settles the queues; then lets time pass and sweeps, as often as asked."""
    settle(platform)
    for _ in range(sweeps):
        platform.clock.advance(minutes_between * 60)
        platform.fire("sweep")
        settle(platform)


def settle(platform: Platform, *, within_s: float = 600) -> None:
    """Runs the queues for at most so many simulated seconds.

    A plan that cannot close looks again for ever.
    """
    try:
        platform.settle(skip_s=within_s)
    except TimeoutError as error:
        if "skipped" not in str(error):
            raise
