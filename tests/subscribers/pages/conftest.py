"""What the tests of residents' pages share: a visitor, and topics to choose from."""

import pytest

from chalicelib.core.wiring import wiring
from chalicelib.subscribers import topics
from chalicelib.subscribers.topics import Topic
from infra.platform.platform import Platform
from tests.subscribers.pages.visiting import Visitor


@pytest.fixture
def visitor(platform: Platform) -> Visitor:
    now = wiring().clock()
    for topic in (
        Topic("roads", {"en": "Roads", "es": "Calles"}, {}, "works", "Travel", topics.OPEN),
        Topic("budget", {"en": "Budget"}, {}, "finance", "Hall", topics.OPEN),
        Topic("old", {"en": "Old"}, {}, "finance", "Hall", topics.CLOSED),
    ):
        topics.create(topic, now=now)
    return Visitor(platform)
