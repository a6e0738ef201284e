"""From the ledger alone the present is rebuilt, whatever people did, and however often and late it came."""

from random import Random

import pytest

from chalicelib.core.settings import settings
from chalicelib.core.wiring import Wiring
from infra.platform.platform import Platform
from tests.features.driver import SHARED
from tests.history.crowd import Crowd
from tests.subscribers.conftest import Clock


@pytest.fixture(scope="session")
def kept_platform() -> Platform:
    """A stack with a number that takes texts."""
    return Platform(parameters=SHARED)


@pytest.mark.parametrize("size", [400, pytest.param(10_000, marks=pytest.mark.soak)])
def test_the_ledger_of_a_crowd_rebuilds_its_subscriptions(platform: Platform, size: int) -> None:
    clock = Clock()
    crowd = Crowd(size, Wiring(settings=settings(), clock=clock), clock, Random(size))
    crowd.live()
    crowd.check()
    least = size // 100
    few = {way: crowd.done[way] for way in WAYS if crowd.done[way] < least}
    assert not few, "too little happened for this to mean anything"


WAYS = (
    "sign_up", "ask", "confirm", "add", "import", "choose", "stop", "subscribe", "end", "change", "remove",
    "unsubscribe", "bounce", "complain", "erase", "keyword",
)  # fmt: skip
