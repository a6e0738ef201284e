"""The room's tests run on the local AWS, with a clock that stands still."""

from datetime import UTC, datetime

import pytest

from chalicelib.conversations import kept
from chalicelib.conversations.model import IN, Entry
from chalicelib.core import ids
from chalicelib.core.clock import rfc3339
from chalicelib.core.settings import settings
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers.writes import Together
from infra.platform.platform import Platform
from tests.features.driver import ALERTS, NEWS, SHARED
from tests.subscribers.conftest import Clock, Notes

__all__ = ["ALERTS", "NEWS", "NOW", "entry", "keep"]

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def kept_platform() -> Platform:
    """A stack with two numbers and a domain for mail."""
    return Platform(parameters=SHARED)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def wiring(platform: Platform, clock: Clock) -> Wiring:
    return Wiring(settings=settings(), clock=clock)


@pytest.fixture
def notes() -> Notes:
    return Notes()


def entry(text: str, *, at: datetime = NOW, provider_id: str = "") -> Entry:
    """An entry of a text message, not yet written."""
    return Entry(
        id=ids.time_ordered_id(at),
        at=rfc3339(at),
        direction=IN,
        channel="sms",
        address="+12025550123",
        agency=NEWS,
        subject="",
        text=text,
        keyword="",
        answer="",
        automatic=False,
        authentic=True,
        provider_id=provider_id or ids.random_id(),
    )


def keep(one: Entry, owner: str, wiring: Wiring) -> Entry:
    """Writes an entry."""
    together = Together()
    kept.add(together, one, owner=owner, expires_at=2_000_000_000)
    together.commit(wiring)
    return one
