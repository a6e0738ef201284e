"""A digest through the engine: composed once for all alike, changed until it is claimed, safe in a crash."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.clock import epoch, rfc3339
from chalicelib.delivery import step
from chalicelib.delivery.content import Words
from chalicelib.delivery.digests import launch
from chalicelib.delivery.digests.items import Article, Cursor, items
from chalicelib.subscribers import people, rules
from chalicelib.subscribers.cadence import History
from chalicelib.subscribers.model import Address, Person, Subscription, Wishes
from infra.platform.platform import Platform
from tests.delivery.digests.reading import SINCE, item
from tests.delivery.engine import addressed, outcome, world
from tests.delivery.everywhere import Watch
from tests.delivery.harness import (
    CHUNK,
    FAILED,
    NOON,
    Made,
    holds,
    invocation,
    places,
    recover,
    rest,
    watched,
)
from tests.delivery.mishaps import CRASHES, PLAN, Mishap

MOMENT = rfc3339(NOON)
ROADS, BOTH = ("roads",), ("roads", "parks")
READERS = {"00": ROADS, "01": BOTH, "04": ROADS, "05": BOTH, "08": ROADS, "09": ("parks",)}
CURSOR = Cursor(MOMENT, History("12"))


def someone(start: str, *topics: str, language: str = "en") -> Person:
    """A reader of daily digests at noon."""
    held = {one: Subscription(("email",), "daily", "test", SINCE) for one in topics}
    blank = people.blank(language=language, time_zone="UTC", now=world().clock())
    addresses = {"email": Address(f"p{start}@city.example", SINCE)}
    made = replace(
        blank, id=f"{start}{0:030x}", addresses=addresses, topics=held, wishes=Wishes(digest_hour=12)
    )
    return people.create(made, source="t", wording=None, by="system", now=world().clock(), wiring=world())


def publish(name: str, *topics: str) -> None:
    """An item of an hour ago."""
    made = item(name, rfc3339(NOON - timedelta(hours=1)), *topics)
    made = replace(made, channels=("email",), expires_at=epoch(NOON + timedelta(days=30)))
    words = {"en": Words(name, f"{name} in short", "x"), "es": Words(f"{name} (es)", "", "x")}
    items(world()).write(made, Article(words, "en", {}, "https://city.example/1"))
    world().dynamodb.transact_write_items(TransactItems=[items(world()).adding(made)])


@pytest.fixture
def scene(stage: Platform) -> Platform:
    """Six readers in three shards, of whom two have both topics, and an item for each topic."""
    return as_new(stage)


def as_new(platform: Platform) -> Platform:
    platform.reset()
    vars(world()).pop("ring", None)
    platform.account.max_send_rate = CHUNK
    for start, topics in READERS.items():
        someone(start, *topics)
    for topic in BOTH:
        publish(topic.title(), topic)
    return platform


def begin() -> str:
    """Noon has come: the digest is launched, again if that went wrong; its id."""
    for _ in range(2):
        with suppress(*FAILED), invocation():
            launch._launch(CURSOR, now=world().clock(), wiring=world())
            break
    return launch.plan_id_of(MOMENT)


def subjects(platform: Platform) -> Counter[str]:
    return Counter(letter.subject for letter in platform.outbox.letters())


def changed(start: str, rule: Callable[[Person], Person]) -> None:
    now = world().clock()
    people.change(
        f"{start}{0:030x}", rule, source="t", wording=None, by="subscriber", now=now, wiring=world()
    )


def test_all_who_are_due_the_same_share_what_is_composed_once(scene: Platform) -> None:
    someone("0a", *ROADS, language="es")
    composed: list[str] = []
    with watched(scene, lambda call: composed.append(call.body) if call.operation == "PutItem" else None):
        plan_id = begin()
        rest(scene)
    recover(scene, plan_id)
    assert subjects(scene) == {
        "roads: 1 item": 3,
        "parks and roads: 2 items": 2,
        "parks: 1 item": 1,
        "roads: 1 novedad": 1,
    }
    renditions = [body for body in composed if "rendition#email#" in body]
    assert len(renditions) == len(set(renditions)) == 4
    assert [one for _, one in items(world()).sent(limit=5)] == [plan_id]


def test_who_is_due_something_else_by_the_claim_gets_that_in_a_later_pass(scene: Platform) -> None:
    plan_id = begin()
    sources = [one for one in scene.pumps.queues if one.function == "ExpandBulk"]
    while sum(scene.pumps.step(one) for one in sources):
        pass
    changed("01", lambda one: rules.subscribed(one, "parks", (), source="t", at=""))
    changed("05", lambda one: rules.with_address(one, "email", "new@city.example", verified_at=SINCE))
    changed("09", lambda one: replace(one, topics={}))
    scene.clock.advance(60)
    rest(scene, within_s=60)
    assert outcome(plan_id).cancelled == 2, "those read again"
    recover(scene, plan_id)
    got = {letter.to: letter.subject for letter in scene.outbox.letters()}
    assert got["p01@city.example"] == "roads: 1 item"
    assert got["new@city.example"] == "parks and roads: 2 items"
    assert got.keys().isdisjoint({"p05@city.example", "p09@city.example"})
    assert set(addressed(scene).values()) == {1}
    assert outcome(plan_id).closed_at


def test_a_digest_that_nobody_is_due_is_not_listed(scene: Platform) -> None:
    for start in READERS:
        changed(start, lambda one: replace(one, topics={}))
    plan_id = begin()
    rest(scene)
    recover(scene, plan_id)
    found = outcome(plan_id)
    assert (found.planned, dict(found.skipped), bool(found.closed_at)) == (0, {}, True)
    assert items(world()).sent(limit=5) == []


def test_an_item_withdrawn_since_is_left_out(scene: Platform) -> None:
    plan_id = begin()
    items(world()).withdraw("Parks", rfc3339(NOON - timedelta(hours=1)))
    rest(scene)
    recover(scene, plan_id)
    assert subjects(scene) == {"roads: 1 item": 5}


def test_where_few_are_alike_chunks_go_before_they_are_full(
    scene: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "OPEN_MOST", 1)
    scene.account.max_send_rate = 50
    plan_id = begin()
    rest(scene)
    recover(scene, plan_id)
    assert len(scene.outbox.letters()) == len(READERS)
    assert set(addressed(scene).values()) == {1}


@pytest.mark.parametrize(
    ("mishap", "whole"),
    [
        pytest.param(CRASHES[1], False, id=CRASHES[1].name),
        pytest.param(CRASHES[0], True, id=CRASHES[0].name, marks=pytest.mark.soak),
        pytest.param(CRASHES[1], True, id="after any call", marks=pytest.mark.soak),
    ],
)
def test_a_crash_at_any_call_loses_nobody_and_doubles_nobody(
    stage: Platform, mishap: Mishap, *, whole: bool
) -> None:
    watch = Watch(stage, PLAN)
    plan_id = play(stage, watch)
    holds(stage, plan_id, crashes=0, planned=len(READERS))
    own = [place for place in places(watch.calls, whole=whole) if whole or _is_own(watch.calls[place])]
    assert own
    for place in own:
        struck = Watch(stage, PLAN, mishap, place)
        plan_id = play(stage, struck)
        assert struck.struck is not None
        holds(stage, plan_id, crashes=1, planned=len(READERS))


def _is_own(call: Made) -> bool:
    """Workers do what they always do."""
    return call.function not in {"DeliverBulk", "Receipts", "Sweep"}


def play(platform: Platform, watch: Watch) -> str:
    as_new(platform)
    with watched(platform, watch):
        plan_id = begin()
        rest(platform)
        recover(platform, plan_id)
    return plan_id
