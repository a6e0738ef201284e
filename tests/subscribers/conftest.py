"""The room's tests run on the local AWS, with the tables, queues and bucket that the room uses."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.core.settings import settings
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import people, topics
from chalicelib.subscribers.model import Address, Person, Subscription
from chalicelib.subscribers.topics import Topic
from infra.aws.world import World
from infra.platform.platform import Platform

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that stands still until moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def later(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now


@dataclass
class Notes:
    """A `Notify` that keeps what it was given; the same idempotency twice counts once, as in the engine."""

    sent: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __call__(self, **message: Any) -> None:
        self.sent.setdefault(message["idempotency"], message)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.sent.values())

    def __len__(self) -> int:
        return len(self.sent)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def aws(platform: Platform) -> World:
    """The account of an empty platform."""
    return platform.world


@pytest.fixture
def wiring(aws: World, clock: Clock) -> Wiring:
    """The platform's parts, with a clock that stands still."""
    return Wiring(settings=settings(), clock=clock)


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def city(wiring: Wiring) -> None:
    """Two open topics of two departments, one closed, one ended, and a list."""
    for topic in (
        Topic("roads", {"en": "Roads", "es": "Calles"}, {"en": "Closures"}, "works", "Travel", topics.OPEN),
        Topic("budget", {"en": "Budget"}, {}, "finance", "Government", topics.OPEN),
        Topic("snow", {"en": "Snow"}, {}, "works", "Travel", topics.CLOSED),
        Topic("fair", {"en": "Fair"}, {}, "culture", "Events", topics.ENDED),
        Topic("list:press", {"en": "Press"}, {}, "mayor", "Lists", topics.OPEN),
    ):
        topics.create(topic, now=NOW)


def person(
    *,
    email: str = "",
    sms: str = "",
    push: str = "",
    voice: str = "",
    id: str = "a" * 32,  # noqa: A002 - the field's name
    blocks: dict[str, str] | None = None,
    **chosen: tuple[str, ...],
) -> Person:
    """A person not yet written; keyword arguments are topics with their channels."""
    at = "2026-11-01T00:00:00.000Z"
    typed = {"push": push, "email": email, "sms": sms, "voice": voice}
    return Person(
        id=id,
        name="Ana",
        language="en",
        time_zone="America/New_York",
        addresses={c: Address(a, at) for c, a in typed.items() if a},
        topics={t: Subscription(channels, "immediate", "test", at) for t, channels in chosen.items()},
        blocks=blocks or {},
        version=0,
        created_at=at,
    )


def write(one: Person, wiring: Wiring) -> Person:
    """Writes a new person."""
    return people.create(one, source="test", wording=None, by="system", now=NOW, wiring=wiring)


def messages(wiring: Wiring, queue: str) -> list[dict[str, Any]]:
    """What waits in a queue; it is left empty."""
    sqs, found = wiring._client("sqs"), []
    while batch := sqs.receive_message(
        QueueUrl=settings().queue_prefix + queue, MaxNumberOfMessages=10, VisibilityTimeout=900
    ).get("Messages"):
        found += [json.loads(one["Body"]) for one in batch]
    return found
